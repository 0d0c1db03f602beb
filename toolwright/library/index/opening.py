"""A library's place -> its index file, opened; one that is damaged or somebody else's is made anew, once."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from toolwright.library.place import Place

if TYPE_CHECKING:
    import sqlite3

_WAIT_S: Final = 1.0
_Result = TypeVar("_Result")


def with_file(place: Place, work: "Callable[[sqlite3.Connection], _Result]") -> _Result:
    """Do some work with the index file, making the file if need be.

    Raises:
        sqlite3.Error, OSError: there cannot be a file now.
    """
    import sqlite3

    from toolwright.library.lock import make_private

    make_private(place)
    for last in (False, True):
        try:
            with contextlib.closing(
                sqlite3.connect(place.index, timeout=_WAIT_S, isolation_level=None)
            ) as db:
                db.execute("PRAGMA synchronous = OFF")  # what is lost can be made again
                return work(db)
        except sqlite3.DatabaseError as error:
            if last or any(word in str(error) for word in ("locked", "readonly", "full", "disk I/O")):
                raise
            for leftover in ("", "-journal", "-wal", "-shm"):
                place.index.with_name(place.index.name + leftover).unlink(missing_ok=True)
    raise AssertionError  # the second turn returns or raises


def with_present_file(place: Place, work: "Callable[[sqlite3.Connection], _Result]") -> _Result | None:
    """Read an index file in one transaction; None when there is none that can be read."""
    import sqlite3

    if not place.index.is_file():
        return None
    try:
        uri = f"{place.index.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_S, isolation_level=None)) as db:
            db.execute("BEGIN")
            return work(db)
    except (sqlite3.Error, OSError, ValueError, KeyError, SyntaxError):
        return None
