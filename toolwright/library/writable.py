"""Whether tools can be kept in a library directory; says what to do where they cannot."""

import os
import stat

from toolwright.errors import LibraryWriteError
from toolwright.library.place import Place


def check_folder(place: Place) -> None:
    """Find out whether files can be put into the directory.

    Raises:
        LibraryError: it is missing.
        LibraryWriteError: it is read-only.
    """
    place.check()
    if not os.access(place.directory, os.W_OK | os.X_OK):
        raise LibraryWriteError(
            f"{place.directory} cannot be written, so no tool could be kept there",
            hint=f"make {place.directory} writable, or name another library with --library DIR",
        )


def check_file(place: Place) -> None:
    """Respect a write-protected tools.py, which a rename would walk over.

    Raises:
        LibraryWriteError: it is write-protected.
    """
    try:
        mode = place.tools.stat().st_mode
    except OSError:
        return
    if not stat.S_IMODE(mode) & 0o222:
        raise LibraryWriteError(
            f"{place.tools} is write-protected; nothing was changed",
            hint=f"chmod u+w {place.tools}",
        )
