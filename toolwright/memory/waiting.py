"""What waits in the files of a library -> tables with just that, for when the memory cannot be read."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from toolwright.memory.folding import insert, not_taken_in
from toolwright.memory.schema import CHANGES, EXECUTIONS, METADATA
from toolwright.memory.spooled import add_lines, lines_of
from toolwright.memory.whose import named

if TYPE_CHECKING:
    from sqlalchemy import Connection


@contextlib.contextmanager
def tables_of_waiting(folder: Path) -> "Iterator[Connection | None]":
    """Yield a connection to tables that end with the block, None where nothing waits; no file is changed."""
    library = named(folder.parent)
    runs = not_taken_in(folder)
    lines = lines_of(folder, library)
    if not runs and not lines:
        yield None
        return
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for run in runs:
            run.run["library"] = library
            insert(connection, [run])  # what is none of ours is left out
        for table in (EXECUTIONS, CHANGES):
            add_lines(connection, table, [row for kind, row in lines if kind is table])
        yield connection
    engine.dispose()
