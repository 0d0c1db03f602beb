"""A library text -> its catalogue out of the index, and back; where there can be no index, nothing."""

import contextlib
from typing import Final

from toolwright.library.catalogue import Catalogue, read_catalogue
from toolwright.library.place import Place
from toolwright.syntax.chunks import remember

WORTH: Final = 60_000
"""Characters that take longer to parse than an index to be opened: some hundred functions."""


def catalogue_of(place: Place, text: str, sha: str, worth: int = WORTH) -> Catalogue:
    """Read a library text, going on from what the index knows of it; the index is brought up to it.

    A text of fewer than `worth` characters is just read.

    Raises:
        LibrarySyntaxError: it is not Python; names file and line.
    """
    if len(text) < worth:
        return read_catalogue(text, str(place.tools))
    from toolwright.library.index.opening import with_present_file
    from toolwright.library.index.rows import load

    kept, whole = with_present_file(place, lambda db: load(db, text, sha)) or (None, False)
    if kept is not None and whole:
        remember(text, kept.sections)
        return kept
    catalogue = read_catalogue(text, str(place.tools), kept, wholly=True)
    _keep(place, catalogue, sha)
    return catalogue


def _keep(place: Place, catalogue: Catalogue, sha: str) -> None:
    """Bring the index up to a catalogue, if it can be written."""
    import sqlite3

    from toolwright.library.index.freshness import refresh
    from toolwright.library.index.opening import with_file

    with contextlib.suppress(sqlite3.Error, OSError):
        with_file(place, lambda db: refresh(db, catalogue, sha))
