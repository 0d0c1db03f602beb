"""Which function a step gets: names that are taken, a name the user insists on, steps that repeat."""

import json
from pathlib import Path

import pytest
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright import Agent
from toolwright.types import Report

GOAL = "Apply the operations to 1"


def run(author: Author, library: Path, *, fresh: bool = False, **how: object) -> Report:
    """Run the goal with the real SDK in front of a scripted author."""
    with ScriptedServer(reply=author) as server:
        settings = {"base_url": server.url, "api_key": "k-0123456789", "fallbacks": "none", "fresh": fresh}
        return Agent(library, "together:scripted", **settings).run(GOAL, **how)


@pytest.mark.parametrize(
    "line", ["import zipfile as apply_op_1", "apply_op_1 = 3", "class apply_op_1:\n    pass"]
)
def test_a_name_that_stands_for_something_else_is_refused_with_the_contract(
    tmp_path: Path, line: str
) -> None:
    """No function is written under a name that an import, constant or class of the library has."""
    (tmp_path / "tools.py").write_text(f"{line}\n")

    def renamed(stage: str, reply: str, turn: int) -> str:
        first = stage == "contract" and turn == 1
        return reply if first else reply.replace("apply_op_1", "apply_op_one")

    author = Author(1, spoil=renamed)
    author._generate = lambda _prompt: f"```python\n{author.stub(1)}    return number * 2 + 1\n```"
    report = run(author, tmp_path)
    assert report.failure is None
    assert report.output == expected(1)
    assert report.steps[0].tool == "apply_op_one"
    assert [author.asked.count(stage) for stage in ("contract", "generate")] == [2, 1]


def test_a_step_that_comes_twice_gets_one_function(tmp_path: Path) -> None:
    """What was made for a step serves every later step of the same words."""

    class Twice(Author):
        def _decompose(self, prompt: str) -> str:
            plan = json.loads(super()._decompose(prompt))
            plan["steps"].append({"step": plan["steps"][0]["step"].upper(), "keywords": []})
            return json.dumps(plan)

        def _bind(self, _prompt: str) -> str:
            first, second = {"literal": 1}, {"step": 1, "path": ""}
            return json.dumps(
                {"calls": [{"step": n, "arguments": {"number": a}} for n, a in ((1, first), (2, second))]}
            )

    author = Twice(1)
    report = run(author, tmp_path)
    assert report.output == 7
    assert [step.action for step in report.steps] == ["written", "reused"]
    assert [step.tool for step in report.steps] == ["apply_op_1"] * 2
    assert report.steps[1].match.reason == "made for step 1"
    assert report.steps[1].tests_passed == 2
    assert author.asked.count("contract") == 1


def test_a_name_that_is_insisted_on_makes_a_new_function_beside_a_similar_one(tmp_path: Path) -> None:
    """With `--name` a tool that is close is not widened: the function that was asked for is made."""
    assert run(Author(1), tmp_path).failure is None

    class Similar(Author):
        def _classify(self, prompt: str) -> str:
            return super()._classify(prompt).replace("AND_GENERIC", "BUT_SPECIFIC")

    def renamed(stage: str, reply: str, _turn: int) -> str:
        return reply.replace("apply_op_1", "step_once") if stage in {"contract", "generate"} else reply

    author = Similar(1, spoil=renamed)
    author._generate = lambda _prompt: f"```python\n{author.stub(1)}    return number * 2 + 1\n```"
    report = run(author, tmp_path, fresh=True, make=True, name="step_once")
    assert report.failure is None
    assert report.steps[0].tool == "step_once"
    assert report.steps[0].action == "written"
