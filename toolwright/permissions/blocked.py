"""BLOCKED_PERMISSIONS and whether somebody is there -> what is never asked for."""

from collections.abc import Iterable
from typing import Final

from toolwright.records import dataclass
from toolwright.types import PERMISSIONS, Permission

UNATTENDED: Final[frozenset[Permission]] = frozenset({"network", "execute"})
"""What only an explicit --allow grants where nobody can be asked; approvals given at a terminal do not."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """`by_user` is denied whatever else is said; `by_default` unless --allow grants it."""

    by_user: frozenset[Permission] = frozenset()
    by_default: frozenset[Permission] = frozenset()


def read_blocked(value: Iterable[str] | None, *, present: bool, from_file: bool = False) -> Blocked:
    """Read the setting; None is a setting that was not made, `present` whether somebody can be asked.

    A `.env` that came with a folder can only block more, never lift the default.
    """
    default = frozenset[Permission]() if present else UNATTENDED
    if value is None:
        return Blocked(by_default=default)
    words = set(value)
    named = frozenset(permission for permission in PERMISSIONS if permission in words)
    return Blocked(named, default if from_file else frozenset())
