"""The tables of an index, and whether those in a file are ours and of this format.

`piece` has a row for every chunk of tools.py. `start` and `size` are in characters; `start`, `line` (that
of its `def`, `class` or first word) and `top` (that of its first line) are counted from the end of the
header, so that an import more moves nothing. `digest` is a hash of its text, `mark` of its text and of the
definitions that its annotations name: a row is as true as its mark. `tool` names the pieces that are offered,
`words` are the words by which each is found.

`trust` says of each tool, for files of evidence and tests with that `stamp`, what they say in short, how many
tests passed, how many broken copies they noticed, when it was last verified or made; and what that is worth
as the tool is now: its `verdict` is "" where the tool, or what it reaches, was changed since it was judged.
"""

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

_FORMAT: Final = "6"
_READING: Final = (
    "cutting",
    "docstring",
    "inert",
    "names",
    "outline",
    "reading",
    "said",
    "schema",
    "signature",
    "used",
)
_TABLES: Final = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE piece(
    id INTEGER PRIMARY KEY, start INTEGER NOT NULL, size INTEGER NOT NULL, line INTEGER NOT NULL,
    top INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, mark TEXT NOT NULL,
    inert INTEGER NOT NULL, uses TEXT NOT NULL, tool TEXT NOT NULL, reason TEXT NOT NULL,
    first INTEGER NOT NULL, past INTEGER NOT NULL, asked TEXT NOT NULL, binds TEXT NOT NULL,
    defines TEXT NOT NULL, outline TEXT NOT NULL
);
CREATE INDEX piece_name ON piece(name);
CREATE TABLE tool(id INTEGER PRIMARY KEY REFERENCES piece(id), name TEXT UNIQUE NOT NULL);
CREATE TABLE trust(
    name TEXT PRIMARY KEY, stamp TEXT NOT NULL, evidence TEXT NOT NULL, tests_sha256 TEXT,
    packages TEXT NOT NULL, tests INTEGER NOT NULL, killed INTEGER, mutants INTEGER,
    replays INTEGER NOT NULL, made REAL NOT NULL, level TEXT NOT NULL, verdict TEXT NOT NULL,
    why TEXT NOT NULL, changed TEXT NOT NULL, quarantine TEXT NOT NULL
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
    name, keywords, docstring, signature, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


def current_format() -> str:
    """Return what a file must say to be of use: rows depend on how this program reads, and on the grammar."""
    from toolwright import syntax

    modules = [os.stat(os.path.join(syntax.__path__[0], f"{name}.py")) for name in _READING]  # noqa: PTH116, PTH118 - a single call waits for this
    read_by = ",".join(f"{one.st_size}.{one.st_mtime_ns}" for one in modules)
    return f"{_FORMAT} {sys.version_info[0]}.{sys.version_info[1]} {read_by}"


def start_over(db: "sqlite3.Connection") -> None:
    """Drop what is there and make the tables."""
    for kind, name in db.execute("SELECT type, name FROM sqlite_master").fetchall():
        if kind in {"table", "view"} and not name.startswith(("sqlite_", "words_")):
            db.execute(f'DROP {kind} IF EXISTS "{name.replace(chr(34), chr(34) * 2)}"')
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


def meta_of(db: "sqlite3.Connection") -> dict[str, str]:
    """Return what an index says of itself; nothing when it is none, or of another format."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= {"meta", "piece", "tool", "trust", "words"}:
        return {}
    columns = [row[1] for row in db.execute("PRAGMA table_info(meta)")]
    said = dict(db.execute("SELECT key, value FROM meta")) if columns == ["key", "value"] else {}
    return said if said.get("format") == current_format() else {}
