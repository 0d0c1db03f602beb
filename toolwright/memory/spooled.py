"""The spool of calls and changes -> rows of the memory, each line once; `library/spool.py` writes it.

The spool itself stays, for it is counted too; what was added up waits in a folder and is removed here.
"""

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from toolwright.memory.database import Database
from toolwright.memory.schema import CHANGES, EXECUTIONS
from toolwright.memory.storable import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from toolwright.memory.told import Row

_LIVE: Final = ("executions.folding", "executions.jsonl")
_ADDED_UP: Final = "calls"
_TOLD: Final = ("input", "output", "error")
_AT_ONCE: Final = 500


def take_in(folder: Path, database: Database, library: str) -> None:
    """Put the lines into the memory that are not in it; files that nobody counts any more are removed then.

    Raises:
        MemoryFileError: the memory cannot be written; then all files stay.
    """
    # in this order: a spool goes from the last name to the first, and must not slip through
    live = [folder / name for name in reversed(_LIVE)]
    done = sorted((folder / _ADDED_UP).glob("*.jsonl")) if (folder / _ADDED_UP).is_dir() else []
    rows = [row for path in (*live, *done) for row in _rows(path, library)]
    late = sorted((folder / _ADDED_UP).glob("*.jsonl")) if (folder / _ADDED_UP).is_dir() else []
    rows += [row for path in late if path not in done for row in _rows(path, library)]
    if rows:
        with database.writing() as connection:
            for table in (EXECUTIONS, CHANGES):
                _insert(connection, table, [row for kind, row in rows if kind is table])
    for path in done:
        with contextlib.suppress(OSError):
            path.unlink()


def waits(folder: Path) -> bool:
    """Tell, without a database, whether there may be lines."""
    return any((folder / name).exists() for name in (*_LIVE, _ADDED_UP))


def _insert(connection: "Connection", table: "Table", rows: "list[Row]") -> None:
    known: set[str] = set()
    names = [row["line"] for row in rows]
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        known.update(connection.execute(select(table.c.line).where(table.c.line.in_(some))).scalars())
    new = {row["line"]: row for row in rows if row["line"] not in known}
    if new:
        connection.execute(table.insert(), list(new.values()))


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
