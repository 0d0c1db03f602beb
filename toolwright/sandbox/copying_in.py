"""A granted folder that cannot be shown itself in, a copy of it that belongs to the cells' user out."""

import contextlib
import os
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.records import dataclass, field
from toolwright.sandbox.open_trees import Found, copy_file, opened_folder, split, walk
from toolwright.sandbox.zygote.order import Grant

_HINT: Final = (
    "grant a smaller folder, start the program as the owner of the files instead of root, or keep them on "
    "another file system"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """How much is copied at most, in and back."""

    megabytes: int
    files: int

    @property
    def bytes(self) -> int:
        """The same in bytes."""
        return self.megabytes << 20

    def __str__(self) -> str:
        """In words."""
        return f"{self.megabytes} MB or {self.files} files"


@dataclass(frozen=True, slots=True)
class Was:
    """One entry when it was copied: what the original was, and what the copy."""

    origin: Found
    copy: Found


@dataclass(slots=True)
class Copied:
    """A grant with its copy: `source` and `target` are the two tops, `only` the one name in them of a file.

    `known` is what was copied, `covered` what only stands there to be covered, both by path below the top;
    `shown` are folders that are shown themselves, as everybody may read them.
    """

    grant: Grant
    source: str
    target: str
    only: str = ""
    known: dict[str, Was] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)


def copy_in(grant: Grant, place: str, user: int, bound: Bound) -> Copied:
    """Copy what a grant shows to the same path below `place`, as the cell may see it.

    What belongs to the owner of the grant belongs to `user` in the copy, the rest to root. What is hidden is
    not copied: something empty stands in its place. Pipes, sockets and devices are left out.

    Raises:
        SandboxError: it holds more than the bound, or cannot be copied.
    """
    path = Path(grant.path)
    is_file = path.is_file()
    source, only = (str(path.parent), path.name) if is_file else (grant.path, "")
    copied = Copied(grant, source, place + source, only)
    try:
        os.makedirs(copied.target, exist_ok=True)  # noqa: PTH103 - texts
        top = os.open(source, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            info = os.lstat(grant.path)
            _Copying(copied, _Owner(info.st_uid, info.st_gid, user), bound.bytes).run(top, bound.files)
        finally:
            os.close(top)
    except OverflowError:
        raise SandboxError(
            f"{grant.path!r} holds more than {bound}, too much to copy for a tool, and its file system "
            "cannot show it to another user than its owner",
            hint=_HINT,
        ) from None
    except OSError as error:
        raise SandboxError(
            f"{grant.path!r} cannot be copied for a tool: {error.strerror or error}", hint=_HINT
        ) from error
    return copied


@dataclass(frozen=True, slots=True)
class _Owner:
    uid: int
    gid: int
    user: int

    def of(self, info: os.stat_result) -> tuple[int, int]:
        """Whose a copy is: nobody else than the owner of the grant becomes the user."""
        return self.user if info.st_uid == self.uid else 0, self.user if info.st_gid == self.gid else 0


class _Copying:
    """One copy while it is made; `room` is how many bytes are left."""

    def __init__(self, copied: Copied, owner: _Owner, room: int) -> None:
        self._copied = copied
        self._owner = owner
        self._masks = dict(copied.grant.masks)
        self._room = room

    def run(self, top: int, most: int) -> None:
        """Copy everything below an open folder, at most so many entries."""
        for count, found in enumerate(walk(top, self._is_entered, self._copied.only), start=1):
            if count > most:
                raise OverflowError
            guard = self._masks.get(found.path, "")
            if guard == "kept" and found.is_folder:
                self._copied.shown.append(found.path)
            if found.is_plain or guard:
                with contextlib.suppress(FileNotFoundError):  # it may have gone meanwhile
                    self._copy(found, top, hollow=guard == "hidden")
        for was in reversed(self._copied.known.values()):
            if was.origin.is_folder:
                self._keep_times(was.origin)
        info = os.fstat(top)
        os.chmod(self._copied.target, info.st_mode & 0o777)  # noqa: PTH101 - texts
        os.chown(self._copied.target, *self._owner.of(info))

    def _is_entered(self, found: Found) -> bool:
        return found.path not in self._masks

    def _copy(self, found: Found, top: int, *, hollow: bool) -> None:
        target = f"{self._copied.target}/{found.path}"
        if found.is_folder:
            os.mkdir(target)  # noqa: PTH102 - texts
        elif hollow or not found.is_plain:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        else:
            self._copy_content(found, top, target)
        os.chown(target, *self._owner.of(found.info), follow_symlinks=False)
        if not found.is_link or hollow:
            os.chmod(target, found.info.st_mode & 0o777)  # noqa: PTH101 - texts
        self._keep_times(found)
        now = Found(found.path, os.lstat(target))
        if found.path in self._masks:
            self._copied.covered[found.path] = now.info.st_ino
        else:
            self._copied.known[found.path] = Was(found, now)

    def _copy_content(self, found: Found, top: int, target: str) -> None:
        above, name = split(found.path)
        with opened_folder(top, above) as folder:
            if found.is_link:
                os.symlink(os.readlink(name, dir_fd=folder), target)  # noqa: PTH211 - texts
                return
            aim = os.open(target.rpartition("/")[0], os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                written = copy_file(folder, name, aim, name, self._room)
                self._room -= os.fstat(written).st_size
                os.close(written)
            finally:
                os.close(aim)

    def _keep_times(self, found: Found) -> None:
        times = found.info.st_atime_ns, found.info.st_mtime_ns
        os.utime(f"{self._copied.target}/{found.path}", ns=times, follow_symlinks=False)
