"""Recorded changes of files in, the same changes made again out, no link of a tool's making followed."""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from typing import Final

from toolwright.sandbox.effects import Change, Entry

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def make_again(root: str, made: Sequence[Change]) -> None:
    """Make the changes below `root`; what cannot be made is left, as it is where a tool fails."""
    for change in reversed(made):  # what is inside a folder stands behind it
        if change.before is not None:
            with contextlib.suppress(OSError), _above(root, change.path) as (folder, name):
                _remove(folder, name, keep_folder=change.after is not None and change.after.kind == "folder")
    for change in made:
        if change.after is not None:
            with contextlib.suppress(OSError), _above(root, change.path) as (folder, name):
                _make(folder, name, change.after)


@contextlib.contextmanager
def _above(root: str, path: str) -> Iterator[tuple[int, str]]:
    """Open the folder that holds a path, one part after the other."""
    *folders, name = path.split("/")
    here = os.open(root, _FOLDER)
    try:
        for part in folders:
            deeper = os.open(part, _FOLDER, dir_fd=here)
            os.close(here)
            here = deeper
        yield here, name
    finally:
        os.close(here)


def _remove(folder: int, name: str, *, keep_folder: bool) -> None:
    info = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISDIR(info.st_mode):
        os.unlink(name, dir_fd=folder)
    elif not keep_folder:
        os.rmdir(name, dir_fd=folder)


def _make(folder: int, name: str, entry: Entry) -> None:
    if entry.kind == "folder":
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=folder)
        _give(folder, name, entry, _FOLDER)
    elif entry.kind == "link":
        os.symlink(entry.content or b".", name, dir_fd=folder)
    elif entry.kind == "file" and entry.content is not None:
        with open(os.open(name, _NEW, 0o600, dir_fd=folder), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(entry.content)
            _own(file.fileno(), entry)


def _give(folder: int, name: str, entry: Entry, flags: int) -> None:
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        _own(descriptor, entry)
    finally:
        os.close(descriptor)


def _own(descriptor: int, entry: Entry) -> None:
    info = os.fstat(descriptor)
    if (info.st_uid, info.st_gid) != entry.owner:
        os.fchown(descriptor, *entry.owner)
    os.fchmod(descriptor, entry.mode & 0o777)  # a set-user bit is nothing that we hand on
