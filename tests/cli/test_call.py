"""`call NAME --flag value`: every kept tool is a command, with flags made from its signature."""

import json
import shlex
from pathlib import Path

import pytest
from command_line import Ended, run
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.cli.call_words import calls, parted
from toolwright.cli.flag_help import flag_help
from toolwright.cli.flag_reading import read_flags
from toolwright.cli.flags import flags_of
from toolwright.errors import UsageError
from toolwright.syntax.reading import read_library

TOOLS = '''
from typing import Literal, Optional, TypedDict


class Row(TypedDict):
    name: str
    size: int


def report(
    path: str,
    limit: int = 10,
    ratio: float = 0.5,
    deep: bool = False,
    mode: Literal["fast", "slow"] = "fast",
    level: Literal[1, 2, None] = 1,
    tags: list[str] = [],
    sizes: list[int] | None = None,
    row: Row | None = None,
    weights: dict[str, float] | None = None,
    either: int | str = 1,
    timeout: Optional[int] = 3,
    max_lines: int | None = None,
    token: str = "",
) -> list[str]:
    """Report what it was given.

    Args:
        path: The file to look at.
        limit: How many rows.

    Secrets:
        token
    """
    return [repr(path), repr(limit)]


def fail(why: str) -> str:
    """Fail."""
    raise LookupError(why)


def aid(help: str) -> str:
    """Pass a help on."""
    return help
'''
REPORT = read_library(TOOLS).tools[0]


def read(line: str) -> dict[str, object]:
    """Read a line of flags, with the one that is needed."""
    return read_flags(["--path", "p", *shlex.split(line)], REPORT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {}),
        ("--limit 5 --ratio 3 --deep", {"limit": 5, "ratio": 3.0, "deep": True}),
        ("--limit=-5 --no-deep", {"limit": -5, "deep": False}),
        ("--limit -5", {"limit": -5}),
        ("--deep=false", {"deep": False}),
        ("--mode slow --level 2", {"mode": "slow", "level": 2}),
        ("--level null", {"level": None}),
        ("--tags a --tags b,c", {"tags": ["a", "b,c"]}),
        ("""--tags '["a", "b"]' --sizes []""", {"tags": ["a", "b"], "sizes": []}),
        ("--tags []] --sizes 1 --sizes 2", {"tags": ["[]]"], "sizes": [1, 2]}),
        ("--no-sizes --no-timeout", {"sizes": None, "timeout": None}),
        ("""--row '{"name": "x", "size": 2}'""", {"row": {"name": "x", "size": 2}}),
        ("""--weights '{"a": 1.5}'""", {"weights": {"a": 1.5}}),
        ("--either 7 --max_lines 2", {"either": 7, "max_lines": 2}),
        ("--either=--deep --max-lines null", {"either": "--deep", "max_lines": None}),
        ("""--token '{"secret": "HUB"}'""", {"token": {"secret": "HUB"}}),
    ],
)
def test_flags_become_arguments_of_their_types(line: str, expected: dict[str, object]) -> None:
    """Each type of the schema has its way to be typed, and what is not typed is not given."""
    assert read(line) == {"path": "p", **expected}
    assert [type(value) for value in read(line).values()][1:] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--limit five", "--limit takes an integer, not 'five'"),
        ("--limit 1.5", "--limit takes an integer, not '1.5'"),
        ("--limit", "--limit needs a value: an integer"),
        ("--limit --deep", "--limit needs a value: an integer"),
        ("--ratio nan", "--ratio takes a number, not 'nan'"),
        ("--ratio 1e999", "--ratio takes a number, not '1e999'"),
        ("--deep=maybe", "--deep takes true or false, not 'maybe'"),
        ("--no-deep=1", "--no-deep takes no value"),
        ("--mode slwo", "--mode takes one of fast, slow, not 'slwo'; did you mean slow?"),
        ("--lmit 5", "report has no flag --lmit; did you mean --limit?"),
        ("data.csv", "'data.csv' is no flag, and every argument of report has one"),
        ("--sizes a", "--sizes takes an integer, not 'a'"),
        ("--path q", "--path is given twice, and takes one value"),
        ("--no-sizes --sizes 3", "--sizes is given twice, and takes one value"),
        (
            "--row {oops",
            "--row is not JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        ),
        ("""--row '{"name": 3, "size": 2}'""", "--row does not fit: row.name: expected a string, got 3"),
        ("""--weights '{"a": 1, "a": 2}'""", "--weights is not JSON: the key 'a' stands there twice"),
        ("""--token '{"secret": 3}'""", '--token takes a text, or {"secret": "NAME"}'),
    ],
)
def test_a_flag_that_is_wrong_is_named_in_one_sentence(line: str, said: str) -> None:
    """The sentence holds the flag, what it takes, and what was typed; the hint leads to the help."""
    with pytest.raises(UsageError) as caught:
        read(line)
    assert str(caught.value) == said
    assert caught.value.hint == "python agent.py call report --help"


