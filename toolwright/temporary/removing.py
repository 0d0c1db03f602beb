"""Take a folder away that foreign code has filled: a path in, nothing left, nothing outside touched.

No link is followed, no name is looked up by more than one part, and neither depth nor missing rights hold
it up: folders below are first moved to the top, so one folder at a time is open.
"""

import contextlib
import errno
import os
import stat
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ROUNDS: Final = 3


def remove_tree(path: str) -> bool:
    """Remove a folder with all that is in it; False when something of it could not be removed."""
    try:
        for _ in range(_ROUNDS):  # somebody may still be writing
            _open_up(path)
            top = os.open(path, _FOLDER)
            try:
                _empty(top)
            finally:
                os.close(top)
            with contextlib.suppress(OSError):
                os.rmdir(path)  # noqa: PTH106 - a path as it is
                return True
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _open_up(path: str, folder: int | None = None) -> None:
    """Give the owner all rights over a folder, unless it is a link."""
    place = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        mode = os.fstat(place).st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(f"/proc/self/fd/{place}", 0o700)  # noqa: PTH101 - what is open, whatever its name is now
    finally:
        os.close(place)


def _empty(top: int) -> None:
    """Remove what is in an open folder."""
    waiting, number = _clear(top, top, 0)
    while waiting:
        name = waiting.pop()
        try:
            _open_up(name, top)
            inner = os.open(name, _FOLDER, dir_fd=top)
        except OSError:
            continue
        try:
            more, number = _clear(inner, top, number)
            waiting += more
        finally:
            os.close(inner)
        with contextlib.suppress(OSError):
            os.rmdir(name, dir_fd=top)


def _clear(folder: int, top: int, number: int) -> tuple[list[str], int]:
    """Unlink a folder's files and move its folders to the top, under names of ours, which are returned."""
    moved: list[str] = []
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        try:
            if not is_folder:
                os.unlink(name, dir_fd=folder)
                continue
            _open_up(name, folder)
            while True:
                number += 1
                ours = f".going-{number}"
                try:
                    os.rename(name, ours, src_dir_fd=folder, dst_dir_fd=top)
                    moved.append(ours)
                    break
                except OSError as error:
                    if error.errno not in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}:
                        raise
        except OSError:
            continue
    return moved, number
