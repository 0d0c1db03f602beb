"""What is guarded in a granted folder, at any depth: a folder in, the places of guarded names out.

Looking through a large folder at every call would cost more than the call. What was read of a folder is
kept as long as the folder's change time is the same; a folder that changed less than two seconds before it
was read is read again, since a change in the same tick of the file system's clock would not show.
"""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Collection
from typing import Final, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import dataclass, field
from toolwright.sandbox.guarded_names import PACKAGES, VENV_MARK, Guard, guard, may_be_guarded

MOST_ENTRIES: Final = 500_000
_SETTLED_NS: Final = 2_000_000_000
_MOST_KEPT: Final = 200_000

Identity: TypeAlias = tuple[int, int]
"""Device and inode."""

Place: TypeAlias = tuple[int, int, str]
"""A folder's identity and a name in it: it stays the same when the folder is moved."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """What was read of one folder. `named` are its guarded entries, `folders` the others to look into.

    Both hold whole paths: putting them together anew would be most of the cost of the next look.
    """

    key: tuple[int, int, int]
    settled: bool
    entries: int
    packages: bool
    named: tuple[tuple[str, tuple[Guard, Place]], ...]
    folders: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """`guarded` maps absolute paths to guard and place; `packages` and `closed` are folders not looked into.

    `closed` could not be read: they are no business of a tool either, though its user could open them.
    """

    guarded: dict[str, tuple[Guard, Place]] = field(default_factory=dict)
    packages: dict[str, Identity] = field(default_factory=dict)
    closed: dict[str, Identity] = field(default_factory=dict)


class Survey:
    """Looks through folders and remembers them. Safe to use from several threads."""

    def __init__(self) -> None:
        self._folders: dict[str, _Folder] = {}
        self._turn = threading.Lock()

    def look(self, top: str, spared: Collection[Identity] | None = None) -> Seen:
        """Look through a folder; links are not followed. With `spared`, only those are taken for packages.

        Raises:
            SandboxError: it holds more than can be looked through.
        """
        seen, todo, entries, known = Seen(), [top], 0, self._folders
        while todo:
            path = todo.pop()
            try:
                info = os.lstat(path)
                key = (info.st_dev, info.st_ino, info.st_ctime_ns)
                if spared and key[:2] in spared:
                    continue
                folder = known.get(path)
                if folder is None or not folder.settled or folder.key != key:
                    folder = self._read(path, key)
            except OSError as error:
                _note_closed(seen, path, error)
                continue
            entries += folder.entries
            if entries > MOST_ENTRIES:
                raise _too_large(top)
            if folder.packages and spared is None and path != top:
                seen.packages[path] = key[:2]
                continue
            if folder.named:
                seen.guarded.update(folder.named)
            todo += folder.folders
        return seen

    def _read(self, path: str, key: tuple[int, int, int]) -> _Folder:
        settled = time.time_ns() - key[2] > _SETTLED_NS
        named: list[tuple[str, tuple[Guard, Place]]] = []
        folders: list[str] = []
        entries, packages = 0, path.rpartition("/")[2] == PACKAGES
        with os.scandir(path) as found:
            for entry in found:
                entries += 1
                name = entry.name
                kind = guard(name, path) if may_be_guarded(name) else None
                if kind is not None:
                    named.append((f"{path}/{name}", (kind, (*key[:2], name))))
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(f"{path}/{name}")
                elif name == VENV_MARK:
                    packages = True
                if entries > MOST_ENTRIES:
                    raise _too_large(path)
        folder = _Folder(key, settled, entries, packages, tuple(named), tuple(folders))
        with self._turn:
            if len(self._folders) >= _MOST_KEPT:
                self._folders.clear()
            self._folders[path] = folder
        return folder


def _note_closed(seen: Seen, path: str, error: OSError) -> None:
    """What is gone needs no guard. A folder that does not let its entries be looked at is closed, too.

    Raises:
        SandboxError: it lies too deep for a path to lead there, so that nothing in it could be covered.
    """
    if error.errno == errno.ENAMETOOLONG:
        raise SandboxError(
            f"{path[:60]!r}... holds folders too deep to look through for secrets",
            hint="remove them, or grant another folder",
        ) from error
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return
    for place in (path, path.rpartition("/")[0]):
        with contextlib.suppress(OSError):
            info = os.lstat(place)
            seen.closed[place] = (info.st_dev, info.st_ino)
            return


def _too_large(top: str) -> SandboxError:
    return SandboxError(
        f"{top!r} holds more than {MOST_ENTRIES} files, too many to look through for secrets",
        hint="start in a smaller folder, or name one with --workspace",
    )