def test_a_needed_flag_that_is_missing_and_text_that_json_cannot_carry_are_named() -> None:
    """What the tool could not be called with is found before anything is started."""
    with pytest.raises(UsageError, match="--path is missing: it takes a text"):
        read_flags([], REPORT)
    with pytest.raises(UsageError, match=r"the value of path is .*surrogate"):
        read_flags(["--path", "\udcff"], REPORT)


@settings(max_examples=50)
@given(
    st.fixed_dictionaries(
        {"path": st.text(st.characters(exclude_categories=["Cs"]))},
        optional={
            "limit": st.integers(),
            "ratio": st.floats(allow_nan=False, allow_infinity=False),
            "deep": st.booleans(),
            "tags": st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
            "weights": st.dictionaries(st.text("ab"), st.integers() | st.none(), max_size=0) | st.none(),
        },
    )
)
def test_any_arguments_can_be_typed(arguments: dict[str, object]) -> None:
    """Whatever value a parameter takes, there is a way to type it, and it arrives as it was."""
    words = []
    for name, value in arguments.items():
        if value is None:
            words.append(f"--no-{name}")
        else:
            words.append(f"--{name}={value if isinstance(value, str) else json.dumps(value)}")
    assert read_flags(words, REPORT) == arguments


def test_help_lists_every_flag_with_what_it_takes() -> None:
    """Name, type, default and the docstring's words stand in the help, also how to give null."""
    said = flag_help(REPORT)
    assert all(flag.word in said for flag in flags_of(REPORT))
    assert "--path TEXT" in said
    assert "The file to look at (a text; needed)" in said
    assert "How many rows (an integer; default: 10)" in said
    assert "--deep, --no-deep" in said
    assert "--no-timeout gives null" in said


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("call f --timeout 3", ([], ["f", "--timeout", "3"])),
        ("--timeout 3 call --json f --json", (["--timeout", "3", "--json"], ["f", "--json"])),
        ("--library call call f", (["--library", "call"], ["f"])),
        ("call", ([], [])),
        ("-- call f", None),
        ("tools call", None),
        ("--plan call f", None),
        ("", None),
    ],
)
def test_what_stands_before_the_name_is_the_programs_and_the_rest_the_tools(
    line: str, parts: tuple[list[str], list[str]] | None
) -> None:
    """A parameter may have the name of an option of the program; after `--` it is a goal."""
    assert parted(line.split()) == parts
    assert calls(line.split()) is (parts is not None)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with these tools."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "tools.py").write_text(TOOLS, encoding="utf-8")
    return folder


def call(library: Path, line: str) -> Ended:
    """Call a tool by a real process."""
    return run("call", *shlex.split(line), cwd=library)


def test_a_call_answers_as_execute_tool_does(library: Path) -> None:
    """One JSON line on stdout and 0; a tool that fails has 1, a flag that is wrong 2 and a sentence."""
    done = call(library, "report --path data.csv --limit 5")
    assert (done.code, done.err) == (0, "")
    assert done.json == {"status": "success", "output": ["'data.csv'", "5"]}
    failed = call(library, "fail --why so")
    assert failed.code == 1
    assert failed.json == {"status": "error", "error": "LookupError: so", "kind": "exception"}
    wrong = call(library, "report --path x --limit five")
    assert wrong.code == 2
    assert wrong.problem == wrong.json["error"] == "--limit takes an integer, not 'five'"
    assert wrong.hint.endswith("call report --help")
    helped = call(library, "report --help")
    assert helped.code == 0
    assert helped.out == flag_help(REPORT)
    assert call(library, "aid --help me").json["output"] == "me"
    unclear = call(library, "aid --help")
    assert unclear.hint.endswith("call aid -h")
    assert "--help TEXT" in call(library, "aid -h").out
