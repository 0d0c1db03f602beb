"""The commands `tools fix` and `tools adopt` as a user meets them, with replies from a transcript."""

import json
import shlex
from pathlib import Path

import pytest
from command_line import library_of, run
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.cli.arguments import Arguments
from toolwright.cli.typed import looks_like_command, typed
from toolwright.errors import UsageError

FAULTY, RIGHT = "number * 2 + abs(other)", "number * 2 + other"
DOC = '''    """Double a number and add another.

    Args:
        number: Any whole number.
        other: What is added.

    Returns:
        Twice the number, plus the other.

    Raises: nothing

    Example:
        >>> double_and_add(1, 2)
        4

    Keywords: twice
    """
'''
BARE = f"def double_and_add(number, other=1):\n    return {FAULTY}  # mine\n"
TESTS = """from tools import double_and_add


def test_both():
    assert double_and_add(1, 2) == 4
    assert double_and_add(-3) == -5


def test_zero():
    assert double_and_add(0, 0) == 0
"""
MORE = """from tools import double_and_add


def test_less():
    assert double_and_add(5, -2) == 8
"""
EXAMPLE = "double_and_add(1, -1) == 1"


def stub(body: str) -> str:
    """Return the function with a body."""
    return f"def double_and_add(number: int, other: int = 1) -> int:\n{DOC}    {body}\n"


def replies(folder: Path) -> str:
    """Write down what an author answers who adopts the function, and later repairs it."""
    texts = {
        "adopt": f"```python\n{stub('...')}```\n```python\n{TESTS}```",
        "fix": f"```python\n{stub('...')}```\n```python\n{MORE}```",
        "generate": f"```python\n{stub(f'return {RIGHT}')}```",
    }
    rows = [{"toolwright_transcript": 1, "note": "written for a test", "goal": ""}]
    rows += [
        {"stage": stage, "subject": "double_and_add", "prompt": "", "reply": text}
        for stage, text in texts.items()
    ]
    path = folder / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def test_no_call_more_than_allowed_is_made_to_adopt(tmp_path: Path) -> None:
    """With none allowed nobody is asked, used and allowed are in the JSON, and the file is as it was."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "tools.py").write_text(BARE)
    before = library_of(library)
    limit = ("--max-calls", "0", "--json", "--replay", replies(tmp_path))
    stopped = run("tools", "adopt", "double_and_add", *limit, cwd=library)
    assert (stopped.code, stopped.json["error"]["kind"]) == (1, "budget")
    assert stopped.json["ledger"]["calls"] == {"used": 0, "allowed": 0}
    assert "usually 1 call; at most 0 calls to adopt it" in stopped.err
    assert library_of(library) == before


@pytest.mark.slow
def test_a_function_is_adopted_and_later_repaired(tmp_path: Path) -> None:
    """Adopted as it is, verdict and origin on its card; a counterexample repairs it; undo takes each back."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "tools.py").write_text(BARE)
    replay = replies(tmp_path)
    refused = run("tools", "show", "double_and_add", cwd=library)
    assert "tools adopt double_and_add" in refused.hint

    adopted = run("tools", "adopt", "double_and_add", "--replay", replay, cwd=library)
    assert adopted.code == 0, adopted
    assert adopted.out.startswith("double_and_add is adopted, version 2: 2 tests passed")
    assert (library / "tools.py").read_text().endswith(f'"""\n    return {FAULTY}  # mine\n')
    card = run("tools", "show", "double_and_add", cwd=library).out
    assert "deliberate" in adopted.out
    assert "broken copies: " in card
    assert ", adopted\n" in card
    again = run("tools", "adopt", "double_and_add", cwd=library)
    assert (again.code, again.out) == (0, "nothing to adopt: double_and_add is verified as it is\n")

    fixed = run(
        "tools", "fix", "double_and_add", "--example", EXAMPLE, "--replay", replay, "--json", cwd=library
    )
    assert fixed.code == 0, fixed
    assert fixed.json["fixed"] == "double_and_add"
    assert fixed.json["version"] == 3
    assert fixed.json["usage"]["usd"] == 0
    assert fixed.json["ledger"]["calls"] == {"used": 2, "allowed": None}
    assert "usually 1 call; at most 12 calls to adopt it" in adopted.err
    assert "\n0 model calls" in adopted.err  # the transcript does not say what they used
    rows = run("tools", "log", "double_and_add", "--json", cwd=library).json["versions"]
    assert [row["how"] for row in rows] == ["found", "adopted", "fixed"]
    assert rows[2]["evidence"]["examples"][0]["expected"] == 1
    path = library / "tools.py"
    good = path.read_text()
    path.write_text(good.replace(RIGHT, FAULTY))
    (library / "tool_tests/test_double_and_add.py").write_text(TESTS)
    assert run("verify", "double_and_add", cwd=library).hint.endswith(
        "tools fix double_and_add repairs double_and_add"
    )
    again = run("tools", "fix", "double_and_add", "--replay", replay, cwd=library)
    assert again.code == 0, again
    assert path.read_text() == good
    assert run("undo", cwd=library).out == "double_and_add is again what it was before it was fixed\n"
    path.write_text(good)
    (library / "tool_tests/test_double_and_add.py").write_text(rows[2]["tests"])
    assert run("undo", cwd=library).out == "double_and_add is again what it was before it was fixed\n"
    assert run("undo", cwd=library).out == "double_and_add is again what it was before it was adopted\n"
    assert (library / "tools.py").read_text() == BARE
    back = run("tools", "rollback", "double_and_add", "3", cwd=library)
    assert back.code == 0, back


