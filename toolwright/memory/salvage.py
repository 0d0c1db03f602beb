"""A damaged file of a memory -> what of it can still be read, as rows of a new one; no approvals.

Rows on damaged pages, rows whose run is lost, and those in which something stands that no program wrote are
left out.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Table, select
from sqlalchemy.dialects.sqlite import insert

from toolwright.memory import likeness
from toolwright.memory.schema import (
    ADMISSIONS,
    ATTEMPTS,
    CHANGES,
    DECISIONS,
    DIRECTIVES,
    EXECUTIONS,
    FAILURES,
    MODEL_CALLS,
    RUNS,
    SKILLS,
    STEPS,
)
from toolwright.memory.storable import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OF_RUNS: Final = (STEPS, ATTEMPTS, FAILURES, ADMISSIONS, EXECUTIONS, DECISIONS, MODEL_CALLS)
_ALONE: Final = (CHANGES, SKILLS, DIRECTIVES)
_AT_ONCE: Final = 500


def take_over(damaged: Path, connection: "Connection") -> int:
    """Put what can be read of a damaged file into a new memory; return how many runs that were."""
    uri = f"{damaged.absolute().as_uri()}?mode=ro"
    try:
        source = sqlite3.connect(uri, uri=True)
    except sqlite3.Error:
        return 0
    with contextlib.closing(source):
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        there = set(connection.execute(select(RUNS.c.id)).scalars())
        runs = {row["id"]: row for row in _rows(source, RUNS) if row["id"] not in there}
        _put(connection, RUNS, list(runs.values()))
        for table in _OF_RUNS:
            rows = [row for row in _rows(source, table) if row.get("run") is None or row["run"] in runs]
            _put(connection, table, rows)
        for table in _ALONE:
            _put(connection, table, list(_rows(source, table)))
    return len(runs)


def _put(connection: "Connection", table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        some = [storable(row) for row in rows[start : start + _AT_ONCE]]
        connection.execute(insert(table).on_conflict_do_nothing(), some)


def _rows(source: sqlite3.Connection, table: Table) -> Iterator[dict[str, Any]]:
    """Read the rows of a table that are whole, each once; only a run keeps its number."""
    try:
        known = {row[1] for row in source.execute(f"PRAGMA table_info({table.name})")}
    except sqlite3.Error:
        return
    columns = [column for column in table.columns if column.name in known]
    if any(column.name not in known for column in table.columns if not column.nullable):
        return
    kept = [column for column in columns if column.name != "id" or table is RUNS]
    for _, *values in _whole(source, table.name, ", ".join(column.name for column in kept)):
        if all(map(_fits, kept, values)):
            yield {column.name: _value(column, value) for column, value in zip(kept, values, strict=True)}


def _whole(source: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[Any, ...]]:
    """Read rows by their number; where one cannot be read, go on behind it."""
    rows = f"SELECT rowid, {names} FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608 - constants
    try:
        last = source.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0  # noqa: S608 - constants
    except sqlite3.Error:
        last = 0
    read = 0
    while True:
        try:
            for row in source.execute(rows, (read,)):
                yield row
                read = row[0]
        except (sqlite3.Error, OverflowError):
            read += 1
            if read < last:
                continue
        return


def _fits(column: "Column[Any]", value: Any) -> bool:
    """Tell whether a value may stand in a column."""
    if value is None:
        return bool(column.nullable)
    if column.name == "vector":
        return isinstance(value, bytes)
    kind = column.type.python_type
    if kind is bool:
        return value in {0, 1}
    return isinstance(value, int | float if kind is float else kind)


def _value(column: "Column[Any]", value: Any) -> Any:
    """Return a value as the column takes it."""
    return likeness.from_bytes(value) if column.name == "vector" and value is not None else value
