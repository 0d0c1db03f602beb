"""Examples of the user: their answers are compared here and shown to no author."""

import json
from pathlib import Path

import pytest
from slug_author import CASED, GOAL, GOOD_TESTS, RIGHT, UNDERSCORED, SlugAuthor, contract, run, stub

from toolwright.errors import UsageError

EXAMPLE = 'slugify("Held Out") == "held-out"'
BLIND_TESTS = ('assert slugify("one two") == "one-two"', 'assert slugify("x") == "x"')
"""Tests that let pass what forgets the lower case."""


def test_an_example_decides_and_its_answer_is_shown_to_nobody(tmp_path: Path) -> None:
    """A version that passes every test but not the example is refused; no prompt ever holds the answer."""
    author = SlugAuthor([contract(*BLIND_TESTS)], [CASED, RIGHT])
    heard: list[object] = []
    report = run(author, tmp_path, examples=[EXAMPLE], heard=heard)
    assert report.output == "my-title"
    assert report.steps[0].examples == 1
    assert "examples" in report.steps[0].refusals[0]
    assert "'Held-Out', not 'held-out'" in report.steps[0].refusals[0]  # the user may know
    assert not [prompt for prompt in author.prompts if "held-out" in prompt.text]
    assert "- slugify('Held Out')" in author.said("contract")[0]
    assert not [text for text in author.said("generate") if "Held Out" in text]
    assert "1 of 1 examples" in author.said("generate")[1]
    evidence = json.loads((tmp_path / "tool_tests/evidence/slugify.json").read_text())
    assert evidence["examples"] == [
        {"function": "slugify", "arguments": {"title": "Held Out"}, "expected": "held-out"}
    ]


def test_a_goal_may_hold_its_examples(tmp_path: Path) -> None:
    """What looks like a doctest is cut before anybody sees the goal; a name in it is the function's name."""
    author = SlugAuthor([contract(*GOOD_TESTS, name="make_slug"), contract(*GOOD_TESTS)])
    heard: list[object] = []
    report = run(author, tmp_path, f"{GOAL}, e.g. {EXAMPLE}", heard=heard)
    assert report.goal == GOAL
    assert report.steps[0].tool == "slugify"
    assert "must be called `slugify`" in author.said("contract")[1]
    assert "held-out" not in "".join(prompt.text for prompt in author.prompts)


def test_a_contract_that_an_example_contradicts_is_written_anew(tmp_path: Path) -> None:
    """Versions that pass the tests and fail the example twice put the contract in doubt, once."""
    wrong = contract('assert slugify("One Two") == "One-Two"', 'assert slugify("x") == "x"')
    author = SlugAuthor([wrong, contract(*GOOD_TESTS)], [CASED, f"{CASED}  # again", RIGHT])
    report = run(author, tmp_path, examples=[EXAMPLE])
    assert report.output == "my-title"
    assert author.asked("contract") == 2
    assert author.asked("apart") == 0
    assert "slugify(title='Held Out') returned 'Held-Out'" in author.said("contract")[1]
    assert "held-out" not in "".join(prompt.text for prompt in author.prompts)


@pytest.mark.slow
def test_one_of_two_values_is_not_told_apart(tmp_path: Path) -> None:
    """Where a wrong answer would tell the right one, the contract's author does not see it either."""
    tests = ('assert slugify("") is False', 'assert slugify("x") is False', 'assert slugify("A") is True')
    lax = contract(*tests, returns="bool")
    bodies = ['return title == "A"', 'return title in "A" and title != ""']
    author = SlugAuthor([lax], [*bodies, 'return "A" in title'])
    author_stub = author.__call__

    def answer(prompt):
        return author_stub(prompt).replace("-> str", "-> bool")

    report = run(answer, tmp_path, examples=['("BAB") -> true'], make=True)
    restarted = author.said("contract")[1]
    assert "slugify(title='BAB')\n" in restarted
    assert "slugify(title='BAB') returned" not in restarted
    assert report.status == "made", report.failure


@pytest.mark.slow
def test_a_kept_tool_that_contradicts_an_example_is_not_used_silently(tmp_path: Path) -> None:
    """By name it is a failure that says so; without one another function is written beside it."""
    run(SlugAuthor([contract(*GOOD_TESTS, name="old_slug")], name="old_slug"), tmp_path, make=True)
    tools = (tmp_path / "tools.py").read_text()
    example = '("A B") -> "a_b"'
    named = run(SlugAuthor(name="old_slug"), tmp_path, examples=[f"old_slug{example}"])
    assert named.failure.kind == "contradicted"
    assert "old_slug(title='A B') returned 'a-b'" in named.failure.message
    assert "tools fix old_slug --example" in named.failure.hint
    assert (tmp_path / "tools.py").read_text() == tools
    tests = ('assert slugify("One Two") == "one_two"', 'assert slugify("x") == "x"')
    author, heard = SlugAuthor([contract(*tests)], [UNDERSCORED]), []
    author._name = "old_slug"

    def answer(prompt):
        return author(prompt).replace("def old_slug", "def slugify")

    report = run(answer, tmp_path, examples=[example], heard=heard, make=True)
    assert report.steps[0].tool == "slugify", report.failure
    assert [e for e in heard if "`old_slug` contradicts an example" in str(getattr(e, "message", ""))]
    assert "a_b" not in "".join(prompt.text for prompt in author.prompts)


@pytest.mark.slow
def test_a_kept_tool_that_meets_the_example_is_used(tmp_path: Path) -> None:
    """The second goal reuses the tool, tries it on the example, and asks for no function."""
    run(SlugAuthor(), tmp_path, make=True)
    author = SlugAuthor()
    report = run(author, tmp_path, "Slug this title", examples=[EXAMPLE])
    assert (report.output, report.steps[0].action, report.steps[0].examples) == ("my-title", "reused", 1)
    assert author.asked("contract") == 0


@pytest.mark.slow
def test_bad_examples_are_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """Text that cannot be read, a name that contradicts --name: nobody is asked for code."""
    author = SlugAuthor()
    with pytest.raises(UsageError, match="at character 9"):
        run(author, tmp_path, examples=["slugify(x) == 1"])
    assert not author.prompts
    report = run(author, tmp_path, examples=[EXAMPLE], name="other_name")
    assert report.failure.exit_code == 2
    assert "slugify('Held Out')" in report.failure.message
    assert author.asked("contract") == 0


@pytest.mark.slow
def test_a_stub_that_does_not_allow_the_call_is_sent_back(tmp_path: Path) -> None:
    """A contract whose function could not take the user's call, or never answer it, is no contract."""
    wrong = contract(*GOOD_TESTS).replace("title: str", "title: int")
    number = contract(*GOOD_TESTS).replace("-> str", "-> int")
    author = SlugAuthor([wrong, number, contract(*GOOD_TESTS)])
    report = run(author, tmp_path, examples=[EXAMPLE])
    assert report.output == "my-title"
    assert "slugify('Held Out') must be possible" in author.said("contract")[1]
    assert "would be a text" in author.said("contract")[2]


@pytest.mark.slow
def test_the_stub_of_this_file_is_a_tool() -> None:
    """The doubles of this file are what they look like."""
    compile(stub(body=RIGHT), "stub", "exec")
