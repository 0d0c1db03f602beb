"""A tool and the library around it -> the policy of its verification: exactly what it declares."""

from typing import Final

from toolwright.permissions.needs import needs
from toolwright.types import Permission, Policy, Tool

_EFFECTS: Final[tuple[Permission, ...]] = ("write", "network")


def verification_policy(source: str, tool: Tool) -> Policy:
    """Grant what the tool, and the tools of the library `source` that it calls, declare; no more.

    The network is the one that test and tool share, on which there is nothing but what the test serves.
    Its tests must notice every effect that is declared.
    """
    declared = needs(source, tool)
    return Policy(
        network=("loopback",) if "network" in declared else (),
        execute="execute" in declared,
        sees_workspace=bool(declared & {"read", "write"}),
        changes_workspace="write" in declared,
        effects=tuple(effect for effect in _EFFECTS if effect in declared),
    )
