"""Files of runs, and the spool -> rows of the memory: each once and whole; what cannot be taken in stays."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError

from toolwright.memory import likeness
from toolwright.memory.database import Database
from toolwright.memory.recorder import SPOOL
from toolwright.memory.schema import METADATA, RUNS
from toolwright.memory.spooled import Seen, take_in
from toolwright.memory.storable import storable
from toolwright.memory.told import CUT_OFF, Row, Told, told
from toolwright.memory.whose import named

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE: Final = 200
_EMPTY_S: Final = 60
"""After which nobody will write to an empty file any more: the disk was full."""
_TEXTS: Final = ("stage", "message", "source")
_STRANGE: Final = ".strange"


def fold(folder: Path, database: Database, seen: Seen = ()) -> Seen:
    """Take every run that is over, and calls and changes outside, into the memory.

    The file of a run is removed once it is there. `seen` is what was returned before: what looks as it did
    then is not read again.

    Raises:
        MemoryFileError: the memory cannot be written; then all files stay.
    """
    library = named(folder.parent)
    waiting = sorted(path for path in waiting_in(folder) if not _is_live(path))
    for start in range(0, len(waiting), _AT_ONCE):
        _fold_some(waiting[start : start + _AT_ONCE], database, library)
    return take_in(folder, database, library, seen)


def waiting_in(folder: Path) -> list[Path]:
    """Return the files of runs that are not in the memory yet."""
    try:
        return list((folder / SPOOL).glob("*.jsonl"))
    except OSError:
        return []


def not_taken_in(folder: Path) -> list[Told]:
    """Return the runs that are not in the memory: they are not over, or it cannot be written."""
    found = []
    for path in waiting_in(folder):
        with contextlib.suppress(OSError):
            run = told(path, path.read_bytes())
            if run:
                if _is_live(path):
                    run.run["status"] = "running"
                    run.rows["executions"] = [
                        row for row in run.rows["executions"] if row["status"] != CUT_OFF
                    ]
                found.append(run)
    return found


def _fold_some(paths: Sequence[Path], database: Database, library: str) -> None:
    with contextlib.ExitStack() as held:
        mine = [(path, data) for path in paths for data in held.enter_context(_held(path))]
        runs = {path: told(path, data) for path, data in mine}
        known = {path: run for path, run in runs.items() if run is not None}
        for run in known.values():
            run.run["library"] = library
        strange: list[Path] = []
        if known:
            with database.writing() as connection:
                new = _not_there(connection, known)
                if not insert(connection, list(new.values())):  # one of them is none of ours: which?
                    strange = [path for path, run in new.items() if not insert(connection, [run])]
        for path in strange:
            _put_aside(path)
        for path in runs.keys() - set(strange):  # only now: what is taken in twice is noticed
            with contextlib.suppress(OSError):
                path.unlink()


def _not_there(connection: "Connection", runs: Mapping[Path, Told]) -> dict[Path, Told]:
    """Return the runs that are not in the memory."""
    names = [run.run["id"] for run in runs.values()]
    there = set(connection.execute(select(RUNS.c.id).where(RUNS.c.id.in_(names))).scalars())
    return {path: run for path, run in runs.items() if run.run["id"] not in there}


def insert(connection: "Connection", runs: Sequence[Told]) -> bool:
    """Insert runs, a statement for each table: a server is far away; False when rows are none of ours."""
    rows: dict[str, list[Row]] = {"runs": [run.run for run in runs]}
    for run in runs:
        for failure in run.rows["failures"]:
            vector = likeness.pieces(likeness.failure_text(*(failure[name] for name in _TEXTS)))
            failure |= {"embedder": likeness.NAME, "vector": vector}
        for table, some in run.rows.items():
            rows.setdefault(table, []).extend(some)
    try:
        with connection.begin_nested():
            for table, some in rows.items():
                if some:
                    connection.execute(METADATA.tables[table].insert(), [storable(row) for row in some])
    except (IntegrityError, InterfaceError, DataError, ProgrammingError, OverflowError, TypeError):
        return False
    return True


@contextlib.contextmanager
def _held(path: Path) -> Iterator[list[bytes]]:
    """Yield what a file holds, in a list, while nobody else takes it in; an empty list when somebody does."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        yield []
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        known = os.fstat(file)
        is_it = os.path.samestat(known, path.stat())
        data = path.read_bytes() if is_it else b""
        if is_it and not data and time.time() - known.st_mtime > _EMPTY_S:
            path.unlink()
        yield [data] if data else []  # an empty one is only just made
    except OSError:
        yield []
    finally:
        os.close(file)


def _is_live(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False


def _put_aside(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.rename(path.with_suffix(_STRANGE))
