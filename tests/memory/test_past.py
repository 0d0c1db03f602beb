"""What happens in a run is in the memory afterwards, whatever happens to the program or to the file."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from run_events import BROKEN, MENDED, WHY, events

from toolwright.memory.approvals import Approvals
from toolwright.memory.file_database import FileDatabase
from toolwright.memory.lessons import Lessons
from toolwright.memory.past import Past
from toolwright.memory.place import FILE
from toolwright.memory.recorder import Recorder
from toolwright.redaction import Redactor

ROOT = Path(__file__).resolve().parents[2]
ABOUT = {"goal": "g", "model": "m"}
KEY = "tgp_v1_memory0123456789"


def record(library, run, some=None, redact=str, tell=print, **how):
    """Let a run be kept, all of it or the first events."""
    with Recorder(library / ".toolwright", run, ABOUT, redact, tell) as recorder:
        for event in list(events(run, **how))[:some]:
            recorder(event)


def past(library, said=None):
    """The memory of a library; notices go into `said`."""
    return Past(library, (said if said is not None else []).append, wait_s=0.2)


def file_of(library):
    """Where the memory is."""
    return library / ".toolwright" / FILE


def runs_of(library):
    """Id and status of every run, the newest first."""
    return [(row["id"], row["status"]) for row in past(library).runs(10_000)]


def test_a_run_is_told_in_full(tmp_path):
    """Goal, plan with verdicts, attempts, the failure with its code and its mend, calls and decisions."""
    record(tmp_path, "r1")
    row = past(tmp_path).run("r1")
    assert (row["goal"], row["status"], row["calls"], row["seconds"]) == ("count the words", "done", 1, 1.5)
    assert row["cost"] is None
    [step] = row["steps"]
    assert (step["number"], step["verdict"], step["reason"]) == (1, "NOT_EXISTS", "nothing counts")
    assert [(a["number"], a["refused_by"]) for a in row["attempts"]] == [(1, "verify"), (2, "")]
    [failure] = row["failures"]
    assert (failure["message"], failure["source"], failure["mend"]) == (f"{WHY}\nsaid", BROKEN, MENDED)
    assert [(a["tool"], a["how"]) for a in row["admissions"]] == [("count_words", "added")]
    [call] = row["executions"]
    assert (call["input"], call["output"], call["status"]) == ('{"text": "a b"}', "2", "returned")
    [decided] = row["decisions"]
    assert (decided["kind"], decided["subject"], decided["agreed"]) == ("read", "count_words /data", True)
    [asked] = row["model_calls"]
    assert (asked["stage"], asked["model"], asked["prompt_tokens"]) == ("decompose", "test:scripted", 100)
    assert list((tmp_path / ".toolwright" / "runs").iterdir()) == []


def test_recording_loads_no_database(tmp_path):
    """A run is kept without SQLAlchemy: it is loaded by who asks."""
    code = (
        "import sys; from pathlib import Path; from run_events import events\n"
        "from toolwright.memory.recorder import Recorder\n"
        "with Recorder(Path(sys.argv[1]), 'r1', {}, str, print) as record:\n"
        "    for event in events('r1'): record(event)\n"
        "print(sorted({'sqlalchemy', 'alembic', 'sqlite3'} & set(sys.modules)))"
    )
    path = f"{ROOT}:{Path(__file__).parent}"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_asking_where_nothing_happened_makes_no_file(tmp_path):
    """Looking leaves nothing behind."""
    assert past(tmp_path).runs(5) == ()
    assert past(tmp_path).run("r1") is None
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_in_no_file(tmp_path):
    """Neither in the file of the run nor in the memory; and nobody else may read either."""
    redact = Redactor([KEY]).redact
    record(tmp_path, "r1", redact=redact, goal=f"use {KEY}")
    [spool] = (tmp_path / ".toolwright" / "runs").iterdir()
    assert KEY not in spool.read_text()
    modes = [spool.stat().st_mode & 0o777]
    assert past(tmp_path).run("r1")["goal"] == "use ***"
    assert KEY.encode() not in file_of(tmp_path).read_bytes()
    assert [*modes, file_of(tmp_path).stat().st_mode & 0o777] == [0o600, 0o600]


_KILLED = """
import os, signal, sys
from pathlib import Path
from run_events import events
from toolwright.memory.recorder import Recorder
record = Recorder(Path(sys.argv[1]) / ".toolwright", "r1", {}, str, print)
for number, event in enumerate(events("r1")):
    if number == int(sys.argv[2]):
        print("there", flush=True)
        sys.stdin.read()
    record(event)
