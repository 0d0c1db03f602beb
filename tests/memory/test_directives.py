"""Directives: goals that wait in files of their own, whatever becomes of the program."""

import multiprocessing
import signal
from pathlib import Path

import pytest

from toolwright.errors import ToolwrightError
from toolwright.memory.directives import Directives
from toolwright.redaction import Redactor


def opened(folder: Path) -> Directives:
    """Open the directives of a folder."""
    return Directives(folder, Redactor(["hush-1234"]).redact)


def test_a_directive_outlives_the_program_with_its_status(tmp_path: Path) -> None:
    """Queued, done and interrupted ones are told apart by whoever comes next; secrets are not written."""
    first, second, third = (opened(tmp_path).add(goal) for goal in ("one", "two hush-1234", "three"))
    with opened(tmp_path).running(first.number) as say:
        say("done", "run-1")
    with pytest.raises(KeyboardInterrupt), opened(tmp_path).running(second.number):
        raise KeyboardInterrupt
    kept = opened(tmp_path).all()
    assert [(each.number, each.goal, each.status, each.run) for each in kept] == [
        (1, "one", "done", "run-1"),
        (2, "two ***", "interrupted", ""),
        (3, "three", "queued", ""),
    ]
    assert [each.is_finished for each in kept] == [True, False, False]
    assert third.created == pytest.approx(kept[2].created, abs=5)
    assert all(b"hush" not in path.read_bytes() for path in tmp_path.rglob("*.jsonl"))


def _hold(folder: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with opened(folder).running(1):
        ready.set()
        signal.pause()


def test_one_program_runs_a_directive_and_a_killed_one_leaves_it(tmp_path: Path) -> None:
    """While one runs it, nobody else does; after kill -9 it is cut off, and can be run again."""
    directives = opened(tmp_path)
    directives.add("a goal")
    spawn = multiprocessing.get_context("fork")
    ready = spawn.Event()
    other = spawn.Process(target=_hold, args=(tmp_path, ready))
    other.start()
    assert ready.wait(60)
    assert directives.all()[0].status == "running"
    with pytest.raises(ToolwrightError, match="run by another program"), directives.running(1):
        pass
    other.kill()
    other.join()
    assert directives.all()[0].status == "cut off"
    assert not directives.all()[0].is_finished
    directives.drop(1)
    assert directives.all()[0].is_finished


def test_what_is_finished_is_forgotten_one_day_and_what_waits_never(tmp_path: Path) -> None:
    """Of those that are done the newest stay listed; numbers are not given twice."""
    for number in range(1, 60):
        opened(tmp_path).add(f"goal {number}")
        if number > 1:
            opened(tmp_path).drop(number)
    kept = [each.number for each in opened(tmp_path).all()]
    assert kept == [1, *range(9, 60)]


def test_what_is_not_there_or_not_ours_is_said_or_left_alone(tmp_path: Path) -> None:
    """No such number, rubbish beside the files, and a folder that cannot be made."""
    directives = opened(tmp_path)
    assert directives.all() == []
    with pytest.raises(ToolwrightError, match="there is no directive 4"):
        directives.drop(4)
    directives.add("a goal")
    for name, text in (("2.jsonl", "nonsense\n"), ("x.jsonl", "{}"), ("3.jsonl", '{"at": "soon"}\n[]\n')):
        (tmp_path / "directives" / name).write_text(text)
    assert [each.goal for each in directives.all()] == ["a goal"]
    assert directives.add("another").number == 4
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolwrightError, match="cannot be kept"):
        opened(tmp_path / "file").add("a goal")
