"""Bytes -> files that are whole and on the disk; every operation of a commit goes through here.

The class is the seam at which a test makes single operations fail or the process die.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

from toolwright.library.swapping import swapped


class Disk:
    """Durable file operations; each either happens or raises OSError."""

    def write(self, path: Path, data: bytes, *, like: Path | None = None) -> None:
        """Write a new file and wait until it is on the disk; mode and owner as `like`, if that exists."""
        self.remove(path)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            if like is not None:
                with contextlib.suppress(FileNotFoundError):
                    _resemble(file.fileno(), like.stat())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file in one act, in place of what was there, and wait until it is on the disk."""
        beside = path.with_name(f"{path.name}.new")
        self.write(beside, data)
        self.rename(beside, path)
        self.settle(path.parent)

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name in one act, replacing what had it."""
        source.replace(target)

    def swap(self, one: Path, other: Path) -> bool:
        """Let two files change names in one act; False, and nothing done, where that is not to be had.

        Raises:
            OSError: as for a rename.
        """
        return swapped(one, other)

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is fine."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; existing ones are fine."""
        path.mkdir(parents=True, exist_ok=True)

    def settle(self, folder: Path) -> None:
        """Wait until the names in a folder are on the disk."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some file systems cannot, and need not
                raise
        finally:
            os.close(descriptor)


def _resemble(descriptor: int, old: os.stat_result) -> None:
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):  # only root may give files away
            os.fchown(descriptor, old.st_uid, old.st_gid)
