"""An index and a snapshot -> the index brought up to it; only what changed is written."""

from typing import TYPE_CHECKING

from toolwright.library.index.documents import fields
from toolwright.library.index.schema import FORMAT, format_of, has_table, start_over
from toolwright.library.place import sha
from toolwright.library.snapshot import Snapshot

if TYPE_CHECKING:
    import sqlite3


def refresh(db: "sqlite3.Connection", snapshot: Snapshot) -> None:
    """Bring the index up to a snapshot; only tools that changed are written."""
    fresh = {"format": FORMAT, "library": snapshot.sha}
    if has_table(db, "meta") and dict(db.execute("SELECT key, value FROM meta")) == fresh:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if not has_table(db, "meta") or format_of(db) != FORMAT:
            start_over(db)
        known = {name: (row, sha_) for row, name, sha_ in db.execute("SELECT id, name, sha FROM tool")}
        wanted = {name: sha(repr(fields(tool)).encode()) for name, tool in snapshot.tools.items()}
        for name, (row, old) in known.items():
            if wanted.get(name) != old:
                db.execute("DELETE FROM tool WHERE id = ?", (row,))
                db.execute("DELETE FROM words WHERE rowid = ?", (row,))
        for name, new in wanted.items():
            if name not in known or known[name][1] != new:
                cursor = db.execute("INSERT INTO tool(name, sha) VALUES (?, ?)", (name, new))
                row = (cursor.lastrowid, *fields(snapshot.tools[name]))
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
