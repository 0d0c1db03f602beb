"""`batch`: goals of a file through the real program, killed in the middle, interrupted, resumed."""

import json
import os
import re
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from command_line import ended, environment, run, start, terminal, until
from scripted_calls import OneCall
from scripted_server import ScriptedServer

FILE = "# what is wanted\nApply it to 3\n\nSpoil it\nUse it for 4\n"


class Calls:
    """A model that applies the first operation to the number in a goal; `late` goals wait until `over`."""

    def __init__(self, late: str = "(no such goal)") -> None:
        self.goals: list[str] = []
        self.late = late
        self.over = threading.Event()

    def __call__(self, body: dict[str, Any]) -> str:
        """Answer a chat request."""
        prompt = body["messages"][-1]["content"]
        if prompt.startswith("Split a goal"):
            self.goals += re.findall(r"^---\n(.+)\n---$", prompt, re.MULTILINE)
        if self.late in prompt:
            self.over.wait(120)
        if "Spoil it" in prompt:
            return "no plan at all"
        number = re.search(r"(?:Apply it to|Use it for|Now take) (\d+)", prompt)
        return OneCall("apply_op_1", {"number": {"literal": int(number[1]) if number else 0}})(body)


@pytest.mark.slow
def test_goals_of_a_file_run_and_only_what_failed_runs_again(grown: Path) -> None:
    """A table and exit code 1; then one JSON object a goal, and no question about what is done."""
    model = Calls()
    (grown / "goals.txt").write_text(FILE)
    with ScriptedServer(reply=model) as server:
        first = run("batch", "goals.txt", "--jobs", "2", cwd=grown, env=environment(server))
        asked = sorted(model.goals)
        model.goals.clear()
        second = run("batch", "goals.txt", "--json", cwd=grown, env=environment(server))
    assert (first.code, second.code) == (1, 1)
    assert asked.count("Spoil it") == 3
    assert set(model.goals) == {"Spoil it"}
    lines = first.out.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["2", "done", "3"], ["4", "failed", "3"], ["5", "done", "3"]
    ]  # fmt: skip
    assert [line.split()[-1] for line in (lines[1], lines[3])] == ["7", "9"]
    assert first.problem.startswith("1 of 3 goals failed, first line 4: the model's answer for decompose")
    assert "[3/3]" in first.err
    said = "each goal: usually 2 calls (at most 6 calls, cost unknown) for the plan, "
    assert first.err.index(said) < first.err.index("[1/3]")
    assert re.search(r"^used \d+ calls, cost unknown$", first.err, re.MULTILINE)
    assert first.hint.endswith("batch goals.txt runs only what is not done")
    told = {row["line"]: row for row in map(json.loads, second.out.splitlines())}
    assert {line: (row["status"], row["earlier"]) for line, row in told.items()} == {
        2: ("done", True), 5: ("done", True), 4: ("failed", False)
    }  # fmt: skip
    assert (told[2]["output"], told[4]["kind"]) == (7, "reply_shape")
    assert "2 of 3 goals done before" in second.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("batch",), "batch needs a file of goals"),
        (("batch", "a", "b"), "batch takes one file, not 'a b'"),
        (("batch", "none.txt"), "none.txt cannot be read: No such file"),
        (("batch", "-", "--learn"), "--learn goes with one goal, not with a batch"),
        (("batch", "-"), "stdin holds no goal"),
    ],
)
def test_what_is_no_batch(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Exit code 2, and nothing is made in the folder."""
    done = run(*words, cwd=tmp_path, stdin=b"# nothing\n")
    assert (done.code, done.out) == (2, "")
    assert done.problem.startswith(said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_what_was_done_before_the_end_is_not_done_again(end: signal.Signals, grown: Path) -> None:
    """Killed or interrupted while a goal runs, a second pass asks for that goal only; stdin is a file too."""
    model = Calls(late="Use it for 4")
    goals = b"Apply it to 3\nUse it for 4\nNow take 5\n"
    shutil.rmtree(grown / ".toolwright" / "runs", ignore_errors=True)
    ledgers = grown / ".toolwright" / "batches"
    with ScriptedServer(reply=model) as server:
        words = ("batch", "-", "--jobs", "2")
        process = start(*words, cwd=grown, env=environment(server), stdin=-1)
        assert process.stdin is not None
        process.stdin.write(goals)
        process.stdin.close()
        process.stdin = None
        until(lambda: ledgers.is_dir() and _noted(ledgers) == 2)
        until(lambda: model.goals.count("Use it for 4") == 1)
        os.kill(process.pid, end)
        with process:
            over = ended(process)
        model.over.set()
        if end == signal.SIGINT:
            assert over.code == 130
            assert "1 goal of 3 left" in over.problem
            assert "batch - goes on" in over.hint
            assert re.search(r"^2 +left ", over.out, re.MULTILINE)
        model.goals.clear()
        again = run(*words, cwd=grown, env=environment(server), stdin=goals)
    assert again.code == 0, again
    assert model.goals == ["Use it for 4"]
    assert [line.split()[-1] for line in again.out.splitlines()[1:]] == ["7", "9", "11"]
    history = run("history", "--json", cwd=grown).json["runs"]
    # who waits for a silent model cannot be told of a Ctrl-C
    assert [row["status"] for row in history if row["goal"] == "Use it for 4"] == ["done", "cut off"]


def _noted(folder: Path) -> int:
    return sum(b'"seconds"' in line for file in folder.iterdir() for line in file.read_bytes().splitlines())


@pytest.mark.slow
def test_a_run_that_ended_well_and_was_not_noted_is_not_repeated(grown: Path) -> None:
    """Killed between the end of a run and its note, the memory knows that the goal is done."""
    model = Calls()
    (grown / "goals.txt").write_text("Apply it to 3\n")
    with ScriptedServer(reply=model) as server:
        assert run("batch", "goals.txt", cwd=grown, env=environment(server)).code == 0
        (ledger,) = (grown / ".toolwright" / "batches").iterdir()
        ledger.write_bytes(
            b"\n".join(line for line in ledger.read_bytes().split(b"\n") if b"seconds" not in line)
        )
        again = run("batch", "goals.txt", "--json", cwd=grown, env=environment(server))
        assert (again.code, again.json["output"], again.json["earlier"]) == (0, 7, False)
        assert len(model.goals) == 1
        assert run("batch", "goals.txt", "--fresh", cwd=grown, env=environment(server)).code == 0
    assert len(model.goals) == 2


@pytest.mark.slow
def test_at_a_terminal_there_are_bars(grown: Path) -> None:
    """Bars while goals run, gone in the end; the table stays."""
    (grown / "goals.txt").write_text(FILE)
    with (
        ScriptedServer(reply=Calls()) as server,
        terminal("batch", "goals.txt", cwd=grown, env=environment(server)) as screen,
    ):
        code, _ = screen.end()
    assert code == 1
    assert "all goals" in screen.seen
    assert "━" in screen.seen
    assert re.search(r"4 +failed +3 ", screen.seen)
