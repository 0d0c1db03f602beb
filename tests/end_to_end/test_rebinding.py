"""A step that fails on a real value: bound anew once, and told of as what it was when that does not help."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_server import Fault, ScriptedServer

from toolwright import Agent
from toolwright.types import Report

TOOL = '''
def line_of(text: str, number: int = 1) -> str:
    """Return a line of a text by its number.

    Args:
        text: Any text.
        number: The line, counted from 1.

    Returns:
        The line without its end.

    Raises:
        Where there is no such line, a ValueError.

    Example:
        >>> line_of("a")
        'a'

    Keywords: line, row
    """
    lines = text.splitlines()
    if not 0 < number <= len(lines):
        raise ValueError(f"no line {number}")
    return lines[number - 1]
'''
GOAL = "The second line of one, two"
PLAN = {"wants": "result", "steps": [{"step": "Return a line of a text.", "keywords": ["line"]}]}
MATCHES = {
    "matches": [{"step": 1, "verdict": "EXISTS_AND_GENERIC", "tool": "line_of", "reason": "this is it"}]
}


def calls(**arguments: object) -> dict[str, object]:
    """Return a bind reply."""
    return {"calls": [{"step": 1, "arguments": arguments}]}


WRONG = calls(text={"literal": "one\ntwo"}, number={"literal": 3})
RIGHT = calls(text={"literal": "one\ntwo"}, number={"literal": 2})
Again = Callable[[str], object]


def run(
    library: Path, rebind: Again, *, tool: str = TOOL, first: object = WRONG, **settings: object
) -> tuple[Report, list[str]]:
    """Run a goal with the `first` arguments; return the report and the prompts for other ones."""
    (library / "tools.py").write_text(tool)
    again: list[str] = []

    def reply(body: dict) -> object:
        prompt = body["messages"][-1]["content"]
        if prompt.startswith("Split a goal"):
            said = PLAN
        elif prompt.startswith("A library holds"):
            said = MATCHES
        elif "was tried and failed" in prompt:
            again.append(prompt)
            said = rebind(prompt)
        else:
            said = first
        return said if isinstance(said, Fault | str) else json.dumps(said)

    with ScriptedServer(reply=reply) as server:
        agent = Agent(
            library,
            "together:scripted",
            base_url=server.url,
            api_key="k-0123456789",
            fallbacks="none",
            **settings,
        )
        return agent.run(GOAL), again


def test_a_step_that_fails_is_bound_anew_once(tmp_path: Path) -> None:
    """The model is told what went wrong, the new arguments are used, and they are what is remembered."""
    report, again = run(tmp_path, lambda _prompt: RIGHT)
    assert report.output == "two"
    assert report.steps[0].arguments == {"text": "one\ntwo", "number": 2}
    assert len(again) == 1
    assert "ValueError: no line 3" in again[0]
    remembered, _ = run(tmp_path, lambda _prompt: pytest.fail("a remembered plan asks nobody"))
    assert remembered.plan_origin == "remembered"
    assert remembered.output == "two"


def test_a_step_that_fails_twice_stops_the_run(tmp_path: Path) -> None:
    """After one rebinding the run ends with the step, the tool, the last arguments and the reason."""
    report, again = run(tmp_path, lambda _prompt: calls(text={"literal": "one"}, number={"literal": 7}))
    assert len(again) == 1
    assert report.failure.message == "step 1, line_of: ValueError: no line 7"
    assert report.failure.arguments == {"text": "one", "number": 7}


@pytest.mark.parametrize(
    ("rebind", "why"),
    [
        (lambda _prompt: Fault("401"), "does not accept the API key"),
        (lambda _prompt: "I cannot say", "could not be used, asked 3 times"),
        (lambda _prompt: calls(text={"unknown": "Which text?"}), "Which text?"),
    ],
    ids=["refused", "unreadable", "unknown"],
)
def test_the_reason_of_a_failed_step_survives_a_rebinding_that_fails(
    tmp_path: Path, rebind: Again, why: str
) -> None:
    """Whatever keeps other arguments from being had, the run ends with why the step failed, and with that."""
    report, _ = run(tmp_path, rebind)
    failure = report.failure
    assert failure.message == "step 1, line_of: ValueError: no line 3"
    assert (failure.stage, failure.step, failure.tool) == ("execute", 1, "line_of")
    assert failure.arguments == {"text": "one\ntwo", "number": 3}
    assert report.steps[0].result.error_type == "ValueError"
    assert why in failure.details[-1]


def test_a_step_that_takes_too_long_says_how_to_give_it_longer(tmp_path: Path) -> None:
    """The hint names the flag and four times the seconds that were not enough."""
    slow = TOOL.replace("    lines =", "    while True: pass\n    lines =")
    report, again = run(tmp_path, lambda _prompt: RIGHT, tool=slow, step_timeout_s=0.5)
    assert report.failure.kind == "timeout"
    assert report.failure.message == "step 1, line_of: ran longer than 0.5 s"
    assert report.failure.hint.startswith("python agent.py --timeout 2 ")
    assert not again


def test_a_remembered_step_that_fails_needs_no_key_to_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key a remembered goal that fails now is told of as itself, not as a missing key."""
    (tmp_path / "text").write_text("one\ntwo")
    reading = TOOL.replace("text.splitlines()", "open(text, encoding='utf-8').read().splitlines()")
    reading = reading.replace("\n    Keywords", "\n    Permissions: read\n\n    Keywords", 1)
    monkeypatch.chdir(tmp_path)
    first = calls(text={"literal": "text"}, number={"literal": 2})
    assert run(tmp_path, lambda _prompt: RIGHT, tool=reading, first=first)[0].output == "two"
    (tmp_path / "text").unlink()
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    failure = Agent(tmp_path).run(GOAL).failure
    assert "FileNotFoundError" in failure.message
    assert failure.exit_code == 1
    assert "there is no API key for together" in failure.details[-1]
