"""Calls outside of runs, and changes of a library, are in the memory once, whoever is killed in between."""

import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_events import events

from toolwright.errors import MemoryFileError
from toolwright.library.executions import executions
from toolwright.library.spool import ADDED_UP, SPOOL, note_change, note_execution, note_refusal
from toolwright.library.store import Store
from toolwright.library.telling import MOST, told_call
from toolwright.memory.past import Past
from toolwright.memory.place import FILE
from toolwright.memory.recorder import Recorder
from toolwright.memory.schema import CHANGES, EXECUTIONS
from toolwright.redaction import _CARRIERS, _KEY_SHAPES, _NAMED_KEY, MASK, Redactor
from toolwright.types import CallResult

ROOT = Path(__file__).resolve().parents[2]
TOLD = {"status": "returned", "input": '{"n": 1}', "output": "2", "error": None}


def state(library):
    """The library's own folder."""
    return library / ".toolwright"


def rows(library, table=EXECUTIONS):
    """What is in the memory, which takes in what waits."""
    past = Past(library, print, wait_s=0.5)
    return past.ask(lambda c: [dict(row) for row in c.execute(table.select()).mappings()])


def test_a_call_is_there_once_with_what_went_in_and_came_out(tmp_path):
    """Asked again it is not there twice; what a run tells is counted and not taken from the spool."""
    note_execution(state(tmp_path), "double", succeeded=True, seconds=0.25, told=TOLD)
    note_execution(state(tmp_path), "double", succeeded=True, seconds=0.5)
    for _ in range(2):
        [row] = rows(tmp_path)
        assert {name: row[name] for name in (*TOLD, "tool", "seconds", "run")} == {
            **TOLD, "tool": "double", "seconds": 0.25, "run": None,
        }  # fmt: skip
        assert row["library"].endswith(str(tmp_path))
    note_refusal(state(tmp_path), "double", {**TOLD, "status": "not_permitted"})
    assert [row["status"] for row in rows(tmp_path)] == ["returned", "not_permitted"]
    assert executions(state(tmp_path))["double"].calls == 2


def test_a_program_that_runs_on_takes_in_what_comes_later(tmp_path):
    """The files are read again when they look different, and two that take in at once add nothing twice."""
    ours, others = Past(tmp_path, print), Past(tmp_path, print)
    for number in range(1, 4):
        note_execution(state(tmp_path), "double", succeeded=True, seconds=0.25, told=TOLD)
        for past in (ours, others, ours):
            assert past.counts()["executions"] == number


def test_lines_of_the_first_version_and_strange_ones(tmp_path):
    """Calls without an id are taken in once each, also equal ones; what is no line of ours is passed over."""
    state(tmp_path).mkdir()
    old = '{"tool": "t", "ok": false, "s": 0.1, "at": 5.0}\n'
    strange = '[]\nnull\n{"tool": 3}\n{"t": "change"}\n\xff\n{"tool": "t", "ok": true, "s": "x", "at": 1}\n'
    (state(tmp_path) / SPOOL).write_text(old + old + strange + '{"tool": "torn", "ok": true')
    for _ in range(2):
        assert [(row["tool"], row["status"], row["at"]) for row in rows(tmp_path)] == [
            ("t", "failed", 5.0)
        ] * 2


def test_a_long_spool_is_added_up_and_nothing_of_it_is_lost(tmp_path):
    """It is put away for the memory by who counts; the counts stay when the memory has taken it."""
    told = {**TOLD, "input": "x" * 1500}
    for _ in range(200):
        note_execution(state(tmp_path), "t", succeeded=True, seconds=0.1, told=told)
    assert executions(state(tmp_path))["t"].calls == 200
    assert not (state(tmp_path) / SPOOL).exists()
    assert len(list((state(tmp_path) / ADDED_UP).iterdir())) == 1
    note_execution(state(tmp_path), "t", succeeded=True, seconds=0.1, told=TOLD)
    assert len(rows(tmp_path)) == 201
    assert list((state(tmp_path) / ADDED_UP).iterdir()) == []
    assert executions(state(tmp_path))["t"].calls == 201


@pytest.mark.parametrize("left", ["executions.folding", "calls/1.jsonl"])
def test_a_crash_between_the_steps_loses_and_doubles_nothing(tmp_path, left):
    """Whichever of the files the lines are in when the program is killed, they are in the memory once."""
    note_execution(state(tmp_path), "t", succeeded=True, seconds=0.1, told=TOLD)
    (state(tmp_path) / ADDED_UP).mkdir()
    assert len(rows(tmp_path)) == 1  # was taken in, then the file was moved
    (state(tmp_path) / SPOOL).rename(state(tmp_path) / left)
    note_execution(state(tmp_path), "t", succeeded=True, seconds=0.1, told=TOLD)
    assert len(rows(tmp_path)) == 2
    assert len(rows(tmp_path)) == 2


