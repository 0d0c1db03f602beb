"""A change of the recorded set -> a complete folder of packages and the record of it, or nothing changed."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolwright.errors import PackageError
from toolwright.packages.pins import Pin, Pins, read_pins, write_pins
from toolwright.packages.uv import Uv
from toolwright.records import dataclass

_WAIT_S: Final = 300.0
_UNFINISHED: Final = ".new-"


@dataclass(frozen=True, slots=True)
class Change:
    """The recorded set before and after."""

    before: Pins
    after: Pins

    @property
    def added(self) -> tuple[Pin, ...]:
        """What will be there that was not, or not in this version."""
        known = {(pin.name, pin.version) for pin in self.before.pins}
        return tuple(pin for pin in self.after.pins if (pin.name, pin.version) not in known)

    @property
    def removed(self) -> tuple[Pin, ...]:
        """What will be gone."""
        left = {pin.name for pin in self.after.pins}
        return tuple(pin for pin in self.before.pins if pin.name not in left)


def installed_set(folder: Path, record: Path, uv: Uv, change: Change) -> None:
    """Install a set beside the others, give it its name, then record it; older sets go.

    A set is never changed: who still runs with the one before keeps it. Killed at any moment, this leaves
    the record and the set it names as they were.

    Raises:
        PackageError: it cannot be done; nothing was changed.
    """
    with _locked(folder):
        if read_pins(record) != change.before:
            raise PackageError(
                f"{record} was changed by somebody else meanwhile", hint="run the same command again"
            )
        target = folder / change.after.folder_name
        try:
            if change.after.asked and not target.is_dir():
                _install(uv, change.after, target)
            if change.after != change.before:
                write_pins(record, change.after)
        except OSError as error:
            raise _unwritable(folder, error) from error
        _tidy(folder, {change.before.folder_name, change.after.folder_name})


def _install(uv: Uv, pins: Pins, target: Path) -> None:
    unfinished = target.with_name(f"{_UNFINISHED}{os.getpid()}-{target.name}")
    try:
        uv.install(pins.pins, unfinished)
        unfinished.mkdir(exist_ok=True)
        unfinished.replace(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _tidy(folder: Path, keep: set[str]) -> None:
    """Remove older sets, and what a killed installation left; the set before may still be in use."""
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in keep:
            shutil.rmtree(entry, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder, which is made, and which git is told to leave alone."""
    import filelock

    lock = filelock.FileLock(folder / ".lock", timeout=_WAIT_S)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        lock.acquire()
    except filelock.Timeout:
        raise PackageError(
            f"another program has been installing packages into {folder} for more than {_WAIT_S:g} seconds",
            hint="wait for it to end, or stop it; nothing was changed",
        ) from None
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _unwritable(folder: Path, error: OSError) -> PackageError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return PackageError(
        f"packages cannot be installed into {folder}: {error.strerror}; nothing was changed",
        hint="free some space on that disk" if full else f"make {folder} writable",
    )
