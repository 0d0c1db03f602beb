"""Kept tools are tried on the tests of a new contract before anything is written for it."""

import json
from pathlib import Path

import pytest
from slug_author import GOOD_TESTS, RIGHT, UNDERSCORED, SlugAuthor, contract, run, stub

from toolwright.types import Prompt

KEPT = stub("hyphenate", RIGHT)
CAPITALS = contract('assert slugify("One Two") == "One-Two"')


class Chooser(SlugAuthor):
    """Sees no tool for the step at first, and says `verdict` of the tools that pass its tests."""

    def __init__(self, verdict: str, tool: str = "hyphenate", **how: object) -> None:
        super().__init__(name="slugify", **how)
        self._verdict = {"step": 1, "verdict": verdict, "tool": tool, "reason": "it says so"}

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        if prompt.stage == "classify":
            self.prompts.append(prompt)
            return '{"matches": [{"step": 1, "verdict": "NOT_EXISTS", "tool": "", "reason": "no"}]}'
        if prompt.stage == "reclassify":
            self.prompts.append(prompt)
            return json.dumps({"matches": [self._verdict]})
        return super().__call__(prompt)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library that holds the function by another name, with another name for its parameter."""
    (tmp_path / "tools.py").write_text(KEPT.replace("title", "heading"))
    return tmp_path


def test_a_tool_that_passes_the_tests_is_reused_when_the_model_says_so(library: Path) -> None:
    """One more question, no code; the report says why, and the next time it is the remembered plan."""
    before = (library / "tools.py").read_text()
    author = Chooser("EXISTS_AND_GENERIC")
    bind = '{"calls": [{"step": 1, "arguments": {"heading": {"literal": "My Title"}}}]}'
    report = run(lambda p: bind if p.stage == "bind" else author(p), library)
    assert report.output == "my-title", report.failure
    step = report.steps[0]
    assert (step.tool, step.action, step.match.kind) == ("hyphenate", "reused", "EXISTS_AND_GENERIC")
    assert step.match.reason == "passes the tests written for this step: it says so"
    assert [author.asked(stage) for stage in ("contract", "reclassify", "generate")] == [1, 1, 0]
    said = author.said("reclassify")[0]
    assert "def hyphenate(heading: str) -> str:" in said
    assert ".lower()" not in said  # its promise, not its code
    assert (library / "tools.py").read_text() == before


def test_passing_the_tests_is_not_yet_the_same_intent(library: Path) -> None:
    """When the model wants a new one, it is written; a copy of the kept one is refused, and that one used."""
    author = Chooser("NOT_EXISTS", "", versions=[UNDERSCORED, 'return "-".join(title.lower().split()) + ""'])
    report = run(author, library, make=True)
    assert (report.steps[0].tool, report.steps[0].action) == ("slugify", "written"), report.failure
    assert author.asked("reclassify") == 1


def test_what_is_written_once_more_word_for_word_is_reused(library: Path) -> None:
    """A duplicate does not use up the attempts: the kept tool passes the tests, so it does the step."""
    author = Chooser("NOT_EXISTS", "", versions=[RIGHT])
    report = run(author, library, make=True, attempts=3)
    step = report.steps[0]
    assert (step.tool, step.action) == ("hyphenate", "reused"), report.failure
    assert "this very function" in step.match.reason
    assert "duplicate: `hyphenate`" in step.refusals[0]
    assert author.asked("generate") == 1


@pytest.mark.slow
def test_no_model_is_asked_about_tools_that_fail_a_test_or_an_example(library: Path) -> None:
    """Without a tool that passes, or could be called so, everything is as it was."""
    author = Chooser("EXISTS_AND_GENERIC", contracts=[CAPITALS], versions=['return "-".join(title.split())'])
    assert run(author, library, make=True).steps[0].action == "written"
    assert author.asked("reclassify") == 0
    (library / "tools.py").write_text(KEPT)
    held = Chooser("EXISTS_AND_GENERIC", contracts=[contract(*GOOD_TESTS)], versions=[UNDERSCORED])
    report = run(held, library, make=True, fresh=True, examples=['("A  B_") -> "a-b"'], attempts=1)
    assert "no version of slugify was good enough" in report.failure.message
    assert held.asked("reclassify") == 0


@pytest.mark.slow
@pytest.mark.parametrize("reply", ["who knows", '{"matches": []}'])
def test_a_useless_verdict_costs_only_the_chance(library: Path, reply: str) -> None:
    """The function is then written as if nothing had been found."""
    author, version = Chooser("NOT_EXISTS"), 'return "-".join(title.lower().split()) + ""'
    author._replies["generate"] = [version]
    report = run(lambda p: reply if p.stage == "reclassify" else author(p), library, make=True)
    assert (report.steps[0].tool, report.steps[0].action) == ("slugify", "written"), report.failure


@pytest.mark.slow
def test_examples_that_a_reused_tool_meets_stay_with_it(tmp_path: Path) -> None:
    """They are added to its evidence, once, and nothing else in it changes."""
    run(SlugAuthor(), tmp_path, make=True)
    path = tmp_path / "tool_tests" / "evidence" / "slugify.json"
    before = json.loads(path.read_text())
    for _ in range(2):
        report = run(SlugAuthor(), tmp_path, "Slug this title", examples=['("A B") -> "a-b"'], fresh=True)
        assert report.steps[0].action == "reused", report.failure
    after = json.loads(path.read_text())
    assert after.pop("examples") == [
        {"function": "slugify", "arguments": {"title": "A B"}, "expected": "a-b"}
    ]
    assert before.pop("examples") == []
    assert after == before


@pytest.mark.slow
def test_a_tool_that_passes_may_be_the_one_to_widen(library: Path) -> None:
    """Its contract is then that of a wider tool; nothing is asked a second time about what passes."""
    tests = "from tools import hyphenate\n\n\ndef test_old():\n    assert hyphenate('A b') == 'a-b'\n"
    (library / "tool_tests").mkdir()
    (library / "tool_tests" / "test_hyphenate.py").write_text(tests)
    old = stub("hyphenate", "...").replace("title", "heading")
    wider = old.replace("heading: str", 'heading: str, joiner: str = "-"').replace(
        "Any text.", "Any text.\n        joiner: What stands between."
    )
    told = f"{tests}\n\ndef test_joiner():\n    assert hyphenate('A b', joiner='+') == 'a+b'\n"
    body = "return joiner.join(heading.lower().split())"
    replies = {
        "widen": f"```python\n{wider}```\n\n```python\n{told.replace('test_old', 'test_new')}```",
        "generate": f"```python\n{wider.replace('...', body)}```",
    }
    author = Chooser("EXISTS_BUT_SPECIFIC")
    report = run(lambda p: replies.get(p.stage) or author(p), library, make=True)
    step = report.steps[0]
    assert (step.tool, step.action) == ("hyphenate", "widened"), report.failure
    assert author.asked("reclassify") == 1


@pytest.mark.slow
def test_a_tool_that_may_do_more_than_the_contract_is_not_tried(library: Path) -> None:
    """It would pass, but a step that needs no permission is not given to a tool that wants one."""
    text = (library / "tools.py").read_text()
    (library / "tools.py").write_text(text.replace("    Keywords:", "    Permissions: read\n\n    Keywords:"))
    author = Chooser("EXISTS_AND_GENERIC", versions=[f'{RIGHT} + ""'])
    report = run(author, library, make=True)
    assert (report.steps[0].action, author.asked("reclassify")) == ("written", 0), report.failure
