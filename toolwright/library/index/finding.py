"""The index of a library and the name of a tool -> the part of the library that a call needs, by its rows."""

from typing import TYPE_CHECKING

from toolwright.library.bindings import bound_by
from toolwright.library.index.opening import with_present_file
from toolwright.library.index.rows import digest
from toolwright.library.index.schema import meta_of
from toolwright.library.place import Place
from toolwright.library.reached import Found, Part, part_of
from toolwright.syntax.parsing import parse_text

if TYPE_CHECKING:
    import sqlite3


def indexed_part(place: Place, text: str, sha: str, name: str) -> Part | None:
    """Return the part; None when the index is not of this text, or all of the library is needed."""
    return with_present_file(place, lambda db: _indexed(db, text, sha, name))


def _indexed(db: "sqlite3.Connection", text: str, sha: str, name: str) -> Part | None:
    """Return the part as the index has it; None when the index is out of date, or the library not plain."""
    meta = meta_of(db)
    if meta.get("library") != sha or not meta["plain"]:
        return None
    if not db.execute("SELECT 1 FROM tool WHERE name = ?", (name,)).fetchone():
        return None
    header = text[: int(meta["header_size"])]
    if digest(header) != meta["header_digest"]:
        return None
    return part_of(header, _InRows(db, text, len(header)), name)


class _InRows:
    """Chunks by the names they bind, out of the rows of an index; their texts are checked."""

    def __init__(self, db: "sqlite3.Connection", text: str, header: int) -> None:
        self._db, self._text, self._header = db, text, header
        self._others: dict[str, Found] | None = None

    def __call__(self, name: str) -> Found | None:
        found = self._rows(name)
        return found[0] if found else self._nameless().get(name)

    def _rows(self, name: str) -> list[Found]:
        rows = self._db.execute("SELECT start, size, top, digest FROM piece WHERE name = ?", (name,))
        found = []
        for start, size, top, mark in rows:
            at = self._header + start
            text = self._text[at : at + size]
            if digest(text) != mark:
                raise ValueError(name)  # the index lies
            found.append((text, top))
        return found

    def _nameless(self) -> dict[str, Found]:
        """Map the names that statements bind which have none of their own."""
        if self._others is None:
            self._others = {
                bound: (text, top)
                for text, top in self._rows("")
                if text.strip()
                for bound in bound_by(parse_text(text).body)
            }
        return self._others
