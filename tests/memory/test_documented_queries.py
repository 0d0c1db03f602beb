"""The questions of docs/memory.md, as they stand there, have answers; on a file and on a server."""

import re
from pathlib import Path

import pytest
from run_events import events

from toolwright.library.spool import note_change, note_execution, note_refusal
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder
from toolwright.memory.schema import METADATA
from toolwright.redaction import Secret

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "memory.md").read_text()
QUERIES = [
    query.strip()
    for block in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    for query in block.split(";")
    if query.strip()
]
TOLD = {"status": "returned", "input": "{}", "output": "1", "error": None}


def happen(library):
    """Two goals, one of which fails; a call, one that is not permitted, and a change, outside of them."""
    folder = library / ".toolwright"
    with Recorder(folder, "r2", {}, str, print) as record:
        for event in events("r2"):
            record(event)
    record = Recorder(folder, "r1", {}, str, print)
    record(next(events("r1")))
    record.__exit__(None, RuntimeError("the disk is full"), None)
    note_execution(folder, "count_words", succeeded=True, seconds=0.5, told=TOLD)
    note_refusal(folder, "count_words", {**TOLD, "status": "not_permitted"})
    note_change(folder, "undo the admission of `count_words`")


@pytest.mark.parametrize("place", ["file", pytest.param("server", marks=pytest.mark.slow)])
def test_every_documented_query_is_answered(tmp_path, request, place):
    """Each runs as it is, and tells something of a memory in which all of it happened."""
    url = request.getfixturevalue("postgres").new_database() if place == "server" else ""
    happen(tmp_path)
    past = Past(tmp_path, print, server=Secret(url))
    assert len(QUERIES) > 15
    for query in QUERIES:
        rows = past.ask(lambda connection, query=query: connection.exec_driver_sql(query).mappings().all())
        assert rows, query
        assert not [name for row in rows for name in row if name == "?column?"], query
    failed = next(query for query in QUERIES if "status = 'failed'" in query)
    [row] = past.ask(lambda connection: connection.exec_driver_sql(failed).mappings().all())
    assert (row["id"], row["message"]) == ("r1", "RuntimeError: the disk is full")
    calls = next(query for query in QUERIES if "avg(seconds)" in query)
    [row] = past.ask(lambda connection: connection.exec_driver_sql(calls).mappings().all())
    assert (row["tool"], row["calls"], float(row["well"])) == ("count_words", 2, 1.0)
    kinds = past.ask(
        lambda connection: connection.exec_driver_sql("SELECT DISTINCT kind FROM audit").scalars().all()
    )
    assert set(kinds) == set(
        re.findall(r"`([a-z ]+)`", PAGE[PAGE.index("`kind` (") + 6 : PAGE.index("), `run`")])
    )


def test_every_table_is_described():
    """The page names each of them, and none that is not there."""
    table = PAGE[PAGE.index("| Table |") : PAGE.index("The view `audit`")]
    named = {
        name for line in table.strip().splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert named == set(METADATA.tables)
