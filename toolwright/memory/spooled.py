"""The spool of calls and changes -> rows of the memory, each line once; `library/spool.py` writes it.

The spool itself stays, for it is counted too; what was added up waits in a folder and is removed here.
"""

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from toolwright.memory.database import Database
from toolwright.memory.recorder import ADDED_UP, LIVE
from toolwright.memory.schema import CHANGES, EXECUTIONS
from toolwright.memory.storable import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from toolwright.memory.told import Row

_TOLD: Final = ("input", "output", "error")
_AT_ONCE: Final = 500


Seen: TypeAlias = tuple[object, ...]
"""How the files looked when they were taken in."""


def take_in(folder: Path, database: Database, library: str, seen: Seen) -> Seen:
    """Put the lines into the memory that are not in it; files that nobody counts any more are removed then.

    Where the files still look as they were `seen`, nothing is done.

    Raises:
        MemoryFileError: the memory cannot be written; then all files stay.
    """
    # in this order: a spool goes from the last name to the first, and must not slip through
    looks = _looks(folder)
    if looks == seen:
        return seen
    live = [folder / name for name in LIVE]
    done = _added_up(folder)
    rows = [row for path in (*live, *done) for row in _rows(path, library)]
    rows += [row for path in _added_up(folder) if path not in done for row in _rows(path, library)]
    if rows:
        with database.writing() as connection:
            for table in (EXECUTIONS, CHANGES):
                add_lines(connection, table, [row for kind, row in rows if kind is table])
    for path in done:
        with contextlib.suppress(OSError):
            path.unlink()
    return looks


def _added_up(folder: Path) -> list[Path]:
    return sorted((folder / ADDED_UP).glob("*.jsonl")) if (folder / ADDED_UP).is_dir() else []


def _looks(folder: Path) -> Seen:
    """Return what changes when a line is added, or a file."""
    looks: list[object] = []
    for path in (*(folder / name for name in LIVE), *_added_up(folder)):
        with contextlib.suppress(OSError):
            known = path.stat()
            looks.append((path.name, known.st_ino, known.st_size, known.st_mtime_ns))
    return tuple(looks)


def lines_of(folder: Path, library: str) -> "list[tuple[Table, Row]]":
    """Return the calls and changes that the files tell of, whether they were taken in or not."""
    paths = [*(folder / name for name in LIVE), *_added_up(folder)]
    return [row for path in paths for row in _rows(path, library)]


def add_lines(connection: "Connection", table: "Table", rows: "list[Row]") -> None:
    """Insert rows whose line is not there yet."""
    known: set[str] = set()
    names = [row["line"] for row in rows]
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        known.update(connection.execute(select(table.c.line).where(table.c.line.in_(some))).scalars())
    new = {row["line"]: row for row in rows if row["line"] not in known}
    if new:
        add = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = add(table).on_conflict_do_nothing(
            index_elements=["line"]
        )  # another may add them meanwhile
        connection.execute(statement, list(new.values()))


def _rows(path: Path, library: str) -> "Iterator[tuple[Table, Row]]":
    try:
        lines = path.read_bytes().split(b"\n")[:-1]  # the last one is not complete yet, or empty
    except OSError:
        return
    times: Counter[bytes] = Counter()
    for line in lines:
        times[line] += 1
        try:
            said = json.loads(line)
            row = _row(said, library)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if row is not None:
            name = str(said.get("id") or hashlib.sha256(b"%d %b" % (times[line], line)).hexdigest()[:24])
            yield row[0], storable({**row[1], "line": name})


def _row(said: Any, library: str) -> "tuple[Table, Row] | None":
    """Return the table and the row of a line, None for one that only counts, or of something else."""
    if said.get("counts"):
        return None
    if said.get("t") == "change":
        return CHANGES, {"at": float(said["at"]), "library": library, "what": str(said["what"])}
    about = {name: None if said.get(name) is None else str(said[name]) for name in _TOLD}
    status = said.get("status") or ("returned" if said["ok"] else "failed")
    return EXECUTIONS, {
        "run": None,
        "at": float(said["at"]),
        "step": None,
        "tool": str(said["tool"]),
        "status": str(status),
        "seconds": float(said["s"]),
        "library": library,
        **about,
    }
