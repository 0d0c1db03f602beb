"""A folder that others may change in, what stands in it out: by descriptors, and no link is followed."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from typing import Final

from toolwright.records import dataclass
from toolwright.sandbox.kernel import mounts

_LIST: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """One entry: its path below the top, and what it was when it was looked at."""

    path: str
    info: os.stat_result

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder itself, not a link to one."""
        return stat.S_ISDIR(self.info.st_mode)

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.info.st_mode)

    @property
    def is_plain(self) -> bool:
        """Whether it is a file, a folder or a link: what can be copied."""
        return stat.S_ISREG(self.info.st_mode) or self.is_folder or self.is_link

    @property
    def stamp(self) -> tuple[int, int, int]:
        """What no tool can keep while it changes a file."""
        return self.info.st_ino, self.info.st_size, self.info.st_ctime_ns


def walk(top: int, enter: Callable[[Found], bool], only: str = "") -> Iterator[Found]:
    """Go through an open folder, outer entries first; `enter` says which folders to go into.

    With `only`, nothing but that entry of the top is looked at.

    Raises:
        OSError: a path is too long to be opened, or the folder cannot be read.
    """
    todo = [""]
    while todo:
        above = todo.pop()
        with opened_folder(top, above) as folder:
            for name in sorted(os.listdir(folder)):  # noqa: PTH208 - a descriptor
                if only and not above and name != only:
                    continue
                try:
                    info = os.stat(name, dir_fd=folder, follow_symlinks=False)
                except FileNotFoundError:
                    continue
                found = Found(f"{above}/{name}" if above else name, info)
                yield found
                if found.is_folder and enter(found):
                    todo.append(found.path)


@contextlib.contextmanager
def opened_folder(top: int, path: str) -> Iterator[int]:
    """Open a folder below the top, "" for the top itself."""
    place = mounts.open_beneath(top, path or ".")
    try:
        folder = os.open(".", _LIST, dir_fd=place)
    finally:
        os.close(place)
    try:
        yield folder
    finally:
        os.close(folder)


def copy_file(source: int, name: str, target: int, new: str, most: int) -> int:
    """Copy a file between two open folders under a new name; return its open descriptor.

    Raises:
        OverflowError: it is larger than `most` bytes.
        OSError: it is no file, or cannot be read or written.
    """
    read = os.open(name, _READ, dir_fd=source)
    try:
        if not stat.S_ISREG(os.fstat(read).st_mode):
            raise FileNotFoundError(f"{name} is no file any more")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        written = os.open(new, flags, 0o600, dir_fd=target)
        try:
            _pour(read, written, most)
        except (OSError, OverflowError):
            os.close(written)
            os.unlink(new, dir_fd=target)
            raise
        return written
    finally:
        os.close(read)


def _pour(source: int, target: int, most: int) -> None:
    while data := os.read(source, _CHUNK):
        most -= len(data)
        if most < 0:
            raise OverflowError
        view = memoryview(data)
        while view:
            view = view[os.write(target, view) :]


def split(path: str) -> tuple[str, str]:
    """Return the folder of a path below a top, and the name in it."""
    above, _, name = path.rpartition("/")
    return above, name
