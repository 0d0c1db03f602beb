"""The lock of a library: one writer at a time among all processes and threads; says who holds it."""

import contextlib
import errno
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from toolwright.errors import LibraryBusyError, LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.place import Place


@contextlib.contextmanager
def locked(place: Place, wait_s: float) -> Iterator[None]:
    """Hold the lock of a library, making its `.toolwright/` folder if need be.

    The operating system lets go of the lock when its holder dies, however it dies.

    Raises:
        LibraryBusyError: somebody else has held it for `wait_s` seconds; says who.
        LibraryWriteError: the folder cannot be written.
    """
    import filelock

    place.check()
    owner = place.private / "lock.owner"
    lock = filelock.FileLock(place.private / "lock", timeout=wait_s)
    try:
        make_private(place)
        lock.acquire()
    except filelock.Timeout:
        raise LibraryBusyError(
            f"{_holder(owner)} is writing to the library {place.directory}, for more than {wait_s:g} seconds",
            hint="wait for it to end, or stop it; nothing was changed",
        ) from None
    except NotImplementedError:
        raise LibraryWriteError(
            f"{place.private} is on a file system without locks", hint="keep the library on a local disk"
        ) from None
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        cure = f"free some space for {place.directory}" if full else f"make {place.directory} writable"
        raise LibraryWriteError(
            f"{place.directory} cannot be written: {error.strerror}; nothing was changed",
            hint=f"{cure}, or name another library with --library DIR",
        ) from None
    try:
        # Only so that others can be told; on a full disk they are told less.
        with contextlib.suppress(OSError):
            owner.write_text(json.dumps({"pid": os.getpid(), "program": _program(), "since": time.time()}))
        yield
    finally:
        # What was to be done is done; a lock that cannot be given back ends with this process.
        with contextlib.suppress(OSError):
            lock.release()


def make_private(place: Place) -> None:
    """Make the `.toolwright/` folder, which git is told to leave alone.

    Raises:
        OSError: it cannot be made.
    """
    ignored = place.private / ".gitignore"
    # a power cut may leave it empty
    if place.private.is_dir() and ignored.exists() and ignored.stat().st_size:
        return
    place.private.mkdir(exist_ok=True)
    Disk().settle(place.directory)
    ignored.write_text("*\n")


def _program() -> str:
    return Path(sys.argv[0] or sys.executable).name if sys.argv else "python"


def _holder(owner: Path) -> str:
    try:
        said = json.loads(owner.read_text())
        return f"{said['program']} (process {int(said['pid'])})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another program"
