"""The tools of a library -> those that fit a step, best first, by BM25 over an SQLite index.

The index in `.toolwright/index.db` only saves work: it is made anew whenever it is missing, damaged, somebody
else's or out of date, and kept in memory where nothing can be written.
"""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from toolwright.errors import LibraryError
from toolwright.library.place import sha
from toolwright.library.search import document, query
from toolwright.library.snapshot import Snapshot
from toolwright.library.store import Store
from toolwright.types import Hit, Tool

if TYPE_CHECKING:
    import sqlite3

_FORMAT: Final = "1"
_WAIT_S: Final = 1.0
# Name and keywords say best what a tool is for; then its docstring, then its parameters.
_WEIGHTS: Final = "8.0, 6.0, 3.0, 2.0"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tool(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, sha TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    name, keywords, docstring, signature, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


class Index:
    """Search over the tools of one store."""

    def __init__(self, store: Store) -> None:
        """Name the store; nothing is opened yet."""
        self._store = store
        self._memory: sqlite3.Connection | None = None

    def search(self, text: str, keywords: Sequence[str] = (), k: int = 8) -> tuple[Hit, ...]:
        """Return at most `k` tools that share words with a text, best first; any text will do.

        Raises:
            LibraryError: the library cannot be read, or this Python's SQLite lacks FTS5.
        """
        snapshot = self._store.read()
        wanted = query(text, keywords)
        if not snapshot.tools or not wanted or k < 1:
            return ()
        rows = self._rows(snapshot, wanted, k)
        # Another process may have moved the index to a later state of the library meanwhile.
        return tuple(Hit(snapshot.tools[name], -rank) for name, rank in rows if name in snapshot.tools)

    def _rows(self, snapshot: Snapshot, wanted: str, k: int) -> list[tuple[str, float]]:
        import sqlite3

        if self._memory is None:
            with contextlib.suppress(sqlite3.Error, OSError):
                return self._rows_on_disk(snapshot, wanted, k)
            self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        try:
            _refresh(self._memory, snapshot)
            return _matching(self._memory, wanted, k)
        except sqlite3.OperationalError as error:
            raise LibraryError(
                f"search needs SQLite with FTS5, which this Python lacks: {error}",
                hint="use a Python whose sqlite3 module has FTS5, such as one from python.org",
            ) from None

    def _rows_on_disk(self, snapshot: Snapshot, wanted: str, k: int) -> list[tuple[str, float]]:
        """Search the file; one that is damaged or not ours is replaced, once.

        Raises:
            sqlite3.Error, OSError: there cannot be a file now.
        """
        import sqlite3

        from toolwright.library.lock import make_private

        make_private(self._store.place)
        path = self._store.place.private / "index.db"
        for last in (False, True):
            try:
                with contextlib.closing(sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)) as db:
                    db.execute("PRAGMA synchronous = OFF")  # what is lost can be made again
                    _refresh(db, snapshot)
                    return _matching(db, wanted, k)
            except sqlite3.DatabaseError as error:
                if last or "locked" in str(error) or "readonly" in str(error):
                    raise
                for leftover in ("", "-journal", "-wal", "-shm"):
                    path.with_name(path.name + leftover).unlink(missing_ok=True)
        raise AssertionError  # the second turn returns or raises


def _refresh(db: "sqlite3.Connection", snapshot: Snapshot) -> None:
    """Bring the index up to a snapshot; only tools that changed are written."""
    fresh = {"format": _FORMAT, "library": snapshot.sha}
    if _has_table(db, "meta") and dict(db.execute("SELECT key, value FROM meta")) == fresh:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if not _has_table(db, "meta") or _format_of(db) != _FORMAT:
            _start_over(db)
        known = {name: (row, sha_) for row, name, sha_ in db.execute("SELECT id, name, sha FROM tool")}
        wanted = {name: sha(repr(_fields(tool)).encode()) for name, tool in snapshot.tools.items()}
        for name, (row, old) in known.items():
            if wanted.get(name) != old:
                db.execute("DELETE FROM tool WHERE id = ?", (row,))
                db.execute("DELETE FROM words WHERE rowid = ?", (row,))
        for name, new in wanted.items():
            if name not in known or known[name][1] != new:
                cursor = db.execute("INSERT INTO tool(name, sha) VALUES (?, ?)", (name, new))
                row = (cursor.lastrowid, *_fields(snapshot.tools[name]))
                db.execute(
                    "INSERT INTO words(rowid, name, keywords, docstring, signature) VALUES (?, ?, ?, ?, ?)",
                    row,
                )
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", fresh.items())
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _start_over(db: "sqlite3.Connection") -> None:
    for table in ("meta", "tool", "words"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            db.execute(statement)


def _has_table(db: "sqlite3.Connection", name: str) -> bool:
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone())


def _format_of(db: "sqlite3.Connection") -> str:
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return str(row[0]) if row else ""


def _fields(tool: Tool) -> tuple[str, str, str, str]:
    said = tool.docstring
    arguments = " ".join(said.args.values())
    return (
        document(tool.name),
        document(" ".join(said.keywords)),
        document(f"{said.summary} {said.returns} {said.raises}"),
        document(f"{tool.signature} {arguments}"),
    )


def _matching(db: "sqlite3.Connection", wanted: str, k: int) -> list[tuple[str, float]]:
    return db.execute(
        f"SELECT tool.name, bm25(words, {_WEIGHTS}) AS rank FROM words JOIN tool ON tool.id = words.rowid "  # noqa: S608 - weights are ours
        "WHERE words MATCH ? ORDER BY rank, tool.name LIMIT ?",
        (wanted, k),
    ).fetchall()
