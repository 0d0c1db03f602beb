"""`protocols.Permits`: what a call may touch is what its tool declares, as far as the user allows it."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Protocol

from toolwright.errors import MemoryFileError
from toolwright.permissions.allowed import ANY_HOST, Allowed
from toolwright.permissions.blocked import Blocked
from toolwright.permissions.needs import needs
from toolwright.permissions.paths import leads_nowhere_else
from toolwright.permissions.terms import Terms
from toolwright.permissions.wishes import Wish, covers, flag_value, wishes
from toolwright.records import dataclass, field, replace
from toolwright.types import PERMISSIONS, Json, Permission, Policy, Refusal, Tool

if TYPE_CHECKING:
    from toolwright.events import Listener

Grant = tuple[Permission, str]
"""A permission and its detail, as in a wish."""


class Kept(Protocol):
    """What the user approved for good, by tool and version."""

    def find(self, tool: str, fingerprint: str) -> Sequence[tuple[str, str]]:
        """Return the permissions and details that were approved for this version of a tool."""
        ...

    def before(self, tool: str, fingerprint: str) -> "Earlier | None":
        """Return the newest approval of another version of the tool, None when there is none.

        Raises:
            MemoryFileError: that cannot be found out.
        """
        ...

    def add(
        self, tool: str, fingerprint: str, permission: str, detail: str, reached: Mapping[str, str]
    ) -> None:
        """Keep an approval, and what the version reaches: texts by name, of which that is the hash.

        Raises:
            MemoryFileError: it cannot be kept.
        """
        ...


class Earlier(Protocol):
    """An approval of an earlier version: when, for what, and what the version reached, None if not kept."""

    @property
    def given(self) -> str:
        """The time, in UTC, ISO 8601."""
        ...

    @property
    def grants(self) -> Sequence[tuple[str, str]]:
        """Permissions with their details."""
        ...

    @property
    def reached(self) -> Mapping[str, str] | None:
        """Texts by name."""
        ...


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who decides and who hears of it. `ask` is None where nobody can be asked."""

    ask: Callable[[str], str | None] | None = None
    tell: "Listener" = lambda _event: None

    def notice(self, message: str) -> None:
        """Tell of something that should be known although nothing failed."""
        from toolwright.events import Notice

        self.tell(Notice(message))


