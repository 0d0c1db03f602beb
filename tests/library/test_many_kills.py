"""A program that adds, widens and removes tools is killed a thousand times, and nothing is torn or lost."""

import ast
import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from library_admissions import add, candidate

from toolwright.library.store import Store

KILLS, A_LIBRARY = 1000, 25
WIDER = {"body": "return len(text.split())", "before": "import csv"}


def changing(directory, first, told):
    """Change a library until killed; say of every change that it is done."""
    store, n = Store(directory), first
    told("!")
    while True:
        name = f"tool_{n}"
        add(store, name=name)
        told(f"+{name}")
        if n % 3 == 1:
            add(store, candidate(name, **WIDER), name)
        if n % 3 == 2:
            told(f"?{name}")  # between this word and the next one nobody can say whether it is there
            store.remove([name], store.read())
            told(f"-{name}")
        if n % 5 == 3:
            told(f"?{name}")
            store.undo()
        n += 1


def killed_after(directory, first, seconds):
    """Run changes in a child and kill it; return what it had said by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            changing(directory, first, lambda said: os.write(writing, f"{said}\n".encode()))
        os._exit(1)
    os.close(writing)
    assert os.read(reading, 2) == b"!\n"
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it ended by itself"
    with os.fdopen(reading) as said:
        return said.read().splitlines()


def present(directory):
    """Return the tools that are there, each with its tests and its evidence; nothing else may be left."""
    store = Store(directory)
    store.recover()
    tools = set(store.read().tools)
    tests = {path.stem.removeprefix("test_") for path in (directory / "tool_tests").glob("test_*.py")}
    evidence = {path.stem for path in (directory / "tool_tests/evidence").glob("*.json")}
    assert tools == tests == evidence
    assert not [*directory.rglob("*toolwright-new*"), *directory.glob(".toolwright/journal/*")]
    for path in directory.rglob("*.py"):
        ast.parse(path.read_bytes())
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
    chance, longest = random.Random(4), 3 * time_of_a_change(tmp_path)
    kept, unsure, finished = set(), set(), 0
    for kill in range(KILLS):
        directory = tmp_path / f"library{kill // A_LIBRARY}"
        if kill % A_LIBRARY == 0:
            directory.mkdir()
            kept, unsure = set(), set()
        for said in killed_after(directory, 1000 * kill, chance.uniform(0, longest)):
            kept.discard(said[1:])
            unsure.discard(said[1:])
            {"+": kept, "?": unsure, "-": set()}[said[0]].add(said[1:])
            finished += 1
        there = present(directory)
        assert kept <= there
        assert len(there - kept - unsure) <= 1  # one that was killed before it could say so
        kept, unsure = there, set()
        if kill % A_LIBRARY == A_LIBRARY - 1:
            subprocess.run([sys.executable, "-c", "import tools"], cwd=directory, check=True)
    assert finished > KILLS / 10
