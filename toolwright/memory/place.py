"""A library folder -> where its memory stands; the file of the first versions gets today's name."""

import contextlib
import os
from pathlib import Path
from typing import Final

FILE: Final = "memory.db"
REVISION: Final = "0004"
"""The newest migration of its tables."""
_FIRST: Final = "memory.sqlite"
_JOURNAL: Final = "-journal"


def memory_file(library: Path) -> Path:
    """Return the path of the memory, which need not exist; one under the first name is moved there.

    Where it cannot be moved, it is used under the name that it has.
    """
    path = library / ".toolwright" / FILE
    first = path.with_name(_FIRST)
    if path.exists() or not first.exists():
        return path
    try:
        with contextlib.suppress(
            FileNotFoundError, FileExistsError
        ):  # what a crash left half done goes along
            os.link(f"{first}{_JOURNAL}", f"{path}{_JOURNAL}")
        os.link(first, path)  # unlike a renaming, this never takes the place of a file made meanwhile
        first.unlink()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{first}{_JOURNAL}")  # noqa: PTH108 - a name, not a path
    except FileExistsError:
        return path
    except OSError:
        return path if path.exists() else first
    return path
