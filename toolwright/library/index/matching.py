"""A query -> the names of the tools that match it, best first, by BM25."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

# Name and keywords say best what a tool is for; then its docstring, then its parameters.
_WEIGHTS: Final = "8.0, 6.0, 3.0, 2.0"


def matching(db: "sqlite3.Connection", wanted: str, k: int) -> list[tuple[str, float]]:
    """Return names and ranks of at most `k` tools; the smaller the rank the better the match."""
    return db.execute(
        f"SELECT tool.name, bm25(words, {_WEIGHTS}) AS rank FROM words JOIN tool ON tool.id = words.rowid "  # noqa: S608 - weights are ours
        "WHERE words MATCH ? ORDER BY rank, tool.name LIMIT ?",
        (wanted, k),
    ).fetchall()
