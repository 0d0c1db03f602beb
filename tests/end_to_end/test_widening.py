"""A tool that is too specific is widened, with the helpers it stands on."""

import json
from pathlib import Path

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt

DOC = '''    """Cut a text into a first part and the rest.

    Args:
        text: Any text.{more}

    Returns:
        The first part as `head`, what follows as `rest`.

    Raises: nothing

    Example:
        >>> cut_text("a,b")
        {{'head': 'a', 'rest': 'b'}}

    Keywords: split once, first field
    """
'''
HELPERS = """from typing import TypedDict


class _Cut(TypedDict):
    head: str
    rest: str


def _strip(text: str) -> str:
    return text.strip()


"""
OLD = (
    HELPERS
    + "def cut_text(text: str) -> _Cut:\n"
    + DOC.format(more="")
    + '    head, _, rest = text.partition(",")\n    return {"head": _strip(head), "rest": _strip(rest)}\n'
)
WIDE_DOC = DOC.format(more="\n        separator: Where it is cut.")
STUB = 'def cut_text(text: str, separator: str = ",") -> _Cut:\n'
TESTS = """from tools import cut_text


def test_cuts_at_the_first_comma():
    assert cut_text("a, b, c") == {"head": "a", "rest": "b, c"}


def test_nothing_to_cut():
    assert cut_text("a") == {"head": "a", "rest": ""}
"""
NEW_TESTS = """from tools import cut_text


def test_cuts_at_another_separator():
    assert cut_text("a;b,c", ";") == {"head": "a", "rest": "b,c"}
"""
TYPE = HELPERS.partition("def _strip")[0]


def answer(prompt: Prompt) -> str:
    """Widen the tool, as an author would who was shown the whole of it."""
    match prompt.stage:
        case "decompose":
            return json.dumps(
                {"wants": "result", "steps": [{"step": "Cut a text once.", "keywords": ["split"]}]}
            )
        case "classify":
            entry = {"step": 1, "verdict": "EXISTS_BUT_SPECIFIC", "tool": "cut_text", "reason": "only commas"}
            return json.dumps({"matches": [entry]})
        case "widen":
            assert "class _Cut(TypedDict)" in prompt.text
            assert "def _strip" in prompt.text
            return f"```python\n{TYPE}{STUB}{WIDE_DOC}    ...\n```\n```python\n{NEW_TESTS}```"
        case "generate":
            body = OLD.rpartition('"""\n')[2].replace('","', "separator")
            return f"```python\n{HELPERS}{STUB}{WIDE_DOC}{body}```"
    arguments = {"text": {"literal": "x|y"}, "separator": {"literal": "|"}}
    return json.dumps({"calls": [{"step": 1, "arguments": arguments}]})


UNDERMINING = """import pytest
from tools import cut_text


@pytest.fixture(autouse=True)
def lenient(request):
    request.node.obj = (lambda: cut_text("a")) if "nothing" in request.node.name else request.node.obj


def test_cuts_at_another_separator():
    assert cut_text("a;b,c", ";") == {"head": "a", "rest": "b,c"}
"""


def test_new_tests_cannot_excuse_a_broken_old_promise(tmp_path: Path) -> None:
    """The old test file is also run by itself: what the new one does to its tests does not count."""
    (tmp_path / "tools.py").write_text(f'"""Mine."""\n\n{OLD}', encoding="utf-8")
    (tmp_path / "tool_tests").mkdir()
    (tmp_path / "tool_tests" / "test_cut_text.py").write_text(TESTS, encoding="utf-8")

    def sly(prompt: Prompt) -> str:
        reply = answer(prompt)
        if prompt.stage == "widen":
            return reply.replace(NEW_TESTS, UNDERMINING)
        return reply.replace('"rest": _strip(rest)}', '"rest": _strip(rest) or "none"}')

    report = Agent(tmp_path, ScriptedModel(sly), attempts=1).run("Cut x|y at the bar")

    assert report.status == "failed"
    assert (tmp_path / "tools.py").read_text(encoding="utf-8") == f'"""Mine."""\n\n{OLD}'


def test_a_tool_with_helpers_is_widened(tmp_path: Path) -> None:
    """Its helpers are shown to the author, stay once in the library, and old and new tests hold."""
    (tmp_path / "tools.py").write_text(f'"""Mine."""\n\n{OLD}', encoding="utf-8")
    (tmp_path / "tool_tests").mkdir()
    (tmp_path / "tool_tests" / "test_cut_text.py").write_text(TESTS, encoding="utf-8")

    report = Agent(tmp_path, ScriptedModel(answer)).run("Cut x|y at the bar")

    assert report.failure is None
    assert report.output == {"head": "x", "rest": "y"}
    assert report.steps[0].action == "widened"
    assert report.steps[0].tests_passed == 3
    text = (tmp_path / "tools.py").read_text(encoding="utf-8")
    assert text.count("class _Cut(TypedDict)") == text.count("def _strip(") == 1
    assert (tmp_path / "tool_tests" / "test_cut_text.py").read_text(encoding="utf-8").startswith(TESTS)
