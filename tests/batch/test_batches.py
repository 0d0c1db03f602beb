"""Many goals of one file: read by line, run side by side, noted so that a crash repeats none that is done."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.batch.goals import Goal, read_goals
from toolwright.batch.ledger import Ledger
from toolwright.batch.outcome import Outcome
from toolwright.batch.running import Batch
from toolwright.errors import SandboxError, ToolwrightError, UsageError
from toolwright.events import Listener, Notice
from toolwright.executors import Threads
from toolwright.types import Failure, Report

NAME = "goals.txt"


def goals_of(text: str, kind: str = "") -> tuple[Goal, ...]:
    """The goals of a text, none of which may be `bad`."""
    return read_goals(text, "goals.txt", checked, kind=kind)


def checked(text: str) -> str:
    """Take every goal but one."""
    if text == "bad":
        raise UsageError("it is bad", hint="better")
    return text


def opened(folder: Path, *, fresh: bool = False, redact: Callable[[str], str] = str):
    """The ledger of the goals."""
    return Ledger.opened(folder, NAME, redact, fresh=fresh)


def counter() -> Callable[[], str]:
    """Ids for runs."""
    numbers: Iterator[int] = iter(range(1, 1000))
    return lambda: f"run-{next(numbers)}"


def report(goal: Goal, run: str, output: object = None) -> Report:
    """A report of a goal that went well, or of one that is to fail."""
    failed = Failure("bind", f"{goal.text} went wrong", hint="try") if "fail" in goal.text else None
    return Report(goal.text, "failed" if failed else "done", run, output=output, failure=failed, seconds=0.5)


def test_one_goal_a_line():
    """Blank lines and comments are none; the same words twice are two goals, wherever they stand."""
    found = goals_of("\ufeff# first\n\n  one goal \n#two\ntwo # not a comment\r\none goal\n".lstrip("\ufeff"))
    assert [(goal.line, goal.text) for goal in found] == [
        (3, "one goal"), (5, "two # not a comment"), (6, "one goal")
    ]  # fmt: skip
    moved = goals_of("two # not a comment\none goal\nnew\none goal")
    assert {goal.key for goal in found} < {goal.key for goal in moved}
    assert len({goal.key for goal in moved}) == 4
    assert {goal.key for goal in goals_of("one goal", "make")}.isdisjoint(goal.key for goal in moved)
    with pytest.raises(UsageError, match=r"^goals\.txt line 2: it is bad$"):
        goals_of("good\nbad")
    with pytest.raises(UsageError, match=r"goals\.txt holds no goal"):
        goals_of("# nothing\n\n")


def test_side_by_side_and_one_that_fails_harms_no_other(tmp_path: Path):
    """Two goals run at the same time; a report of failure and an error are outcomes, the others are done."""
    goals = goals_of("a\nb\nto fail\nto break\nc")
    both = threading.Barrier(2, timeout=90)

    def work(goal: Goal, run: str, listen: Listener) -> Report:
        listen(Notice("still here"))
        if goal.text in {"a", "b"}:
            both.wait()
        if goal.text == "to break":
            raise SandboxError("nothing is confined here", hint="doctor")
        return report(goal, run, {"of": goal.text})

    with opened(tmp_path) as ledger:
        ended = dict(Batch(ledger, Threads(2), work, counter()).run(goals))
        assert ledger.outcomes == {
            goal.key: outcome for goal, outcome in ended.items()
        }  # also before it is read
    assert {goal.text: outcome.status for goal, outcome in ended.items()} == {
        "a": "done", "b": "done", "to fail": "failed", "to break": "failed", "c": "done"
    }  # fmt: skip
    with opened(tmp_path) as ledger:
        kept = {goal.text: ledger.outcomes[goal.key] for goal in goals}
    assert kept["c"].earlier
    assert (kept["c"].output, kept["c"].seconds) == ({"of": "c"}, 0.5)
    assert (kept["to break"].message, kept["to break"].hint) == ("nothing is confined here", "doctor")
    assert (kept["to fail"].message, kept["to fail"].is_well) == ("to fail went wrong", False)


def test_a_bug_in_one_goal_is_told_when_the_others_are_done(tmp_path: Path):
    """What no goal should raise is not hidden, and costs the other goals nothing."""

    def work(goal: Goal, run: str, _listen: Listener) -> Report:
        if goal.text == "a":
            raise ZeroDivisionError
        return report(goal, run)

    ended = []
    with opened(tmp_path) as ledger:
        running = Batch(ledger, Threads(1), work, counter()).run(goals_of("a\nb\nc"))
        ended += [next(running)[0].text, next(running)[0].text]
        with pytest.raises(ZeroDivisionError):
            next(running)
    assert ended == ["b", "c"]
    with opened(tmp_path) as ledger:
        assert list(ledger.begun.values()) == ["run-1"]


def test_a_stopped_batch_ends_goals_at_their_next_word(tmp_path: Path):
    """Who stops asking and stops the batch leaves no goal running; what ran counts as begun, not as done."""
    going = threading.Event()

    def work(goal: Goal, run: str, listen: Listener) -> Report:
        if goal.text == "long":
            going.set()
            while True:
                listen(Notice("on and on"))
        return report(goal, run)

    with opened(tmp_path) as ledger:
        batch = Batch(ledger, Threads(2), work, counter())
        running = batch.run(goals_of("quick\nlong\nlater"))
        assert next(running)[0].text == "quick"
        assert going.wait(90)
        running.close()  # type: ignore[attr-defined]  # a generator, as an exception in the loop ends it
        assert batch.stop(20)
        assert len(ledger.begun) <= 2


def test_the_ledger_stands_a_crash_anywhere(tmp_path: Path):
    """Cut off after any byte, it holds what was noted whole before; what is noted next is read too."""
    goals = goals_of("a\nb")
    with opened(tmp_path) as ledger:
        for number, goal in enumerate(goals):
            ledger.begin(goal, f"run-{number}")
            ledger.end(goal, Outcome("done", f"run-{number}", {"n": number}))
    (file,) = (tmp_path / "batches").iterdir()
    whole = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    for cut in range(0, len(whole), 7):
        file.write_bytes(whole[:cut])
        with opened(tmp_path) as ledger:
            known = len(ledger.outcomes)
            assert known == sum(
                line.endswith(b"}") and b"seconds" in line for line in whole[:cut].split(b"\n")
            )
            ledger.end(goals[1], Outcome("failed", "run-9", message="no"))
        with opened(tmp_path) as ledger:
            assert ledger.outcomes[goals[1].key].message == "no"


@given(
    st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=5)
)
def test_an_outcome_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, output: object):
    """Any JSON result is the same after it was noted."""
    folder = tmp_path_factory.mktemp("ledger")
    (goal,) = goals_of("a")
    with opened(folder) as ledger:
        ledger.end(goal, Outcome("done", "r", output, usd=0.000001))
    with opened(folder) as ledger:
        assert ledger.outcomes[goal.key].usd == 0.000001
        assert json.dumps(ledger.outcomes[goal.key].output) == json.dumps(output)


def test_one_pass_at_a_time_and_no_secret_in_the_ledger(tmp_path: Path):
    """A second pass over the same file is refused; secrets are masked; a fresh pass forgets; no links."""
    (goal,) = goals_of("a")
    with opened(tmp_path, redact=lambda text: text.replace("s3cret", "***")) as ledger:
        ledger.end(goal, Outcome("done", "r", {"s3cret": ["s3cret"]}))
        with pytest.raises(ToolwrightError, match=f"the goals of {NAME} are being run already"):
            opened(tmp_path).__enter__()
    (file,) = (tmp_path / "batches").iterdir()
    assert b"s3cret" not in file.read_bytes()
    with opened(tmp_path, fresh=True) as ledger:
        assert ledger.outcomes == {}
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ToolwrightError, match="cannot be noted"):
        opened(tmp_path).__enter__()
