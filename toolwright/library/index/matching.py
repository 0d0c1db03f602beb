"""A query -> the tools that match it, best first, by BM25, and which of its words they have and where."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from toolwright.records import dataclass

if TYPE_CHECKING:
    import sqlite3

_FIELDS: Final = ("name", "keywords", "docstring", "signature")
# Keywords are the words in which people ask. Tuned on one half of `benchmarks/search_quality`, by mean
# reciprocal rank without and with synonyms: 0.453 and 0.948, where equal weights have 0.349 and 0.960. The
# best eight of 96 weightings lie within 0.005 of each other, and all of them put keywords first.
_WEIGHTS: Final = "2.0, 8.0, 2.0, 1.0"
_MORE: Final = 1000
"""So many further tools, with none of the words, are thought of: in a small library any word is rare."""


@dataclass(frozen=True, slots=True)
class Found:
    """A tool that matches: the larger `score` the better.

    `why` holds by field the query's words that stand there in whatever form. `share` says from 0 to 1 how
    much of the query those are, where a word counts the more the fewer tools have it.
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
    telling = _telling(db, asked) if rows else {}
    return [Found(name, -rank, _share(where[row], telling), where[row]) for row, name, rank in rows]


def _telling(db: "sqlite3.Connection", asked: Sequence[str]) -> dict[str, float]:
    """Return how much each word tells, as shares of one: Robertson and Sparck Jones 1976, as BM25 has it."""
    (tools,) = db.execute("SELECT count(*) FROM tool").fetchone()
    weights = {}
    for word in asked:
        (having,) = db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (word,)).fetchone()
        weights[word.strip('"')] = math.log(1 + (tools + _MORE - having + 0.5) / (having + 0.5))
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def _share(where: Mapping[str, tuple[str, ...]], telling: Mapping[str, float]) -> float:
    met = set().union(*where.values())
    return min(1.0, math.fsum(telling[word] for word in met))


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
