"""Temporary folders that go with a run: a purpose in, an empty folder out, nothing left behind.

Whoever made a folder holds a lock on it. A folder that nobody holds was left by a program that was killed.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.temporary.removing import remove_tree

PREFIX: Final = "toolwright-"
_OURS: Final = re.compile(
    PREFIX + r"(run|scratch|empty|verify|judge|warm|canary|packages|copy)-[a-z0-9_]{8}\Z", re.ASCII
)
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def fresh_folder(purpose: str) -> Iterator[str]:
    """Make an empty folder of mode 700 in the system's temporary folder and remove it afterwards.

    Raises:
        SandboxError: the temporary folder cannot be written.
    """
    try:
        folder, held = _make(purpose)
    except OSError as error:
        raise SandboxError(
            f"no temporary folder can be made: {error}",
            hint="free some space there, or set TMPDIR to another folder",
        ) from error
    try:
        yield folder
    finally:
        remove_tree(folder)
        os.close(held)


def is_ours(path: str) -> bool:
    """Whether a path lies in a folder that this program, or another like it, made for a run."""
    import tempfile

    place = os.path.realpath(tempfile.gettempdir()).rstrip("/") + "/"
    return path.startswith(place) and bool(_OURS.match(path[len(place) :].partition("/")[0]))


def remove_left(place: str = "") -> None:
    """Remove what killed programs left in the system's temporary folder, or another; what cannot go stays.

    Only folders named as ours are looked at, and of those only the user's own (root: all) that nobody holds.
    """
    import tempfile

    place = place or tempfile.gettempdir()
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(place) if _OURS.match(name)]  # noqa: PTH208 - names are all we need
        for name in names:
            with contextlib.suppress(OSError):
                _remove_if_left(f"{place}/{name}")


def _remove_if_left(path: str) -> None:
    held = os.open(path, _FOLDER)
    try:
        if os.geteuid() in {0, os.fstat(held).st_uid}:
            _lock(held)
            remove_tree(path)
    finally:
        os.close(held)


def _make(purpose: str) -> tuple[str, int]:
    """Make a folder and hold it; one that a sweeper took in between is made again."""
    import tempfile

    while True:
        folder = str(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-")).resolve())
        with contextlib.suppress(FileNotFoundError):
            held = os.open(folder, _FOLDER)
            if _is_held(held) and os.path.lexists(folder):
                return folder, held
            os.close(held)


def _is_held(folder: int) -> bool:
    """Lock a folder of ours; on a file system without locks nobody sweeps, so that is as good."""
    try:
        _lock(folder)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _lock(folder: int) -> None:
    """Lock an open folder for as long as it is open.

    Raises:
        BlockingIOError: somebody has it.
        OSError: there are no locks here.
    """
    import fcntl

    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
