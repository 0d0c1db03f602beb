"""Whole goals: the real SDK speaks HTTP to a scripted server, everything behind it is real."""

import json
import multiprocessing
from pathlib import Path

import pytest
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright import Agent
from toolwright.types import Report

KEY = "k-e2e-0123456789abcdef"


def run(
    server: ScriptedServer, library: Path, goal: str = "Apply the operations to 1", **how: object
) -> Report:
    """Run a goal with the real SDK in front of the server."""
    settings = {key: how.pop(key) for key in ("attempts", "fresh", "memory") if key in how}
    agent = Agent(
        library, "together:scripted", base_url=server.url, api_key=KEY, fallbacks="none", **settings
    )
    return agent.run(goal, **how)


@pytest.mark.parametrize("steps", [1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in (5, 12))])
def test_a_goal_of_any_length_reaches_its_result(tmp_path: Path, steps: int) -> None:
    """Every step gets its own function, each is tested and merged, and the values flow from step to step."""
    author = Author(steps)
    with ScriptedServer(reply=author) as server:
        report = run(server, tmp_path)
    assert report.failure is None
    assert report.output == expected(steps)
    assert [step.action for step in report.steps] == ["written"] * steps
    assert all(step.tests_passed == 2 for step in report.steps)
    assert len(list((tmp_path / "tool_tests").glob("test_*.py"))) == steps
    assert author.asked.count("generate") == steps
    assert "classify" not in author.asked  # an empty library asks nobody


def test_the_second_time_costs_nothing(tmp_path: Path) -> None:
    """The same goal again asks no model and generates nothing; planned afresh it asks, and still reuses."""
    author = Author(3)
    with ScriptedServer(reply=author) as server:
        run(server, tmp_path)
        again = run(server, tmp_path)
        fresh = run(server, tmp_path, fresh=True)
    assert again.usage.calls == 0
    assert again.plan_origin == "remembered"
    assert again.output == fresh.output == expected(3)
    assert [step.action for step in fresh.steps] == ["reused"] * 3
    assert fresh.usage.calls == 3
    assert author.asked.count("generate") == 3


def test_the_same_goal_with_another_value_costs_nothing_either(tmp_path: Path) -> None:
    """A value that was bound to exactly one argument is replaced without a model; the report says which."""
    author = Author(2, start=7)
    with ScriptedServer(reply=author) as server:
        run(server, tmp_path, goal="Apply the operations to 7")
        asked = len(author.asked)
        again = run(server, tmp_path, goal="Apply the operations to 20")
        forgetful = run(server, tmp_path, goal="Apply the operations to 7", memory=False)
    assert again.usage.calls == 0
    assert (again.plan_origin, again.changed) == ("remembered", (("7", "20"),))
    assert again.output == expected(2, 20)
    assert forgetful.plan_origin == "model"
    assert len(author.asked) > asked


