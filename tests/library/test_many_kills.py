"""A program that adds, widens and removes tools is killed a thousand times, and nothing is torn or lost."""

import ast
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from library_admissions import add, candidate

from toolwright.library.history import last_entry
from toolwright.library.store import Store

KILLS, A_LIBRARY = 1000, 25
KINDS = ("add", "widen", "add", "undo", "add", "remove", "undo")
WIDER = {"body": "return len(text.split())", "before": "import csv"}


def changing(directory, turn, told):
    """Change a library until killed, from kind to kind of change; say of every change that it is done."""
    store = Store(directory)
    told("!")
    for n in itertools.count(turn):
        there = sorted(store.read().tools)
        name = there[n // len(KINDS) % len(there)] if there else ""
        what = KINDS[n % len(KINDS)]
        if what == "widen" and there:
            add(store, candidate(name, **WIDER), name)
            told(f"+{name}")
        elif what == "remove" and there:
            told(f"?{name}")  # between this word and the next one nobody can say whether it is there
            store.remove([name], store.read())
            told(f"-{name}")
        elif what == "undo" and list(store.place.history.glob("*.json")):
            told(f"?{last_entry(store.place)[1].tool}")
            store.undo()
        else:
            add(store, name=f"tool_{turn}_{n}")
            told(f"+tool_{turn}_{n}")


def killed_after(directory, turn, seconds):
    """Run changes in a child and kill it; return what it had said by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            changing(directory, turn, lambda said: os.write(writing, f"{said}\n".encode()))
        os._exit(1)
    os.close(writing)
    assert os.read(reading, 2) == b"!\n"
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it ended by itself"
    with os.fdopen(reading) as said:
        return said.read().splitlines()


def present(directory, whole):
    """Return the tools that are there, each with its tests and its evidence; nothing else may be left.

    `whole` are the texts of which it is known that they are not torn.
    """
    store = Store(directory)
    store.recover()
    tools = set(store.read().tools)
    tests = {path.stem.removeprefix("test_") for path in (directory / "tool_tests").glob("test_*.py")}
    evidence = {path.stem for path in (directory / "tool_tests/evidence").glob("*.json")}
    assert tools == tests == evidence
    assert not [*directory.rglob("*toolwright-new*"), *directory.glob(".toolwright/journal/*")]
    for text in {path.read_bytes() for path in directory.rglob("*.py")} - whole:
        ast.parse(text)
        whole.add(text)
    return tools


def time_of_a_change(directory):
    """Return how many seconds a change takes on this machine."""
    store, since = Store(directory), time.monotonic()
    for n in range(10):
        add(store, name=f"measured_{n}")
    return (time.monotonic() - since) / 10


@pytest.mark.slow
def test_killed_a_thousand_times(tmp_path):
    """Killed at a thousand random moments: no file is torn, no kept tool is lost, no test orphaned."""
    chance, longest = random.Random(4), 1.5 * time_of_a_change(tmp_path)
    kept, unsure, whole, finished, before = set(), set(), set(), 0, 0
    for kill in range(KILLS):
        directory = tmp_path / f"library{kill // A_LIBRARY}"
        if kill % A_LIBRARY == 0:
            directory.mkdir()
            kept, unsure = set(), set()
        for said in killed_after(directory, kill, chance.uniform(0, longest)):
            kept.discard(said[1:])
            unsure.discard(said[1:])
            {"+": kept, "?": unsure, "-": set()}[said[0]].add(said[1:])
            finished += 1
        longest *= 0.95 if finished > before else 1.05  # how busy the machine is differs from time to time
        before = finished
        there = present(directory, whole)
        assert kept <= there
        assert len(there - kept - unsure) <= 1  # one that was killed before it could say so
        kept, unsure = there, set()
        if kill % A_LIBRARY == A_LIBRARY - 1:
            is_there = (directory / "tools.py").exists()  # unless no change has ended yet
            subprocess.run([sys.executable, "-c", "import tools"], cwd=directory, check=is_there)
    assert finished > KILLS / 10