"""


@pytest.mark.parametrize("at", [1, 7])
def test_a_killed_run_is_kept_as_far_as_it_told(tmp_path, at):
    """While it lasts it is `running`, after kill -9 it is `cut off`, with all that was told until then."""
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path), str(at)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"there\n"
    assert runs_of(tmp_path) == [("r1", "running")]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert runs_of(tmp_path) == [("r1", "cut off")]
    row = past(tmp_path).run("r1")
    assert row["goal"] == "count the words"
    assert row["calls"] == (1 if at > 2 else 0)
    assert [a["refused_by"] for a in row["attempts"]] == (["verify"] if at > 6 else [])


def test_a_line_that_was_torn_costs_only_itself(tmp_path):
    """Whatever follows the last whole line counts for nothing, and strange lines in between as well."""
    record(tmp_path, "r1", 7)
    [spool] = (tmp_path / ".toolwright" / "runs").iterdir()
    lines = spool.read_bytes().splitlines(keepends=True)
    strange = [b"[]\n", b"null\n", b'{"t": "plan"}\n', b'{"t": "?", "at": 1}\n', b'{"t": "end", "at": "x"}\n']
    spool.write_bytes(b"".join([*lines[:3], *strange, *lines[3:], b'{"t": "end", "at": 1, "sta']))
    row = past(tmp_path).run("r1")
    assert row["status"] == "done"  # as the context said at its end
    assert len(row["failures"]) == 1


def test_a_file_that_is_none_of_ours_harms_no_other(tmp_path):
    """Rows that no table takes are put aside; the other runs are in the memory."""
    record(tmp_path, "r1")
    strange = tmp_path / ".toolwright" / "runs" / "r0.jsonl"
    strange.write_text(
        '{"t": "run", "at": 1, "goal": "", "model": "", "sandbox": ""}\n'
        '{"t": "attempt", "at": 1, "step": [], "tool": {}, "number": null}\n'
    )
    assert runs_of(tmp_path) == [("r1", "done")]
    assert [path.name for path in strange.parent.iterdir()] == ["r0.strange"]


def test_an_error_that_ends_a_run_is_its_status(tmp_path):
    """Ctrl-C is `interrupted`, a fault of the program `failed` with its text."""

    def end(run, error):
        with Recorder(tmp_path / ".toolwright", run, ABOUT, str, print) as recorder:
            recorder(next(events(run)))
            raise error

    with pytest.raises(KeyboardInterrupt):
        end("r1", KeyboardInterrupt())
    with pytest.raises(RuntimeError):
        end("r2", RuntimeError("a fault"))
    assert sorted(runs_of(tmp_path)) == [("r1", "interrupted"), ("r2", "failed")]
    assert past(tmp_path).run("r2")["message"] == "RuntimeError: a fault"


def test_a_run_that_was_taken_in_twice_is_there_once(tmp_path):
    """A crash after the rows were written and before the file was removed doubles nothing."""
    record(tmp_path, "r1")
    [spool] = (tmp_path / ".toolwright" / "runs").iterdir()
    data = spool.read_bytes()
    assert runs_of(tmp_path) == [("r1", "done")]
    spool.write_bytes(data)
    assert runs_of(tmp_path) == [("r1", "done")]
    assert len(past(tmp_path).run("r1")["attempts"]) == 2
    assert not spool.exists()


def test_a_memory_in_use_is_gone_without(tmp_path):
    """A locked memory is said once; what is in it and what waits is told, and nothing is lost."""
    record(tmp_path, "r1")
    assert runs_of(tmp_path) == [("r1", "done")]
    record(tmp_path, "r2")
    holder = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    said = []
    assert [row["id"] for row in past(tmp_path, said).runs(5)] == ["r2", "r1"]
    assert len(said) == 1
    assert "in use by another program" in said[0]
    assert past(tmp_path).run("r2")["goal"] == "count the words"
    holder.close()
    assert runs_of(tmp_path) == [("r2", "done"), ("r1", "done")]
    assert list((tmp_path / ".toolwright" / "runs").iterdir()) == []


def test_a_damaged_memory_is_set_aside_and_begun_anew(tmp_path):
    """It is said; the damaged file stays under another name, and the next run is kept."""
    record(tmp_path, "r1")
    runs_of(tmp_path)
    file_of(tmp_path).write_bytes(b"no database " * 1000)
    record(tmp_path, "r2")
    said = []
    assert [row["id"] for row in past(tmp_path, said).runs(5)] == ["r2"]
    assert len(said) == 1
    assert "was damaged and was set aside" in said[0]
    assert len(list((tmp_path / ".toolwright").glob("memory.db.damaged-*"))) == 1


def test_a_run_that_cannot_be_written_says_so_once(tmp_path):
    """A file where the folder should be: one notice, and the run goes on."""
    (tmp_path / ".toolwright").write_text("a file")
    said = []
    record(tmp_path, "r1", tell=said.append)
    assert len(said) == 1
    assert "this run is not remembered" in said[0].message
    assert runs_of(tmp_path) == []


def test_the_memory_of_the_first_version_is_carried_on(tmp_path):
    """A file of approvals only, under its first name, has approvals and runs afterwards."""
    Approvals(tmp_path).add("t", "f", "execute", "")
    path = file_of(tmp_path)
    with sqlite3.connect(path) as old:
        old.execute("DROP VIEW audit")
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in {"approvals", "alembic_version", "sqlite_sequence"}:
                old.execute(f"DROP TABLE {name}")
        old.execute("UPDATE alembic_version SET version_num = '0001'")
    old.execute("PRAGMA journal_mode=DELETE")
    old.close()
    first = path.rename(path.with_name("memory.sqlite"))
    record(tmp_path, "r1")
    assert runs_of(tmp_path) == [("r1", "done")]
    assert Approvals(tmp_path).find("t", "f") == [("execute", "")]
    assert not first.exists()
    with FileDatabase(path, print).reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_a_memory_of_a_newer_program_is_left_alone(tmp_path):
    """It is named; the runs wait in their files."""
    record(tmp_path, "r1")
    runs_of(tmp_path)
    with sqlite3.connect(file_of(tmp_path)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    record(tmp_path, "r2")
    said = []
    assert [row["id"] for row in past(tmp_path, said).runs(5)] == ["r2"]
    assert ["newer Toolwright" in one and "only what waits here" in one for one in said] == [True]
    assert [path.stem for path in (tmp_path / ".toolwright" / "runs").iterdir()] == ["r2"]


def test_a_memory_that_cannot_be_written_is_read(tmp_path, frozen):
    """What is in it and what waits is told; a run there says once that it is not kept; nothing is lost."""
    record(tmp_path, "r1")
    assert runs_of(tmp_path) == [("r1", "done")]
    record(tmp_path, "r2")
    said, notices = [], []
    with frozen(tmp_path):
        there = past(tmp_path, said)
        assert [row["id"] for row in there.runs(5)] == ["r2", "r1"]
        assert Lessons(there, "r3")("verify", WHY, BROKEN)[0].mend == MENDED
        record(tmp_path, "r3", tell=notices.append)
    assert len(said) == 1
    assert "readonly" in said[0]
    assert "wait in their files" in said[0]
    assert ["this run is not remembered" in each.message for each in notices] == [True]
    assert runs_of(tmp_path) == [("r2", "done"), ("r1", "done")]


def _damaged(path, pages):
    """Overwrite some pages of a file with what is no page."""
    data = bytearray(path.read_bytes())
    for page in pages:
        data[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    return len(data) // 4096


def test_what_can_be_read_of_a_damaged_memory_is_taken_over(tmp_path):
    """Most runs, each whole or with fewer rows, none twice, and the one that waited; approvals are not."""
    for number in range(150):
        record(tmp_path, f"r{number:03}")
    assert len(runs_of(tmp_path)) == 150
    Approvals(tmp_path).add("t", "f", "execute", "")
    with contextlib.closing(sqlite3.connect(file_of(tmp_path))) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = file_of(tmp_path).stat().st_size // 4096
    _damaged(file_of(tmp_path), {int(pages * place) for place in (0.5, 0.9)})
    record(tmp_path, "waited")
    said = []
    there = past(tmp_path, said)
    found = [row["id"] for row in there.runs(10_000)]
    assert "waited" in found
    assert len(found) == len(set(found)) > 75
    assert [f"taken over, {len(found) - 1} runs; approvals begin anew" in one for one in said] == [True]
    assert Approvals(tmp_path).find("t", "f") == []
    rows = there.ask(lambda c: c.exec_driver_sql("SELECT run FROM attempts").scalars().all())
    assert set(rows) <= set(found)
    assert max(map(rows.count, set(rows))) == 2
    assert there.ask(lambda c: c.exec_driver_sql("PRAGMA foreign_key_check").all()) == []
    assert Lessons(there, "now")("verify", WHY, BROKEN)[0].mend == MENDED


def test_a_full_disk_is_said_and_the_memory_read(tmp_path):
    """What is in it and what waits is told; when there is room again, what waits is taken in."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "t", tmp_path]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounts are not permitted here")
    try:
        record(tmp_path, "r1")
        assert runs_of(tmp_path) == [("r1", "done")]
        record(tmp_path, "r2")
        with pytest.raises(OSError, match="No space"):
            (tmp_path / "filled").write_bytes(b"x" * 1_000_000)
        said, notices = [], []
        assert [row["id"] for row in past(tmp_path, said).runs(5)] == ["r2", "r1"]
        assert ["the disk is full; runs since then" in one for one in said] == [True]
        record(tmp_path, "r3", tell=notices.append)
        assert ["No space left" in one.message for one in notices] == [True]
        (tmp_path / "filled").unlink()
        assert runs_of(tmp_path) == [("r2", "done"), ("r1", "done")]
    finally:
        subprocess.run(["umount", tmp_path], check=True)
