"""An index and a catalogue -> the index brought up to it; only rows of what changed are written."""

from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from toolwright.library.bindings import rebinds
from toolwright.library.catalogue import Catalogue, marks
from toolwright.library.index.distrust import distrust
from toolwright.library.index.documents import fields
from toolwright.library.index.rows import digest, packed
from toolwright.library.index.schema import current_format, meta_of, start_over
from toolwright.syntax.cutting import newlines
from toolwright.syntax.inert import is_inert
from toolwright.syntax.reading import collector_off
from toolwright.syntax.said import looked_at_wholly

if TYPE_CHECKING:
    import sqlite3

_Row: TypeAlias = tuple[Any, ...]
_INSERT = "INSERT INTO piece VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def refresh(db: "sqlite3.Connection", catalogue: Catalogue, sha: str) -> None:
    """Bring the index up to the catalogue of a library with that hash."""
    if meta_of(db).get("library") == sha:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if not meta_of(db):
            start_over(db)
        before = meta_of(db).get("header_digest")
        with collector_off():
            ids, changed = _write_pieces(db, catalogue)
            _write_tools(db, catalogue, ids)
            distrust(db, catalogue, None if before != digest(catalogue.sections.header) else changed)
            _write_meta(db, catalogue, sha, plain=_is_plain(db, catalogue))
        db.execute("COMMIT")
    except BaseException:  # also Ctrl-C: an open transaction would keep every other writer waiting
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _is_plain(db: "sqlite3.Connection", catalogue: Catalogue) -> bool:
    """Tell whether a part of the library does the same without the rest."""
    if db.execute("SELECT 1 FROM piece WHERE NOT inert LIMIT 1").fetchone():
        return False
    return is_inert(catalogue.sections.header) and not rebinds(catalogue.bindings)


def _write_meta(db: "sqlite3.Connection", catalogue: Catalogue, sha: str, *, plain: bool) -> None:
    header = catalogue.sections.header
    binds, defines = packed(catalogue.header)
    said = {
        "format": current_format(),
        "library": sha,
        "header_size": str(len(header)),
        "header_lines": str(newlines(header, 0, len(header))),
        "header_digest": digest(header),
        "header_binds": binds,
        "header_defines": defines,
        "plain": "yes" if plain else "",
    }
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", said.items())


def _write_pieces(db: "sqlite3.Connection", catalogue: Catalogue) -> tuple[list[int], set[str]]:
    """Write the rows that differ; return the row of every chunk, and the names of those that changed.

    The name of one that binds several, or none, is "".
    """
    chunks = catalogue.sections.chunks
    digests = [digest(chunk.text) for chunk in chunks]
    wanted = marks(catalogue, digests)
    rows = db.execute("SELECT id, mark, start, name FROM piece ORDER BY start").fetchall()
    front = 0
    while front < min(len(rows), len(wanted)) and rows[front][1] == wanted[front]:
        front += 1
    back = 0
    while back < min(len(rows), len(wanted)) - front and rows[-1 - back][1] == wanted[-1 - back]:
        back += 1
    stop = len(chunks) - back
    starts = [0, *accumulate(len(chunk.text) for chunk in chunks)]
    tops = [0, *accumulate(newlines(chunk.text, 0, len(chunk.text)) for chunk in chunks)]
    if back:
        _shift(db, rows[-back], starts[stop], tops[stop])
    gone = [row[0] for row in rows[front : len(rows) - back]]
    changed = {row[3] for row in rows[front : len(rows) - back]}
    changed.update(chunk.name for chunk in chunks[front:stop])
    db.executemany("DELETE FROM piece WHERE id = ?", [(row,) for row in gone])
    lines = newlines(catalogue.sections.header, 0, len(catalogue.sections.header))
    fresh = []
    for index in range(front, stop):
        chunk = chunks[index]
        said = looked_at_wholly(chunk.text, catalogue.said[index])
        place = (starts[index], len(chunk.text), chunk.line - lines, tops[index])
        hashes = (digests[index], wanted[index], said.inert)
        used = " ".join(sorted(said.uses or ()))
        told = (used, said.tool, said.reason, *said.lines, " ".join(said.asked), *packed(said), said.outline)
        cursor = db.execute(_INSERT, (*place, chunk.name, chunk.kind, *hashes, *told))
        fresh.append(cursor.lastrowid or 0)
    ids = [*(row[0] for row in rows[:front]), *fresh, *(row[0] for row in rows[len(rows) - back :])]
    return ids, changed


def _shift(db: "sqlite3.Connection", first: _Row, start: int, top: int) -> None:
    """Move the rows from `first` on to where they stand now."""
    old_top = db.execute("SELECT top FROM piece WHERE id = ?", (first[0],)).fetchone()[0]
    if (first[2], old_top) != (start, top):
        db.execute(
            "UPDATE piece SET start = start + ?, line = line + ?, top = top + ? WHERE start >= ?",
            (start - first[2], top - old_top, top - old_top, first[2]),
        )


def _write_tools(db: "sqlite3.Connection", catalogue: Catalogue, ids: list[int]) -> None:
    """Name the pieces that are offered, and index the words of those that were not yet."""
    wanted = {ids[index]: name for name, index in catalogue.offered.items()}
    known = dict(db.execute("SELECT id, name FROM tool").fetchall())
    gone = [(row,) for row, name in known.items() if wanted.get(row) != name]
    db.executemany("DELETE FROM tool WHERE id = ?", gone)
    db.executemany("DELETE FROM words WHERE rowid = ?", gone)
    for row, name in wanted.items():
        if known.get(row) != name:
            db.execute("INSERT INTO tool VALUES (?, ?)", (row, name))
            db.execute(
                "INSERT INTO words(rowid, name, keywords, docstring, signature) VALUES (?, ?, ?, ?, ?)",
                (row, *fields(catalogue.tool(name))),
            )
