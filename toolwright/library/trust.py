"""Kept tools -> how far each can be trusted: what its evidence is worth now, and how much it says.

Of many tools in a large library that is looked up in the index, which follows their files and the library.
"""

import contextlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from toolwright.library.index.keeping import WORTH
from toolwright.library.papers import Trust, judge
from toolwright.library.place import Place
from toolwright.library.snapshot import SETTLED_NS, Snapshot
from toolwright.library.standing import VersionOf, of_packages

if TYPE_CHECKING:
    import sqlite3

_MANY: Final = 200
"""Tools whose files take longer to read than the index does."""


class Ledger:
    """Says of the tools of one library how far they can be trusted."""

    def __init__(
        self, place: Place, many: int = _MANY, worth: int = WORTH, settled_ns: int = SETTLED_NS
    ) -> None:
        """Name the library; the index is asked about `many` tools of a text of `worth` characters.

        A file that was written less than `settled_ns` ago is read again each time.
        """
        self._place, self._many, self._worth, self._settled_ns = place, many, worth, settled_ns
        self._memory: sqlite3.Connection | None = None

    def of(
        self, snapshot: Snapshot, names: Collection[str], version_of: VersionOf | None = None
    ) -> dict[str, Trust]:
        """Judge kept tools, with `version_of` also for want of packages.

        Raises:
            LibraryError: a test file cannot be read or is not UTF-8.
        """
        if len(names) < self._many or len(snapshot.text) < self._worth:
            known, kept = snapshot.known, snapshot.kept
            return dict(_judged({name: judge(self._place, known, kept, name) for name in names}, version_of))
        filed = self._filed(snapshot)
        return dict(_judged({name: filed[name] for name in names}, version_of))

    def _filed(self, snapshot: Snapshot) -> dict[str, Trust]:
        """Look all tools up; where there can be no index file, in one that lasts as long as this process."""
        import sqlite3

        from toolwright.library.index.opening import with_file
        from toolwright.library.index.trusting import filed

        def work(db: sqlite3.Connection) -> dict[str, Trust]:
            return filed(db, self._place, snapshot, self._settled_ns)

        if self._memory is None:
            with contextlib.suppress(sqlite3.Error, OSError):
                return with_file(self._place, work)
            self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        try:
            return work(self._memory)
        except sqlite3.Error:  # this Python's SQLite lacks FTS5
            known, kept = snapshot.known, snapshot.kept
            return {name: judge(self._place, known, kept, name) for name in kept}


def _judged(found: dict[str, Trust], version_of: VersionOf | None) -> "Iterable[tuple[str, Trust]]":
    """Hold what is verified against the packages that are installed."""
    for name, one in found.items():
        outdated = of_packages(one.packages, version_of) if one.standing.kind == "verified" else None
        yield name, Trust(outdated, one.quality, one.packages) if outdated else one
