"""Tools -> their vectors, kept in `.toolwright/vectors.db` under the hash of what was turned into them.

They cost requests or seconds to make, so they stand apart from the index, which is made anew when in doubt.
A file that cannot be used is replaced; where none can be written, vectors last as long as the process.
"""

import contextlib
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.errors import ModelError
from toolwright.library.place import Place, sha
from toolwright.library.search import document
from toolwright.protocols import Embedder
from toolwright.types import Tool

if TYPE_CHECKING:
    import sqlite3

_WAIT_S: Final = 1.0
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS vector(embedder TEXT, sha TEXT, numbers BLOB, PRIMARY KEY(embedder, sha))"
)


class Vectors:
    """The vectors of the tools of one library, by one embedder."""

    def __init__(self, place: Place, embedder: Embedder) -> None:
        """Name the library; nothing is opened yet."""
        self._place = place
        self._embedder = embedder
        self._kept: dict[str, array[float]] = {}

    def of(self, tools: Mapping[str, Tool], size: int) -> dict[str, "array[float]"]:
        """Return the vector of each tool by name; only those of new or changed tools are made.

        So are those of another size than `size`: another model has the name now.

        Raises:
            ModelError: the embedder gives none, or none of that size.
        """
        texts = {name: _text(tool) for name, tool in tools.items()}
        hashes = {name: sha(text.encode()) for name, text in texts.items()}
        if not self._kept.keys() >= set(hashes.values()):
            read = self._read()
            self._kept |= {hash_: vector for hash_, vector in read.items() if len(vector) == size}
        new = {hashes[name]: text for name, text in texts.items() if hashes[name] not in self._kept}
        if new:
            made = self._embedder.embed(tuple(new.values()))
            fresh = {hash_: array("f", vector) for hash_, vector in zip(new, made, strict=True)}
            if any(len(vector) != size for vector in fresh.values()):
                raise ModelError("protocol", f"{self._embedder.name} gives vectors of different sizes")
            self._kept |= fresh
            self._write(fresh, set(hashes.values()))
        return {name: self._kept[hash_] for name, hash_ in hashes.items()}

    def asked(self, text: str) -> "array[float]":
        """Return the vector of what is looked for.

        Raises:
            ModelError: the embedder gives none.
        """
        return array("f", self._embedder.embed((text,))[0])

    def _read(self) -> dict[str, "array[float]"]:
        import sqlite3

        try:
            with contextlib.closing(self._opened()) as db:
                rows = db.execute(
                    "SELECT sha, numbers FROM vector WHERE embedder = ?", (self._embedder.name,)
                ).fetchall()
                return {hash_: array("f", numbers) for hash_, numbers in rows}
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return {}

    def _write(self, fresh: Mapping[str, "array[float]"], wanted: set[str]) -> None:
        """Keep new vectors, and drop those of texts that are no more."""
        import sqlite3

        from toolwright.library.lock import make_private

        name = self._embedder.name
        for last in (False, True):
            try:
                make_private(self._place)
                with contextlib.closing(self._opened()) as db, db:
                    known = {
                        hash_ for (hash_,) in db.execute("SELECT sha FROM vector WHERE embedder = ?", (name,))
                    }
                    gone = [(name, hash_) for hash_ in known - wanted]
                    db.executemany("DELETE FROM vector WHERE embedder = ? AND sha = ?", gone)
                    rows = [(name, hash_, numbers.tobytes()) for hash_, numbers in fresh.items()]
                    db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)
                    return
            except (sqlite3.Error, OSError) as error:
                busy = isinstance(error, sqlite3.OperationalError) or not isinstance(
                    error, sqlite3.DatabaseError
                )
                if last or busy:
                    return
                self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return self._place.private / "vectors.db"

    def _opened(self) -> "sqlite3.Connection":
        import sqlite3

        db = sqlite3.connect(self._path, timeout=_WAIT_S)
        db.execute(_TABLE)
        return db


def _text(tool: Tool) -> str:
    """Return what a tool is compared by: what it is for in words, then all of it."""
    said = tool.docstring
    return f"{document(tool.name)}: {said.summary} {', '.join(said.keywords)}\n{tool.source}"
