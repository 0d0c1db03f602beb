"""The tables of an index, and whether those in a file are ours and of this format."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

FORMAT: Final = "1"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tool(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, sha TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    name, keywords, docstring, signature, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


def start_over(db: "sqlite3.Connection") -> None:
    """Drop what is there and make the tables."""
    for table in ("meta", "tool", "words"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


def has_table(db: "sqlite3.Connection", name: str) -> bool:
    """Tell whether there is a table."""
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone())


def format_of(db: "sqlite3.Connection") -> str:
    """Return the format that a file says it has, "" when it says none."""
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return str(row[0]) if row else ""
