"""What a tool may be granted, and the answer to a call that was not granted what it needs."""

from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass

Permission: TypeAlias = Literal["read", "write", "network", "execute"]
"""What a tool may declare in the `Permissions:` line of its docstring."""

PERMISSIONS: Final[tuple[Permission, ...]] = ("read", "write", "network", "execute")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that may not be made: one sentence, and the flag or setting that would change it."""

    message: str
    hint: str = ""