@pytest.mark.slow
def test_what_needs_no_model_needs_no_key(tmp_path: Path) -> None:
    """Examples that hold, names nobody knows, examples that cannot be: said without a key or a model."""
    (tmp_path / "tools.py").write_text(stub(f"return {FAULTY}"))
    (tmp_path / "tool_tests").mkdir()
    (tmp_path / "tool_tests/test_double_and_add.py").write_text(TESTS)
    before = library_of(tmp_path)
    held = run("tools", "fix", "double_and_add", "--example", "(1, 2) -> 4", cwd=tmp_path)
    assert (held.code, held.out) == (0, "nothing to fix: double_and_add answers the example as it should\n")
    against = run("tools", "fix", "double_and_add", "--example", "(1, 2) -> 5", cwd=tmp_path)
    assert (against.code, "`test_both` in tool_tests" in against.problem) == (1, True)
    missing = run("tools", "fix", "double_and_add", "--example", EXAMPLE, cwd=tmp_path)
    assert (missing.code, "TOGETHER_API_KEY is not set" in missing.problem) == (2, True)
    unknown = run("tools", "fix", "double_and", "--example", EXAMPLE, cwd=tmp_path)
    assert (unknown.code, "did you mean double_and_add?" in unknown.problem) == (1, True)
    bare = run("tools", "fix", "double_and_add", cwd=tmp_path)
    assert (bare.code, bare.problem) == (2, "tools fix double_and_add needs a call with its right answer")
    assert library_of(tmp_path) == before


@given(st.lists(st.text(max_size=20).filter(lambda word: not word.startswith("-")), max_size=3))
@settings(deadline=None, max_examples=30)  # each builds the parser anew
def test_a_line_of_the_prompt_is_read_as_in_the_shell(examples: list[str]) -> None:
    """Words and examples come out as they were typed, quotes gone."""
    options = [word for example in examples for word in ("--example", example)]
    words = ["tools", "fix", "name"]
    asked = typed(shlex.join([*words, *options]), Arguments(overrides={"model": "mine"}))
    assert (asked.words, asked.examples) == (tuple(words), tuple(examples))
    assert asked.overrides["model"] == "mine"


def test_a_line_of_the_prompt_that_cannot_be_read_is_refused() -> None:
    """An open quote and an unknown option are said."""
    with pytest.raises(UsageError, match="quote is not closed"):
        typed("tools fix name --example 'f(1) == 2", Arguments(overrides={}))
    with pytest.raises(UsageError, match="unknown option --other"):
        typed("tools fix name --other", Arguments(overrides={}))


def test_what_only_begins_like_a_command_is_a_goal(tmp_path: Path) -> None:
    """Subcommands with too many words, and names that no tool has, are read as goals."""
    (tmp_path / "tools.py").write_text('def one(n: int) -> int:\n    """One."""\n    return n\n')
    for goal in ("tools show me something", "verify the file", "tool", "verify my --all things"):
        assert not looks_like_command(goal, tmp_path)
    cascade = typed("tools remove one --cascade", Arguments(overrides={}))
    assert (cascade.words, cascade.cascade) == (("tools", "remove", "one"), True)
    for command in ("verify one", "verify --all --quick", "tools remove one --cascade"):
        assert looks_like_command(command, tmp_path)
