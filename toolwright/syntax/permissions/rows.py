"""How the tables say what a function of a module does: rows in, a dictionary by dotted name out."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass

Kind: TypeAlias = Literal["read", "write", "network", "execute"]

READ: Final[tuple[Kind, ...]] = ("read",)
WRITE: Final[tuple[Kind, ...]] = ("write",)
BOTH: Final[tuple[Kind, ...]] = ("read", "write")
NETWORK: Final[tuple[Kind, ...]] = ("network",)
EXECUTE: Final[tuple[Kind, ...]] = ("execute",)


@dataclass(frozen=True, slots=True)
class Row:
    """What some functions need and do. `names` are dotted names, or names of methods, split by blanks.

    `read_at` and `write_at` are the places of the arguments that name what is read and what is written: an
    argument that holds a buffer or a temporary file needs nothing. `modal` is the place of an argument that
    says whether a file is read or written; `-1` is none.
    """

    kinds: tuple[Kind, ...]
    does: str
    names: str
    read_at: tuple[int, ...] = (0,)
    write_at: tuple[int, ...] = (0,)
    modal: int = -1
    default_mode: str = "r"


def by_name(rows: Iterable[Row]) -> dict[str, Row]:
    """Give each name its row."""
    return {name: row for row in rows for name in row.names.split()}


def words(text: str) -> frozenset[str]:
    """Split a table of names at blanks."""
    return frozenset(text.split())