_CALLS = """
import sys
from pathlib import Path
from toolwright.library.executions import executions
from toolwright.library.spool import note_execution
from toolwright.memory.past import Past
folder = Path(sys.argv[1]) / ".toolwright"
for number in range(int(sys.argv[2])):
    told = {"status": "returned", "input": "x" * 1900, "output": f"{sys.argv[3]}-{number}", "error": None}
    note_execution(folder, "t", succeeded=True, seconds=0.1, told=told)
    print(number, flush=True)
    if number % 90 == 89:
        executions(folder)
        Past(Path(sys.argv[1]), print, wait_s=5).runs(1)
"""


@pytest.mark.slow
def test_no_call_is_lost_when_those_who_fold_are_killed(tmp_path):
    """Two note, add up and take in at once, are killed -9 again and again; each call is there, once."""
    noted = []
    for turn in range(4):
        command = [sys.executable, "-c", _CALLS, str(tmp_path), "300"]
        both = [
            subprocess.Popen([*command, f"{turn}{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for name in "ab"
        ]
        for name, process in zip("ab", both, strict=True):
            for _ in range(100 + 60 * turn):
                line = process.stdout.readline()
                noted += [f"{turn}{name}-{int(line)}"] if line else []
        for name, process in zip("ab", both, strict=True):
            process.send_signal(signal.SIGKILL)
            noted += [f"{turn}{name}-{int(line)}" for line in process.communicate()[0].split()]
    found = [row["output"] for row in rows(tmp_path)]
    assert len(found) == len(set(found))
    assert set(noted) <= set(found)


def test_changes_of_a_library_are_told_in_words(tmp_path):
    """Also those that no run made."""
    (tmp_path / "tools.py").write_text('def one() -> int:\n    """Return 1."""\n    return 1\n')
    store = Store(tmp_path)
    store.remove(["one"], store.read())
    [row] = rows(tmp_path, CHANGES)
    assert "`one`" in row["what"]
    note_change(state(tmp_path), "said twice")
    note_change(state(tmp_path), "said twice")
    assert len(rows(tmp_path, CHANGES)) == len(rows(tmp_path, CHANGES)) == 3


def test_what_is_kept_of_a_call_is_short_and_without_secrets():
    """It is redacted before it is cut, so that no half of a secret is left."""
    key = "very-secret-value-0123456789"
    redact = Redactor([key]).redact
    told = told_call({"a": "x" * (MOST - 20) + key, "b": key}, CallResult("returned", [key] * 3), redact)
    assert all(key[:8] not in text for text in told.values() if text)
    assert told["output"] == f'["{MASK}", "{MASK}", "{MASK}"]'
    assert len(told["input"]) < MOST + 100
    failed = told_call({}, CallResult("raised", error_type="ValueError", message=f"{key} is wrong"), redact)
    assert (failed["error"], failed["output"]) == (f"ValueError: {MASK} is wrong", None)


_PIECES = [
    "sk-", "tgp_v1_", "gsk_", "HF-", "ghp_", "xai-", "pypi_", "github_pat_", "AKIA", "AIza", "eyJ", "Bearer ",
    "\u017fecret=", "://", "user:pw@", "api_\u212aey: ", "API-KEY=", "secret", "PASSWORD=", "access_token: ",
    "auth-token=", "passwd:", "abcdefghijklmnop", "ABCDEFGHIJKLMNOP", "0123456789abcdef", ".", " ", '"', "x",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_redaction_that_looks_first_misses_nothing(text):
    """Where nothing stands that a key begins with there is none: all patterns say the same."""
    slow = text
    for shape in (*_CARRIERS, *_KEY_SHAPES):
        slow = re.sub(shape, MASK, slow)
    assert Redactor().redact(text) == re.sub(_NAMED_KEY, rf"\g<1>{MASK}", slow)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runs SET goal = 'other'",
        "DELETE FROM executions",
        "UPDATE failures SET message = 'none'",
        "INSERT OR REPLACE INTO decisions SELECT * FROM decisions",
        "DELETE FROM changes",
    ],
)
def test_what_happened_is_not_changed(tmp_path, statement):
    """Triggers refuse it, whatever program tries."""
    note_change(state(tmp_path), "something")
    with Recorder(state(tmp_path), "r1", {}, str, print) as record:
        for event in events("r1"):
            record(event)
    assert rows(tmp_path)
    connection = sqlite3.connect(state(tmp_path) / FILE)
    with pytest.raises(sqlite3.IntegrityError, match="neither changed nor removed"):
        connection.execute(statement)
    connection.execute("UPDATE failures SET embedder = 'another'")  # vectors are made anew
    connection.close()


def test_a_newer_memory_leaves_the_spool_alone(tmp_path):
    """What cannot be taken in waits."""
    note_change(state(tmp_path), "one")
    assert len(rows(tmp_path, CHANGES)) == 1
    with sqlite3.connect(state(tmp_path) / FILE) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    (state(tmp_path) / ADDED_UP).mkdir()
    (state(tmp_path) / SPOOL).rename(state(tmp_path) / ADDED_UP / "1.jsonl")
    with pytest.raises(MemoryFileError, match="newer"):
        rows(tmp_path, CHANGES)
    assert (state(tmp_path) / ADDED_UP / "1.jsonl").exists()
