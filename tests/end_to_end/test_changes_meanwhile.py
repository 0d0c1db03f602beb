"""Somebody else works on the library while the model writes: their work stays, ours is drafted anew."""

import re
from pathlib import Path

import pytest
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright import Agent
from toolwright.types import Report


def run(author: object, library: Path, goal: str = "Apply the operations to 1") -> Report:
    """Run a goal with the real SDK in front of a scripted author."""
    with ScriptedServer(reply=author) as server:
        agent = Agent(
            library, "together:scripted", base_url=server.url, api_key="k-0123456789", fallbacks="none"
        )
        return agent.run(goal)


class Widener(Author):
    """Widens `apply_op_1` by a parameter `more`; `meanwhile` happens while the function is written."""

    def __init__(self, meanwhile: object) -> None:
        super().__init__(1)
        self.meanwhile = meanwhile
        self.widened: list[str] = []

    def reply(self, prompt: str) -> str:
        """Return the reply to a prompt, one to widen among them."""
        if not prompt.startswith("A library has a Python function"):
            return super().reply(prompt)
        self.widened.append(prompt)
        tests = "from tools import apply_op_1\n\n\ndef test_more():\n    assert apply_op_1(1, more=4) == 7\n"
        return f"```python\n{self.stub(1)}    ...\n```\n\n```python\n{tests}```"

    def stub(self, number: int) -> str:
        """Return the wider signature and docstring."""
        narrow = super().stub(number)
        wide = narrow.replace("(number: int)", "(number: int, more: int = 0)")
        return wide.replace("whole number.\n", "whole number.\n        more: What is added.\n")

    def _classify(self, prompt: str) -> str:
        return super()._classify(prompt).replace("AND_GENERIC", "BUT_SPECIFIC")

    def _generate(self, prompt: str) -> str:
        if self.asked.count("generate") == 1:
            self.meanwhile()
        mine = "    # mine\n" if "# mine" in prompt else ""
        return f"```python\n{self.stub(1)}{mine}    return number * 2 + 1 + more\n```"


def test_an_edit_of_a_function_that_is_being_widened_is_not_lost(tmp_path: Path) -> None:
    """The wider version is drafted anew from the function as it was edited meanwhile."""
    assert run(Author(1), tmp_path).failure is None
    tools = tmp_path / "tools.py"

    def edit() -> None:
        tools.write_text(re.sub(r"(    return number)", r"    # mine\n\1", tools.read_text()))

    author = Widener(edit)
    report = run(author, tmp_path, "Apply the operations to one")
    assert report.output == expected(1)
    assert len(author.widened) == 2
    assert "# mine" not in author.widened[0]
    assert "# mine" in author.widened[1]
    assert "    # mine\n    return number * 2 + 1 + more" in tools.read_text()


@pytest.mark.slow
def test_an_edit_of_the_tests_of_a_function_that_is_being_widened_is_not_lost(tmp_path: Path) -> None:
    """A test that was added by hand meanwhile stays, and the wider version must pass it too."""
    assert run(Author(1), tmp_path).failure is None
    tests = tmp_path / "tool_tests" / "test_apply_op_1.py"

    def edit() -> None:
        tests.write_text(tests.read_text() + "\n\ndef test_mine():\n    assert apply_op_1(7) == 15\n")

    report = run(Widener(edit), tmp_path, "Apply the operations to one")
    assert report.output == expected(1)
    assert "def test_mine():" in tests.read_text()
    assert "def test_more():" in tests.read_text()
    assert report.steps[0].tests_passed == 4


@pytest.mark.slow
def test_an_edit_of_a_helper_of_a_function_that_is_being_widened_is_not_lost(tmp_path: Path) -> None:
    """What the function uses counts as part of it."""
    assert run(Author(1), tmp_path).failure is None
    tools = tmp_path / "tools.py"
    factor = "\n\n_FACTOR = 2\n"
    tools.write_text(tools.read_text().replace("number * 2", "number * _FACTOR") + factor)
    author = Widener(lambda: tools.write_text(tools.read_text().replace("_FACTOR = 2", "_FACTOR = 1 + 1")))
    report = run(author, tmp_path, "Apply the operations to one")
    assert report.output == expected(1)
    assert len(author.widened) == 2


@pytest.mark.slow
def test_a_function_that_is_taken_out_while_it_is_widened_is_written_anew(tmp_path: Path) -> None:
    """Where there is nothing left to widen, a new function is made for the step."""
    assert run(Author(1), tmp_path).failure is None

    def remove() -> None:
        (tmp_path / "tools.py").write_text("KEPT = 1\n")

    report = run(Widener(remove), tmp_path, "Apply the operations to one")
    assert report.output == expected(1)
    assert report.steps[0].action == "written"
    assert (tmp_path / "tools.py").read_text().startswith("KEPT = 1\n")


@pytest.mark.slow
def test_a_name_that_is_taken_meanwhile_costs_one_new_contract(tmp_path: Path) -> None:
    """When another program adds a function of that name, ours gets another name instead of failing."""
    other = "def apply_op_1() -> str:\n    return 'somebody else'\n"

    def reply(stage: str, text: str, turn: int) -> str:
        if stage == "generate" and turn == 1:
            (tmp_path / "tools.py").write_text(other)
        renamed = stage in {"contract", "generate"} and turn > 1
        return text.replace("apply_op_1", "apply_op_one") if renamed else text

    author = Author(1, spoil=reply)
    author._generate = lambda _prompt: f"```python\n{author.stub(1)}    return number * 2 + 1\n```"
    report = run(author, tmp_path)
    assert report.output == expected(1)
    assert report.steps[0].tool == "apply_op_one"
    assert [author.asked.count(stage) for stage in ("contract", "generate")] == [2, 2]
    assert (tmp_path / "tools.py").read_text().startswith(other)
