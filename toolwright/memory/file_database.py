""".toolwright/memory.db: a path in, transactions over tables of today's form out.

A file of an older Toolwright is migrated inside the first transaction, one of a newer is refused, a damaged
one is set aside. Two programs at once wait for each other.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from toolwright.errors import MemoryFileError
from toolwright.memory.revisions import ForeignError, is_current, migrate

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PRIMARY: Final = 0xFF
_TURNS: Final = 5
_TURN_S: Final = 0.02
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DENIED: Final = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}


class FileDatabase:
    """One file. Every transaction opens it anew, so nothing is held while the program thinks."""

    def __init__(self, path: Path, tell: Callable[[str], None], *, wait_s: float = 10.0) -> None:
        """`tell` gets a sentence when a damaged file was set aside; `wait_s` bounds waiting for others."""
        self._path = path
        self._tell = tell
        self._wait_s = wait_s
        self._looked = False
        self._aside: Path | None = None

    @contextlib.contextmanager
    def reading(self) -> "Iterator[Connection | None]":
        """Yield a connection for reading, None while there is no file. The file is only written to migrate.

        Raises:
            MemoryFileError: it cannot be read; names why.
        """
        frozen = False
        if self._path.exists():
            try:
                ready = self._is_ready()
            except MemoryFileError as error:
                frozen = ready = _is_denied(error) and self._is_alone() and self._is_ready(frozen=True)
                if not frozen:
                    raise
            if not ready:
                self._prepare()
        if not self._path.exists():
            yield None
            return
        with self._told(), self._begun("BEGIN", frozen=frozen) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> "Iterator[Connection]":
        """Yield a connection; what is done with it is kept when the block ends well, all or nothing.

        Raises:
            MemoryFileError: the file cannot be written; names why.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MemoryFileError(f"{self._path} cannot be made: {error.strerror}") from error
        if not self._is_ready():
            self._prepare()
        with self._told(), self._begun("BEGIN IMMEDIATE") as connection:
            yield connection

    def _is_ready(self, *, frozen: bool = False) -> bool:
        """Tell whether the file is sound and its tables are today's; a damaged one is set aside."""
        for _ in range(_TURNS):
            if not self._path.exists():
                return False
            try:
                with self._translated(), self._begun("BEGIN", frozen=frozen) as connection:
                    current = _is_current(connection, self._path, whole=not self._looked)
                    self._looked = (
                        True  # to look at all pages again each time would take as long as they are many
                    )
                    return current
            except ForeignError:
                self._set_aside()
                return False
            except MemoryFileError as error:
                if not _is_gone(error):
                    raise
            time.sleep(_TURN_S)  # somebody set it aside at this moment
        return False

    def _prepare(self) -> None:
        """Make the tables, or bring them up to date, in one transaction that others wait for."""
        if not self._path.parent.is_dir():
            return
        with self._told(), self._begun("BEGIN IMMEDIATE", make=True) as connection:
            if not _is_current(connection, self._path):
                migrate(connection)
            saved = self._saved_from(connection)
        if self._aside:
            said = f"; what could be read of it was taken over, {saved} runs" if saved else ""
            name, self._aside = self._aside.name, None
            self._tell(
                f"{self._path} was damaged and was set aside as {name}{said}; "
                f"{'approvals begin' if saved else 'memory and approvals begin'} anew"
            )

    def _saved_from(self, connection: "Connection") -> int:
        """Take over what can be read of the file that was set aside."""
        if self._aside is None:
            return 0
        from toolwright.memory.salvage import take_over

        return take_over(self._aside, connection)

    @contextlib.contextmanager
    def _begun(self, begin: str, *, make: bool = False, frozen: bool = False) -> "Iterator[Connection]":
        def connect() -> sqlite3.Connection:
            # "rw" also reads where nothing may be written, and takes back what a crash left half done
            how = "rwc" if make else "ro&immutable=1" if frozen or self._is_frozen() else "rw"
            uri = f"{self._path.absolute().as_uri()}?mode={how}"
            if make:  # only the user may read it, as the files of runs
                with contextlib.suppress(OSError):
                    os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            connection = sqlite3.connect(uri, uri=True, timeout=self._wait_s, isolation_level=None)
            if make:
                _write_ahead(connection, self._wait_s)
            return connection

        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        with engine.begin() as connection:
            yield connection

    def _is_frozen(self) -> bool:
        """Tell whether nobody can write here: then it is read as it stands, without the files for sharing."""
        return not os.access(self._path.parent, os.W_OK) and self._is_alone()

    def _is_alone(self) -> bool:
        """Tell whether all of it stands in the one file."""
        wal = Path(f"{self._path}-wal")
        return not wal.exists() or not wal.stat().st_size

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn every fault of the file into the error for the user."""
        try:
            with self._translated():
                yield
        except ForeignError as error:
            raise MemoryFileError(
                f"{self._path} is damaged: {error}", hint="move the file away; nothing else is lost with it"
            ) from error

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
            if code in _BUSY:
                raise MemoryFileError(
                    f"{self._path} is in use by another program", hint="try again in a moment"
                ) from error
            if code in _DENIED:
                raise self._unusable(str(error.orig)) from error
            raise ForeignError(str(error.orig)) from error

    def _unusable(self, said: str) -> MemoryFileError:
        """Return what SQLite says, or what it does not say."""
        folder = self._path.parent
        full = False
        with contextlib.suppress(OSError):
            full = not os.statvfs(folder).f_bavail
        why, hint = ("the disk is full", f"df -h {folder}") if full else (said, f"ls -ld {folder}")
        return MemoryFileError(f"{self._path} cannot be used: {why}", hint=hint)

    def _set_aside(self) -> None:
        """Give a damaged file another name; whoever comes second finds that it is done."""
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if self._is_sound():
                return
            aside = self._path.with_name(f"{self._path.name}.damaged-{time.time_ns()}")
            self._path.rename(aside)
            for suffix in ("-wal", "-shm"):  # parts of the damaged file, and poison for a new one
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self._path}{suffix}").rename(f"{aside}{suffix}")
        except OSError as error:
            raise MemoryFileError(
                f"{self._path} is damaged and cannot be set aside: {error.strerror}",
                hint=f"ls -ld {self._path.parent}",
            ) from error
        finally:
            os.close(folder)
        self._aside = aside

    def _is_sound(self) -> bool:
        if not self._path.exists():
            return True
        try:
            with self._translated(), self._begun("BEGIN") as connection:
                _is_current(connection, self._path)
        except ForeignError:
            return False
        return True


def _is_gone(error: MemoryFileError) -> bool:
    """Tell whether a file could not be opened: it may have been moved since it was looked for."""
    return _code(error) == sqlite3.SQLITE_CANTOPEN


def _is_denied(error: MemoryFileError) -> bool:
    """Tell whether the files beside it that sharing needs may be what cannot be made."""
    return _code(error) in _DENIED


def _code(error: MemoryFileError) -> int:
    cause = getattr(error.__cause__, "orig", None)
    return getattr(cause, "sqlite_errorcode", 0) & _PRIMARY


def _is_current(connection: "Connection", path: Path, *, whole: bool = True) -> bool:
    """Tell whether the tables are today's; `whole` looks for damage in every page, too.

    Raises:
        MemoryFileError: they are tomorrow's.
        ForeignError: they are not ours, or cannot be read.
    """
    sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() if whole else "ok"
    if sound != "ok":
        raise ForeignError(str(sound))
    return is_current(connection, str(path), hint="use that version, or move the file away")


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Let readers go on while somebody writes; SQLite does not itself wait for others to agree to that."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY not in _BUSY or time.monotonic() > deadline:
                connection.close()
                raise
        time.sleep(0.02)
