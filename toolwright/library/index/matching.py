"""A query -> the tools that match it, best first, by BM25, and which of its words they have and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

_FIELDS: Final = ("name", "keywords", "docstring", "signature")
# Name and keywords say best what a tool is for; then its docstring, then its parameters.
_WEIGHTS: Final = "8.0, 6.0, 3.0, 2.0"


@dataclass(frozen=True, slots=True)
class Found:
    """A tool that matches: the larger `score` the better.

    `why` holds by field the query's words that stand there in whatever form, `share` how many of all its
    words those are, from 0 to 1. Neither depends on the other tools of the library.
    """

    name: str
    score: float
    share: float
    why: Mapping[str, tuple[str, ...]]


def matching(db: "sqlite3.Connection", wanted: str, k: int) -> list[Found]:
    """Return at most `k` tools that match a query, best first."""
    rows = db.execute(
        f"SELECT tool.id, tool.name, bm25(words, {_WEIGHTS}) AS rank "  # noqa: S608 - weights are ours
        "FROM words JOIN tool ON tool.id = words.rowid WHERE words MATCH ? ORDER BY rank, tool.name LIMIT ?",
        (wanted, k),
    ).fetchall()
    asked = wanted.split(" OR ")
    where = _where(db, asked, [row for row, _, _ in rows])
    return [
        Found(name, -rank, len(set().union(*where[row].values())) / len(asked), where[row])
        for row, name, rank in rows
    ]


def _where(
    db: "sqlite3.Connection", asked: Iterable[str], rows: Iterable[int]
) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return by tool and field which of the quoted words stand there."""
    found: dict[int, dict[str, tuple[str, ...]]] = {row: {} for row in rows}
    marks = ", ".join("?" * len(found))
    having = f"SELECT rowid FROM words WHERE words MATCH ? AND rowid IN ({marks})"  # noqa: S608 - only marks
    for word in asked:
        for (anywhere,) in db.execute(having, (word, *found)).fetchall():
            for field in _FIELDS:
                if db.execute(
                    "SELECT 1 FROM words WHERE words MATCH ? AND rowid = ?", (f"{field} : {word}", anywhere)
                ).fetchone():
                    kept = found[anywhere]
                    kept[field] = (*kept.get(field, ()), word.strip('"'))
    return found
