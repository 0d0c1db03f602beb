"""Values of `--allow` -> what the user granted; a value that grants nothing is an error that says why."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from toolwright.errors import UsageError
from toolwright.permissions.paths import lies_in
from toolwright.records import dataclass, replace
from toolwright.types import PERMISSIONS

RAW: Final = "raw"
ANY_HOST: Final = "*"
_HOST: Final = "network:"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the user granted: the workspace, and what `--allow` adds. Paths are absolute, without links.

    `write` includes reading. `network` holds values of `Policy.network`.
    """

    workspace: str
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    execute: bool = False

    def covers_path(self, path: str, *, write: bool) -> bool:
        """Tell whether a path may be read, or written, without asking."""
        return lies_in(path, [self.workspace, *self.write, *([] if write else self.read)])

    def covers_host(self, host: str, port: int) -> bool:
        """Tell whether a host in normal form may be reached on a port; "*" covers public hosts only."""
        return covers_host(self.network, host, port)


def read_allowed(values: Iterable[str], workspace: Path) -> Allowed:
    """Read values such as `read:PATH`, `write:PATH`, `network`, `network:HOST[:PORT]` and `execute`.

    Raises:
        UsageError: one of them is something else, or names a path that does not exist or is never granted.
    """
    allowed = Allowed(os.path.realpath(workspace))
    for value in values:
        kind, colon, detail = value.partition(":")
        match kind:
            case "read":
                allowed = replace(allowed, read=_with(allowed.read, _path(value, colon, detail)))
            case "write":
                allowed = replace(allowed, write=_with(allowed.write, _path(value, colon, detail)))
            case "network":
                allowed = replace(allowed, network=_with(allowed.network, _network(value, colon, detail)))
            case "execute" if not colon:
                allowed = replace(allowed, execute=True)
            case "execute":
                raise UsageError(f"--allow {value!r}: execute takes nothing after it", hint="--allow execute")
            case _:
                raise _unknown(value, kind)
    if RAW in allowed.network and len(allowed.network) > 1:
        raise UsageError(
            "--allow network:raw goes past the hosts that other --allow options name",
            hint="give either network:raw or network:HOST",
        )
    return allowed


def covers_host(rules: Iterable[str], host: str, port: int) -> bool:
    """Tell whether values of `Policy.network` cover a host in normal form on a port."""
    from toolwright.permissions.hosts import is_public
    from toolwright.sandbox.proxy.rules import parse_allowed

    rules = tuple(rules)
    if RAW in rules:
        return True
    named = parse_allowed(f"{_HOST}{rule}" for rule in rules if rule != ANY_HOST)
    return named.names(host, port) or (ANY_HOST in rules and is_public(host, port))


def _path(value: str, colon: str, detail: str) -> str:
    if not colon or not detail.strip() or "\0" in detail:
        kind = value.partition(":")[0]
        raise UsageError(f"--allow {value!r} names no path", hint=f"--allow {kind}:PATH")
    try:
        found = os.path.realpath(Path(detail).expanduser(), strict=True)
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(
            f"--allow {value!r}: {why.lower()}", hint="name a file or folder that exists"
        ) from None
    from toolwright.sandbox.grants import is_never_shown

    if is_never_shown(found):
        raise UsageError(f"--allow {value!r}: {found} is never shown to a tool", hint="name another path")
    return found


def _network(value: str, colon: str, detail: str) -> str:
    if not colon:
        return ANY_HOST
    if detail == RAW:
        return RAW
    from toolwright.sandbox.proxy.hosts import with_brackets
    from toolwright.sandbox.proxy.rules import parse_rule

    try:
        rule = parse_rule(detail)
    except UsageError as error:
        raise UsageError(f"--allow {value!r}: {error}", hint=error.hint) from None
    return with_brackets(rule.host) + (f":{rule.port}" if rule.port else "")


def _with(kept: tuple[str, ...], value: str) -> tuple[str, ...]:
    return kept if value in kept else (*kept, value)


def _unknown(value: str, kind: str) -> UsageError:
    import difflib

    nearest = difflib.get_close_matches(kind.lower(), PERMISSIONS, n=1)
    offer = f"; did you mean {nearest[0]}?" if nearest else ""
    return UsageError(
        f"--allow {value!r} is no permission{offer}",
        hint="allowed are read:PATH, write:PATH, network, network:HOST[:PORT], network:raw and execute",
    )
