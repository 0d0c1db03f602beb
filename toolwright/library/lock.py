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
from toolwright.records import dataclass


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
    lock = filelock.FileLock(place.lock, timeout=wait_s)
    try:
        make_private(place)
        lock.acquire()
    except filelock.Timeout:
        holder = _holder(owner)
        raise LibraryBusyError(
            f"{holder.named} has been writing to the library {place.directory}{holder.since}, "
            f"and did not end within {wait_s:g} seconds",
            hint=f"wait for it to end, or stop it{holder.how}; nothing was changed",
        ) from None
    except NotImplementedError:
        raise _without_locks(place) from None
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.EOPNOTSUPP}:
            raise _without_locks(place) from None
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        cure = f"free some space for {place.directory}" if full else f"make {place.directory} writable"
        raise LibraryWriteError(
            f"{place.directory} cannot be written: {error.strerror}; nothing was changed",
            hint=f"{cure}, or name another library with --library DIR",
        ) from None
    try:
        # Only so that others can be told; on a full disk they are told less.
        with contextlib.suppress(OSError):
            said = {"pid": os.getpid(), "host": os.uname().nodename, "program": _program()}
            owner.write_text(json.dumps({**said, "since": time.time()}))
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


def _without_locks(place: Place) -> LibraryWriteError:
    return LibraryWriteError(
        f"{place.private} is on a file system without locks; nothing was changed",
        hint="keep the library on a local disk, or name another one with --library DIR",
    )


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds a lock, since when, and how to stop it, in words."""

    named: str = "another program"
    since: str = ""
    how: str = ""


def _holder(owner: Path) -> _Holder:
    """Return who holds the lock, as far as that is known: a note of somebody who is gone says nothing."""
    try:
        said = json.loads(owner.read_text())
        pid, program, began = int(said["pid"]), str(said["program"]), time.localtime(said["since"])
        host = str(said["host"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return _Holder()
    today = time.strftime("%F", began) == time.strftime("%F")
    since = time.strftime(" since %T" if today else " since %F %T", began)
    if host != os.uname().nodename:
        return _Holder(f"{program} (process {pid} on {host})", since)
    return _Holder(f"{program} (process {pid})", since, f" (kill {pid})") if _runs(pid) else _Holder()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # it is somebody else's
        return True
    return True
