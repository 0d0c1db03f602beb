"""What a call needs and the user has not allowed -> wishes: one question each."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from toolwright.permissions.allowed import ANY_HOST, Allowed
from toolwright.permissions.paths import NamedPath, lies_in, named_paths
from toolwright.records import dataclass
from toolwright.types import Json, Permission, Tool


@dataclass(frozen=True, slots=True)
class Wish:
    """One permission with its detail: a path, a host, "*" for any public host, "" for execute.

    `purpose` says in words what for. With `or_write` a right to write will do as well: the tool declares
    both, and which of them it needs of this path only the user knows.
    """

    permission: Permission
    detail: str
    purpose: str
    or_write: bool = False

    @property
    def flag(self) -> str:
        """The flag that would have granted it."""
        return f"--allow {flag_value(self.permission, self.detail)}"


def flag_value(permission: str, detail: str) -> str:
    """Return what stands after `--allow` to grant a permission, quoted for a shell."""
    if detail in {"", ANY_HOST}:
        return permission
    from shlex import quote

    return quote(f"{permission}:{detail}")


def wishes(
    needed: AbstractSet[Permission],
    tool: Tool,
    calls: Sequence[Mapping[str, Json]],
    allowed: Allowed,
    scratch: str = "",
) -> tuple[Wish, ...]:
    """Return what the calls need beyond what is allowed, each once, in the order of the arguments."""
    found: dict[Wish, None] = {}
    for arguments in calls:
        if needed & {"read", "write"}:
            inside = [scratch] if scratch else []
            for named in named_paths(arguments, allowed.workspace, inside):
                found.update(dict.fromkeys(_of_path(named, needed, allowed)))
        if "network" in needed:
            found.update(dict.fromkeys(_of_network(tool, arguments, allowed)))
    if "execute" in needed and not allowed.execute:
        found[Wish("execute", "", "to start programs")] = None
    return tuple(found)


def covers(permission: str, detail: str, wish: Wish) -> bool:
    """Tell whether a granted permission with its detail fulfils a wish."""
    if wish.permission in {"read", "write"}:
        enough = permission == "write" or (permission == "read" and wish.permission == "read")
        return enough and lies_in(wish.detail, [detail])
    if permission != wish.permission:
        return False
    return detail == wish.detail or (detail == ANY_HOST and _is_public(wish))


def _of_path(named: NamedPath, needed: AbstractSet[Permission], allowed: Allowed) -> Iterator[Wish]:
    if not named.exists:
        if "write" in needed and not allowed.covers_path(named.path, write=True):
            # There is nothing yet that could be granted but the folder that will hold it.
            yield Wish("write", named.folder, f"to create {named.given} in the folder {named.folder}")
    elif "read" not in needed:
        if not allowed.covers_path(named.path, write=True):
            yield Wish("write", named.path, f"to change {named.path}")
    elif not allowed.covers_path(named.path, write=False):
        both = "write" in needed
        use = "use" if both else "read"
        yield Wish("read", named.path, f"to {use} {named.path}", or_write=both)


def _of_network(tool: Tool, arguments: Mapping[str, Json], allowed: Allowed) -> Iterator[Wish]:
    from toolwright.permissions.hosts import named_hosts

    named = tuple(named_hosts(tool, arguments))
    for host in named:
        if not allowed.covers_host(host.host, host.port):
            yield Wish("network", host.text, f"to connect to {host.text}")
    if not named and not allowed.network:
        yield Wish("network", ANY_HOST, "to connect to any public host")


def _is_public(wish: Wish) -> bool:
    from toolwright.permissions.hosts import is_public
    from toolwright.sandbox.proxy.hosts import split_authority

    found = split_authority(wish.detail)
    return wish.permission == "network" and found is not None and is_public(found[0], found[1] or 443)