@dataclass(slots=True)
class Gate:
    """Grants and refuses for one run; what the user said is asked once."""

    allowed: Allowed
    blocked: Blocked
    kept: Kept
    grantor: Grantor = field(default_factory=Grantor)
    terms: Terms = field(default_factory=Terms)
    _granted: dict[str, list[Grant]] = field(default_factory=dict, init=False)
    _compared: set[str] = field(default_factory=set, init=False)
    _declined: set[tuple[str, Wish]] = field(default_factory=set, init=False)
    _told: set[tuple[str, str, str]] = field(default_factory=set, init=False)

    def permit(
        self,
        source: str,
        tool: Tool,
        calls: Sequence[Mapping[str, Json]],
        policy: Policy,
        *,
        complete: bool = True,
    ) -> Policy | Refusal:
        """Return the policy of these calls of a tool, or why they may not be made."""
        needed = needs(source, tool)
        forbidden = next((each for each in PERMISSIONS if each in needed & self.blocked.by_user), None)
        if forbidden:
            self._tell(tool.name, forbidden, "", granted=False, by="blocked")
            return Refusal(
                f"{tool.name} needs {forbidden}, which BLOCKED_PERMISSIONS forbids",
                hint=f"set BLOCKED_PERMISSIONS without {forbidden} (none blocks nothing)",
            )
        extra: list[Grant] = []
        allowed = self.terms.widened(self.allowed, tool.name)
        for wish in wishes(needed, tool, calls, allowed, policy.scratch):
            if not complete and wish.detail == ANY_HOST and wish.permission not in self.blocked.by_default:
                continue  # the host may be in an argument that is still to come
            granted = self._fulfilled(source, tool.name, wish)
            if granted is None:
                return _refused(tool.name, wish)
            extra.append(granted)
        self._tell_allowed(tool.name, needed, allowed)
        return _policy(policy, needed, allowed, extra)

    def _fulfilled(self, source: str, tool: str, wish: Wish) -> Grant | None:
        """Return what fulfils a wish: something granted before, or now by the user."""
        if self.terms.covers(wish):
            grant = ("write" if wish.or_write else wish.permission, wish.detail)
            self._tell(tool, *grant, granted=True, by="auto")
            return grant
        if wish.permission in self.blocked.by_default:
            self._tell(tool, wish.permission, wish.detail, granted=False, by="nobody")
            return None
        reached = _reached(source, tool)
        version = _version(reached)
        if version not in self._granted:
            self._granted[version] = self._approved(tool, version)
        covering = [grant for grant in self._granted[version] if covers(*grant, wish)]
        if covering:
            # as it was granted: one host out of any is not one that the user named, which may get secrets
            grant = next((each for each in covering if each[1] == wish.detail), covering[0])
            self._tell(tool, *grant, granted=True, by="approval")
            return grant
        return None if (version, wish) in self._declined else self._asked(tool, reached, wish)

    def _asked(self, tool: str, reached: Mapping[str, str], wish: Wish) -> Grant | None:
        from toolwright.permissions.questions import put, question

        version, ask = _version(reached), self.grantor.ask
        changed = self._changed(tool, reached) if ask else ""
        granted = put(ask, f"{changed}{question(tool, wish)}", wish) if ask else None
        if granted is None:
            self._declined.add((version, wish))
            by = "no" if ask else "nobody"
            self._tell(tool, wish.permission, wish.detail, granted=False, by=by)
            return None
        grant = (granted.permission, wish.detail)
        self._granted[version].append(grant)
        if granted.always:
            self._keep(tool, reached, grant)
        self._tell(tool, *grant, granted=True, by="approval" if granted.always else "once")
        return grant

    def _approved(self, tool: str, version: str) -> list[Grant]:
        try:
            found = self.kept.find(tool, version)
        except MemoryFileError as error:
            self.grantor.notice(f"{error}; approvals given before do not count in this run")
            return []
        return [(each, detail) for permission, detail in found for each in PERMISSIONS if each == permission]

    def _changed(self, tool: str, reached: Mapping[str, str]) -> str:
        """Say once, before the first question of a version, how it differs from the one approved before."""
        version = _version(reached)
        if version in self._compared:
            return ""
        self._compared.add(version)
        try:
            earlier = self.kept.before(tool, version)
        except MemoryFileError:  # which was said when approvals were looked for
            return ""
        if earlier is None:
            return ""
        from toolwright.permissions.changed import change_words

        grants = [f"{permission} {detail}".strip() for permission, detail in earlier.grants]
        return change_words(tool, earlier.given, grants, earlier.reached, reached) + "\n"

    def _keep(self, tool: str, reached: Mapping[str, str], grant: Grant) -> None:
        try:
            self.kept.add(tool, _version(reached), *grant, reached)
        except MemoryFileError as error:
            self.grantor.notice(f"{error}; what you allowed counts for this run only")

    def _tell_allowed(self, tool: str, needed: AbstractSet[Permission], allowed: Allowed) -> None:
        granted: list[Grant] = [("network", host) for host in allowed.network if "network" in needed]
        if "execute" in needed and allowed.execute:
            granted.append(("execute", ""))
        for grant in granted:
            self._tell(tool, *grant, granted=True, by=self.terms.by(self.allowed, tool, *grant))

    def _tell(self, tool: str, permission: Permission, detail: str, *, granted: bool, by: str) -> None:
        """Tell of a decision once."""
        from toolwright.events import PermissionDecided

        if (tool, permission, detail) not in self._told:
            self._told.add((tool, permission, detail))
            self.grantor.tell(PermissionDecided(tool, permission, detail, granted, by))


def _reached(source: str, tool: str) -> dict[str, str]:
    from toolwright.library.bindings import bindings
    from toolwright.syntax.chunks import split

    return bindings(split(source)).reach([tool])


def _version(reached: Mapping[str, str]) -> str:
    from toolwright.library.fingerprint import hashed

    return hashed(dict(reached))


def _refused(tool: str, wish: Wish) -> Refusal:
    if wish.permission == "network" and wish.detail == ANY_HOST:
        hint = "python agent.py --allow network:HOST ... allows one host, --allow network any public one"
    elif wish.or_write:
        write = flag_value("write", wish.detail)
        hint = f"python agent.py {wish.flag} ... lets it read, --allow {write} change it as well"
    else:
        hint = f"python agent.py {wish.flag} ... allows it"
    return Refusal(f"{tool} needs {wish.purpose}, which was not allowed", hint=hint)


def _policy(
    base: Policy, needed: AbstractSet[Permission], allowed: Allowed, extra: Sequence[Grant]
) -> Policy:
    """Grant what is declared and allowed, and nothing else: declaring nothing, a tool sees no file at all."""
    read = [path for permission, path in extra if permission == "read"]
    write = [path for permission, path in extra if permission == "write"]
    hosts = [host for permission, host in extra if permission == "network"]
    if "read" in needed:
        read += filter(leads_nowhere_else, (*allowed.read, *allowed.write))
    if "write" in needed:
        write += [allowed.workspace, *filter(leads_nowhere_else, allowed.write)]
    if "network" in needed:
        hosts += allowed.network
    return replace(
        base,
        workspace=allowed.workspace,
        read=tuple(dict.fromkeys(read)),
        write=tuple(dict.fromkeys(write)),
        network=tuple(dict.fromkeys(hosts)),
        execute="execute" in needed,
        sees_workspace=bool(needed & {"read", "write"}),
    )
