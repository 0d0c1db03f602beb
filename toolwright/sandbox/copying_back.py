"""A copy that a tool has changed in, the same changes made to the originals out.

Each new content is written beside its place and renamed over it when all of them are there: what stands in
the way of one stops all of them, and the originals are whole at any time. Removals come last.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from typing import Final

from toolwright.records import dataclass, field
from toolwright.sandbox.copying_in import Bound, Copied
from toolwright.sandbox.guarded_names import guard
from toolwright.sandbox.masks import lies_in
from toolwright.sandbox.open_trees import Found, copy_file, opened_folder, split, walk

_MOST_NAMED: Final = 5


@dataclass(slots=True)
class _Plan:
    """What is to be done: `written` are files and links, `folders` new ones, `removed` inner ones first.

    `refused` are paths with the reason why they are left as they are.
    """

    folders: list[Found] = field(default_factory=list)
    written: list[Found] = field(default_factory=list)
    modes: list[Found] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def copy_back(copied: Copied, bound: Bound, protected: Sequence[str]) -> str:
    """Bring what a tool changed in a copy to the originals; return what was not kept and why, "" for nothing.

    `protected` are paths that no tool may make, beyond the names that none may. No process of the tool runs
    any more. The files keep their owner, new ones get that of the grant.
    """
    where = copied.grant.path
    nothing = "nothing of it was kept"
    try:
        copy, top = _open(copied.target), _open(copied.source)
    except OSError as error:
        return f"changed {where!r}, which is gone: {error.strerror}"
    try:
        now = _read(copied, copy, bound)
        if isinstance(now, str):
            return f"{now} in {where!r}: {nothing}"
        plan = _plan(copied, now, top, protected)
        back = _Back(copied, copy, top)
        try:
            back.write(plan.written)
        except OSError as error:
            back.forget()
            return f"changed {where!r}, which cannot be written ({error.strerror or error}): {nothing}"
        plan.refused += back.put(plan)
    except OSError as error:
        return f"made what cannot be read in {where!r} ({error.strerror or error}): {nothing}"
    finally:
        os.close(copy)
        os.close(top)
    return _told(plan.refused)


def _told(refused: Sequence[str]) -> str:
    if not refused:
        return ""
    more = f" and {len(refused) - _MOST_NAMED} more" if len(refused) > _MOST_NAMED else ""
    return f"changed what was not kept: {', '.join(refused[:_MOST_NAMED])}{more}"


def _open(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _read(copied: Copied, copy: int, bound: Bound) -> dict[str, Found] | str:
    """Return what is in the copy now, or why none of it can be kept."""
    now: dict[str, Found] = {}
    size = 0
    for found in walk(copy, lambda found: found.path not in copied.covered, copied.only):
        now[found.path] = found
        size += found.info.st_size if stat.S_ISREG(found.info.st_mode) else 0
        if size > bound.bytes or len(now) > bound.files:
            return f"left more than {bound}"
    for path, inode in copied.covered.items():
        if path not in now or now.pop(path).info.st_ino != inode:
            return f"moved what holds {path!r}, which no tool may touch,"
    return now


def _plan(copied: Copied, now: dict[str, Found], top: int, protected: Sequence[str]) -> _Plan:
    plan = _Plan()
    left: list[str] = []
    for path, found in now.items():
        was = copied.known.get(path)
        if (was is not None and was.copy.stamp == found.stamp) or lies_in(path, left):
            continue
        if was is not None and was.copy.is_folder and found.is_folder:
            if was.copy.info.st_mode != found.info.st_mode:
                plan.modes.append(found)
            continue
        why = _why_not(copied, found, protected) or _changed_meanwhile(copied, path, top, found)
        if why:
            plan.refused.append(f"{copied.source}/{path} ({why})")
            left.append(path)
        else:
            (plan.folders if found.is_folder else plan.written).append(found)
    for path in reversed(copied.known):
        if path not in now and not lies_in(path, left):
            why = _changed_meanwhile(copied, path, top, None)
            if why:
                plan.refused.append(f"{copied.source}/{path} ({why})")
            else:
                plan.removed.append(path)
    return plan


def _why_not(copied: Copied, found: Found, protected: Sequence[str]) -> str:
    """Say why nothing of that kind or name may be made."""
    full = f"{copied.source}/{found.path}"
    was = copied.known.get(found.path)
    above, name = split(full)
    if was is None and (guard(name, above) is not None or full in protected):
        return "no tool may make that"
    if was is not None and was.copy.is_folder != found.is_folder:
        return "a folder cannot become something else, nor something else a folder"
    return "" if found.is_plain else "it is neither a file nor a folder"


def _changed_meanwhile(copied: Copied, path: str, top: int, found: Found | None) -> str:
    """Say whether somebody else changed the original since it was copied; a folder may have new entries."""
    was = copied.known.get(path)
    above, name = split(path)
    try:
        with opened_folder(top, above) as folder:
            original = Found(path, os.stat(name, dir_fd=folder, follow_symlinks=False))
    except OSError:
        original = None
    if was is None:
        taken = original is not None and not (found is not None and found.is_folder and original.is_folder)
        return "somebody else made it meanwhile" if taken else ""
    if original is None:
        return "" if found is None else "somebody else removed it meanwhile"
    same = (
        original.info.st_ino == was.origin.info.st_ino
        if was.origin.is_folder
        else original.stamp == was.origin.stamp
    )
    return "" if same else "somebody else changed it meanwhile"


class _Back:
    """Changes the originals; `ready` are contents that wait beside their places, by path."""

    def __init__(self, copied: Copied, copy: int, top: int) -> None:
        self._copied = copied
        self._copy = copy
        self._top = top
        self._ready: dict[str, tuple[str, str]] = {}
        info = os.lstat(copied.grant.path)
        self._owner = info.st_uid, info.st_gid

    def write(self, files: Sequence[Found]) -> None:
        """Write all new contents, each in the nearest folder that is there, under a name of ours.

        Raises:
            OSError: one cannot be written.
        """
        for found in files:
            above, name = split(found.path)
            place = self._nearest(above)
            with opened_folder(self._copy, above) as source, opened_folder(self._top, place) as target:
                new = f".{os.urandom(8).hex()}.part"
                if found.is_link:
                    os.symlink(os.readlink(name, dir_fd=source), new, dir_fd=target)
                    os.chown(new, *self._owner_of(found.path), dir_fd=target, follow_symlinks=False)
                else:
                    self._write(found, source, name, target, new)
                self._ready[found.path] = place, new

    def put(self, plan: _Plan) -> list[str]:
        """Make the folders, rename the contents into place, then remove; return what did not work."""
        failed: list[str] = []
        for found in plan.folders:
            with self._noting(failed, found.path) as (folder, name):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=folder)
                    os.chown(name, *self._owner, dir_fd=folder, follow_symlinks=False)
                self._set_mode(found)
        for path in list(self._ready):
            place, new = self._ready[path]
            with self._noting(failed, path) as (folder, name), opened_folder(self._top, place) as source:
                os.rename(new, name, src_dir_fd=source, dst_dir_fd=folder)
                del self._ready[path]
        for found in plan.modes:
            with self._noting(failed, found.path):
                self._set_mode(found)
        for path in plan.removed:
            with self._noting(failed, path) as (folder, name):
                if self._copied.known[path].origin.is_folder:
                    os.rmdir(name, dir_fd=folder)
                else:
                    os.unlink(name, dir_fd=folder)
        self.forget()
        return failed

    def forget(self) -> None:
        """Remove what was written and not put into place."""
        for place, new in self._ready.values():
            with contextlib.suppress(OSError), opened_folder(self._top, place) as folder:
                os.unlink(new, dir_fd=folder)
        self._ready.clear()

    def _write(self, found: Found, source: int, name: str, target: int, new: str) -> None:
        written = copy_file(source, name, target, new, found.info.st_size)
        try:
            os.fchown(written, *self._owner_of(found.path))
            os.fchmod(written, found.info.st_mode & 0o777)  # a set-user bit is nothing that we hand on
            self._keep_attributes(found.path, written)
            os.utime(written, ns=(found.info.st_atime_ns, found.info.st_mtime_ns))
            os.fsync(written)
        finally:
            os.close(written)

    def _owner_of(self, path: str) -> tuple[int, int]:
        was = self._copied.known.get(path)
        return (was.origin.info.st_uid, was.origin.info.st_gid) if was else self._owner

    def _keep_attributes(self, path: str, written: int) -> None:
        """Give a changed file the extended attributes of its original, but rights for programs."""
        if path not in self._copied.known:
            return
        above, name = split(path)
        with contextlib.suppress(OSError), opened_folder(self._top, above) as folder:
            old = f"/proc/self/fd/{folder}/{name}"
            for attribute in os.listxattr(old, follow_symlinks=False):
                if attribute != "security.capability":
                    os.setxattr(written, attribute, os.getxattr(old, attribute, follow_symlinks=False))

    def _set_mode(self, found: Found) -> None:
        with opened_folder(self._top, found.path) as folder:
            os.fchmod(folder, found.info.st_mode & 0o777)

    def _nearest(self, path: str) -> str:
        """Return a folder of the original, or the nearest one around it that is there."""
        while path:
            try:
                with opened_folder(self._top, path):
                    return path
            except OSError as error:
                if error.errno not in {errno.ENOENT, errno.ENOTDIR}:
                    raise
                path = split(path)[0]
        return ""

    @contextlib.contextmanager
    def _noting(self, failed: list[str], path: str) -> Iterator[tuple[int, str]]:
        """Open the folder that a path lies in; what goes wrong in the block is noted."""
        above, name = split(path)
        try:
            with opened_folder(self._top, above) as folder:
                yield folder, name
        except OSError as error:
            failed.append(f"{self._copied.source}/{path} ({error.strerror or error})")