def test_a_remembered_goal_needs_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no key is set a goal that ran before still runs; a new one says what to set."""
    with ScriptedServer(reply=Author(2)) as server:
        run(server, tmp_path)
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)  # no `.env` here
    keyless = Agent(tmp_path)
    assert keyless.run("Apply the operations to 1").output == expected(2)
    failed = keyless.run("Something else")
    assert failed.failure.kind == "setup"
    assert "TOGETHER_API_KEY" in failed.failure.hint


@pytest.mark.slow
def test_a_remembered_plan_is_dropped_when_a_tool_was_edited(tmp_path: Path) -> None:
    """A hand edit of a used tool makes the program plan anew instead of trusting the old plan."""
    with ScriptedServer(reply=Author(2)) as server:
        run(server, tmp_path)
        tools = tmp_path / "tools.py"
        tools.write_text(tools.read_text().replace("number * 2 + 1", "number * 2 + 1 + 0"))
        again = run(server, tmp_path)
    assert again.plan_origin == "model"
    assert again.output == expected(2)


def _prose(_stage: str, reply: str, _turn: int) -> str:
    return f"Certainly! Here is what you asked for:\n\n{reply}\n\nLet me know if {{anything}} is unclear."


def _fenced(_stage: str, reply: str, _turn: int) -> str:
    return reply if reply.startswith("```") else f"<think>hm</think>\n```json\n{reply}\n```\n"


def _unclosed(_stage: str, reply: str, turn: int) -> str:
    return f"<think>I wonder whether {reply}" if turn == 1 else reply


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [_prose, _fenced, _unclosed])
def test_wrong_shapes_of_replies_are_recovered_from(tmp_path: Path, spoil: object) -> None:
    """Prose around the answer, JSON in a fence, and thoughts that never end still lead to the result."""
    with ScriptedServer(reply=Author(2, spoil=spoil)) as server:
        report = run(server, tmp_path)
    assert report.failure is None
    assert report.output == expected(2)


def _wrong_code(stage: str, reply: str, _turn: int) -> str:
    return reply.replace("number * 2", "number * 3") if stage in {"generate", "apart"} else reply


def test_a_tool_that_fails_every_time_leaves_the_library_as_it_was(tmp_path: Path) -> None:
    """After the last attempt the library is byte for byte what it was, and the report says why."""
    (tmp_path / "tools.py").write_text("# mine\nX = 1\n")
    before = snapshot(tmp_path)
    author = Author(1, spoil=_wrong_code)
    with ScriptedServer(reply=author) as server:
        report = run(server, tmp_path, attempts=2)
    assert report.status == "failed"
    assert report.failure.tool == "apply_op_1"
    assert "3 attempts" in report.failure.message
    assert author.asked.count("generate") == 3
    assert snapshot(tmp_path) == before
    assert len(report.steps[0].refusals) == 3


def test_a_step_whose_making_breaks_off_shows_what_it_cost(tmp_path: Path) -> None:
    """Calls and tokens of a contract that never came stand in the line of its step."""
    author = Author(1, spoil=lambda stage, reply, _turn: "no" if stage == "contract" else reply)
    with ScriptedServer(reply=author) as server:
        report = run(server, tmp_path)
    assert report.status == "failed"
    assert report.steps[0].usage.calls == 3
    assert report.steps[0].usage.tokens == report.usage.tokens - report.stages["decompose"].tokens > 0


@pytest.mark.slow
def test_what_was_merged_before_a_failure_stays(tmp_path: Path) -> None:
    """When the third step cannot be made, the first two functions are in the library, proven."""

    def spoil(stage: str, reply: str, _turn: int) -> str:
        return reply.replace("number * 2 + 3", "number * 3") if stage == "generate" else reply

    with ScriptedServer(reply=Author(3, spoil=spoil)) as server:
        report = run(server, tmp_path, attempts=1)
    assert report.failure.step == 3
    text = (tmp_path / "tools.py").read_text()
    assert "def apply_op_1(" in text
    assert "def apply_op_2(" in text
    assert "def apply_op_3(" not in text


def test_only_the_plan_writes_nothing(tmp_path: Path) -> None:
    """With `plan` the verdicts are there and the library is untouched."""
    with ScriptedServer(reply=Author(2)) as server:
        report = run(server, tmp_path, plan=True)
    assert report.status == "planned"
    assert [step.match.kind for step in report.steps] == ["NOT_EXISTS"] * 2
    assert snapshot(tmp_path) == {}


def test_making_stops_with_the_tools(tmp_path: Path) -> None:
    """With `make` the functions are kept and nothing is bound or run; a name may be insisted on."""
    author = Author(1)
    with ScriptedServer(reply=author) as server:
        report = run(server, tmp_path, make=True, name="apply_op_1")
    assert report.status == "made"
    assert "bind" not in author.asked
    assert "def apply_op_1(" in (tmp_path / "tools.py").read_text()


@pytest.mark.slow
def test_two_programs_add_to_one_library_at_once(tmp_path: Path) -> None:
    """Two processes that add different functions at the same time both find theirs kept."""
    with ScriptedServer(reply=Author(3, "left")) as left, ScriptedServer(reply=Author(3, "right")) as right:
        context = multiprocessing.get_context("spawn")
        programs = [
            context.Process(target=run_in_process, args=(server.url, str(tmp_path), prefix))
            for server, prefix in ((left, "left"), (right, "right"))
        ]
        for program in programs:
            program.start()
        for program in programs:
            program.join(60)
    assert [program.exitcode for program in programs] == [0, 0]
    text = (tmp_path / "tools.py").read_text()
    for prefix in ("left", "right"):
        for number in (1, 2, 3):
            assert text.count(f"def apply_{prefix}_{number}(") == 1
            assert (tmp_path / "tool_tests" / f"test_apply_{prefix}_{number}.py").exists()


def run_in_process(url: str, library: str, goal: str) -> None:
    """Run a goal in another process; its exit code tells whether the result was right."""
    agent = Agent(library, "together:scripted", base_url=url, api_key=KEY, fallbacks="none")
    report = agent.run(goal)
    assert report.output == expected(3), report.failure


@pytest.mark.slow
def test_a_recorded_run_can_be_replayed_without_a_network(tmp_path: Path) -> None:
    """The transcript of a run, replayed into an empty library, leads to the same tools and result."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with ScriptedServer(reply=Author(2)) as server:
        recorded = run(server, first)
    [transcript] = (first / ".toolwright" / "transcripts").glob("*.jsonl")
    replayed = Agent(second, replay=str(transcript)).run(recorded.goal)
    assert replayed.output == recorded.output
    assert (second / "tools.py").read_text() == (first / "tools.py").read_text()


