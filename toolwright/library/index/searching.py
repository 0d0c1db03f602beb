"""The tools of a library -> those that fit a step, best first, by BM25 over an SQLite index.

The index in `.toolwright/index.db` only saves work: it is made anew whenever it is missing, damaged, somebody
else's or out of date, and kept in memory where nothing can be written.
"""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from toolwright.errors import LibraryError
from toolwright.library.index.freshness import refresh
from toolwright.library.index.matching import Found, matching
from toolwright.library.index.opening import with_file
from toolwright.library.search import query
from toolwright.library.snapshot import Snapshot
from toolwright.library.store import Store
from toolwright.types import Hit

if TYPE_CHECKING:
    import sqlite3


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
        rows = self._rows(snapshot, wanted, k + len(snapshot.quarantined))
        # Another process may have moved the index to a later state of the library meanwhile.
        hits = [
            Hit(snapshot.tools[row.name], row.score, row.share, row.why)
            for row in rows
            if row.name in snapshot.tools
        ]
        return tuple(hits[:k])

    def _rows(self, snapshot: Snapshot, wanted: str, k: int) -> list[Found]:
        import sqlite3

        def work(db: sqlite3.Connection) -> list[Found]:
            refresh(db, snapshot.catalogue, snapshot.sha)
            return matching(db, wanted, k)

        if self._memory is None:
            with contextlib.suppress(sqlite3.Error, OSError):
                return with_file(self._store.place, work)
            self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        try:
            return work(self._memory)
        except sqlite3.OperationalError as error:
            raise LibraryError(
                f"search needs SQLite with FTS5, which this Python lacks: {error}",
                hint="use a Python whose sqlite3 module has FTS5, such as one from python.org",
            ) from None
