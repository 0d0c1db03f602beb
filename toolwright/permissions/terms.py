"""AUTO_APPROVE and rules for single tools -> what is granted unasked, besides --allow."""

from collections.abc import Collection, Mapping
from typing import Final

from toolwright.permissions.allowed import ANY_HOST, RAW, Allowed
from toolwright.permissions.wishes import Wish
from toolwright.records import dataclass, field, replace
from toolwright.types import Permission

FILES: Final = "files"
TIERS: Final = (FILES, "network", "execute", "packages")
"""What needs an approval; writing tools into the library and running them in the workspace needs none."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Tiers that are approved for every tool, and what the user's rules allow to single ones."""

    auto: Collection[str] = ()
    rules: Mapping[str, Allowed] = field(default_factory=dict)

    def widened(self, allowed: Allowed, tool: str) -> Allowed:
        """Return what is allowed to a tool: by --allow, by its rules, and by tiers."""
        rule = self.rules.get(tool)
        if rule:
            allowed = replace(
                allowed,
                read=_both(allowed.read, rule.read),
                write=_both(allowed.write, rule.write),
                network=_both(allowed.network, rule.network),
                execute=allowed.execute or rule.execute,
            )
        network = _both(allowed.network, (ANY_HOST,) if "network" in self.auto else ())
        return replace(
            allowed,
            network=(RAW,) if RAW in network else network,  # which goes past all others
            execute=allowed.execute or "execute" in self.auto,
        )

    def covers(self, wish: Wish) -> bool:
        """Tell whether a tier fulfils a wish for a path outside the workspace."""
        return FILES in self.auto and wish.permission in {"read", "write"}

    def by(self, allowed: Allowed, tool: str, permission: Permission, detail: str) -> str:
        """Say who allowed network or execute: `flag`, `rule` or `auto`."""
        rule = self.rules.get(tool)
        if detail in allowed.network if permission == "network" else allowed.execute:
            return "flag"
        if rule and (detail in rule.network if permission == "network" else rule.execute):
            return "rule"
        return "auto"


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