def test_the_key_is_nowhere_in_what_a_run_writes(tmp_path: Path) -> None:
    """No file of the library holds the key, the transcript included."""
    with ScriptedServer(reply=Author(1)) as server:
        run(server, tmp_path)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if KEY.encode() in path.read_bytes()]


def test_a_key_in_the_goal_reaches_no_file(tmp_path: Path) -> None:
    """A goal that holds a key is run and not remembered; evidence, which travels in git, has it masked."""
    goal = f"Apply the operations to 1 with {KEY}"
    with ScriptedServer(reply=Author(1)) as server:
        report = run(server, tmp_path, goal=goal)
        again = run(server, tmp_path, goal=goal)
    assert report.output == again.output == expected(1)
    assert again.plan_origin == "model"
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    evidence = json.loads((tmp_path / "tool_tests" / "evidence" / "apply_op_1.json").read_text())
    assert evidence["origin"]["goal"] == "Apply the operations to 1 with ***"


def test_a_goal_in_another_script_is_a_goal(tmp_path: Path) -> None:
    """Goals may be written in any language; the steps come back in English."""
    with ScriptedServer(reply=Author(1)) as server:
        goal = "Применить операцию к 1 и показать 結果 \u200f\u0627\u0644\u0646\u062a\u064a\u062c\u0629"
        report = run(server, tmp_path, goal=goal)
    assert report.output == expected(1)


def test_evidence_travels_with_the_tool(tmp_path: Path) -> None:
    """The evidence file beside the tests names the goal, the passed tests and the recorded calls."""
    with ScriptedServer(reply=Author(1)) as server:
        run(server, tmp_path)
    evidence = json.loads((tmp_path / "tool_tests" / "evidence" / "apply_op_1.json").read_text())
    assert evidence["verdict"]["passed"] is True
    assert len(evidence["verdict"]["tests"]) == 2
    assert evidence["origin"]["goal"] == "Apply the operations to 1"
    assert any(call["arguments"] == {"number": -3} for call in evidence["calls"])


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file of a library that is not the program's own state."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".toolwright" not in path.parts
    }
