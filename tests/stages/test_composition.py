"""Composing: the literals of the goal are parameters, every path is followed, and the test is the run."""

import json
import os
import time
from pathlib import Path

import pytest

from toolwright.errors import NotLearnedError
from toolwright.stages.composition.parameters import slots
from toolwright.stages.composition.run import GoodRun, check_composable
from toolwright.stages.composition.source import Words, composed_source
from toolwright.stages.composition.witness import composed_test
from toolwright.stages.execute import step_calls
from toolwright.syntax.reading import read_library
from toolwright.types import Binding, Given, Json, Reference, ScratchFile, SecretRef, Step

TOOLS = '''
from typing import TypedDict

class _Row(TypedDict):
    name: str
    tags: list[str]

def rows(size: int = 2, title: str = "") -> list[_Row]:
    """Give rows."""
    return [{"name": f"{title}{n}", "tags": [str(n), "x"]} for n in range(size)]

def table(size: int) -> dict[str, list[_Row]]:
    """Give a table."""
    return {"rows": rows(size)}

def shout(text: str, end: str = "!", other: str = "") -> str:
    """Shout."""
    return text.upper() + other + end

def join(texts: list[str], by: str = "-", loud: bool = False) -> str:
    """Join."""
    return by.join(texts)

def keep(path: str, text: str) -> str:
    """Keep a text."""
    with open(path, "w") as file:
        file.write(text)
    return path

def load(path: str) -> str:
    """Load a text."""
    with open(path) as file:
        return file.read()
'''
LIBRARY = {tool.name: tool for tool in read_library(TOOLS).tools}
MODULE: dict[str, object] = {}
exec(compile(TOOLS, "tools", "exec"), MODULE)


def ran(goal: str, *steps: tuple[str, dict[str, object]], needs: str = "", began: float = 0.0) -> GoodRun:
    """Run steps here, as a goal would; every tool needs what `needs` says of it (`keep:write load:read`)."""
    bindings = tuple(
        Binding(n, tool, {k: _argument(a) for k, a in arguments.items()})
        for n, (tool, arguments) in enumerate(steps, 1)
    )
    answers: dict[int, Json] = {}
    for binding in bindings:
        made = step_calls(LIBRARY[binding.tool], binding, answers, str(Path.cwd()))
        got = [json.loads(json.dumps(MODULE[binding.tool](**one))) for one in made.rounds]
        answers[binding.step] = got if made.fans_out else got[0]
    declared = dict(entry.split(":") for entry in needs.split())
    return GoodRun(
        goal,
        [(Step(b.step, b.tool), LIBRARY[b.tool]) for b in bindings],
        bindings,
        answers,
        Path.cwd(),
        began,
        {tool: frozenset(filter(None, [declared.get(tool, "")])) for tool, _ in steps},
    )


def _argument(value: object) -> object:
    known = (Reference, ScratchFile, SecretRef, Given)
    return value if isinstance(value, known) else Given(value)


def words(run: GoodRun) -> Words:
    """Words for a run: the parameters are called `a`, `b`, ..."""
    named = tuple((letter, "what") for letter, _ in zip("abcdef", slots(run), strict=False))
    return Words("composed", "Do it.", named, "the answer", ("all",))


def compose(run: GoodRun, *arguments: Json) -> Json:
    """Compose a run and call the function, with the run's own values where none are given."""
    scope = dict(MODULE)
    exec(compile(composed_source(run, slots(run), words(run)), "composed", "exec"), scope)
    values = arguments or tuple(slot.value for slot in slots(run))
    return scope["composed"](*values)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = [
    (
        "shout the names of 3 rows",
        ("table", {"size": 3}),
        ("shout", {"text": Reference(1, "rows[*].name")}),
        ("join", {"texts": Reference(2)}),
    ),
    (
        "shout the tags of 2 rows",
        ("table", {"size": 2}),
        ("shout", {"text": Reference(1, "rows[*].tags[*]")}),
    ),
    (
        "both of 2 rows with '?'",
        ("rows", {"size": 2}),
        ("shout", {"text": Reference(1, "[*].name"), "other": Reference(1, "[*].tags[0]"), "end": "?"}),
    ),
    (
        "the first of 4 rows",
        ("table", {"size": 4}),
        ("shout", {"text": Reference(1, 'rows[0]["name"]')}),
        ("shout", {"text": Reference(2), "end": "..."}),
    ),
    ("all of it", ("rows", {}), ("shout", {"text": Reference(1, "[1].name")})),
    (
        "through a file",
        ("keep", {"path": ScratchFile("x.txt"), "text": "it"}),
        ("load", {"path": Reference(1)}),
    ),
]


@pytest.mark.parametrize(("goal", "steps"), [(goal, steps) for goal, *steps in CASES])
def test_the_composed_function_answers_as_the_run_did(here: Path, goal: str, steps: list[object]) -> None:
    """Every kind of reference, loops over items, loops inside loops and temporary files come out the same."""
    run = ran(goal, *steps)
    assert compose(run) == run.result


def test_literals_of_the_goal_are_parameters_and_the_rest_is_fixed() -> None:
    """A value that stands in the goal can be another one the next time; what its words meant cannot."""
    run = ran(
        'join 2 rows called "item" by "+"',
        ("rows", {"size": 2, "title": "item"}),
        ("shout", {"text": Reference(1, "[*].name"), "end": ";"}),
        ("join", {"texts": Reference(2), "by": "+", "loud": True}),
    )
    assert [slot.value for slot in slots(run)] == [2, "item", "+"]
    assert compose(run, 3, "x", "/") == "X0;/X1;/X2;"


def test_one_literal_for_two_arguments_is_one_parameter() -> None:
    """The same value of one type goes to both places."""
    run = ran("'a' and 'a'", ("shout", {"text": "a", "other": "a"}), ("shout", {"text": Reference(1)}))
    assert len(slots(run)) == 1
    assert compose(run, "b") == "BB!!".replace("BB", "Bb").upper()


NEEDS = "keep:write load:read"


def copied(goal: str = "copy in.txt to out.txt", began: float | None = None) -> GoodRun:
    """A goal that copies a file."""
    since = time.time() if began is None else began
    time.sleep(0.02)  # the clock of files is coarser than ours
    return ran(
        goal,
        ("load", {"path": "in.txt"}),
        ("keep", {"path": "out.txt", "text": Reference(1)}),
        needs=NEEDS,
        began=since,
    )


def test_the_test_holds_the_files_of_the_run(here: Path) -> None:
    """What was read is written before the call, what was written is checked after it, byte for byte."""
    (here / "in.txt").write_text("one\n'two'\n", newline="")
    os.utime(here / "in.txt", (1, 1))
    run = copied()
    text = composed_test(run, slots(run), words(run))
    tests: dict[str, object] = {}
    source = composed_source(run, slots(run), words(run))
    scope = dict(MODULE)
    exec(compile(source, "composed", "exec"), scope)
    exec(compile(text.replace("from tools import composed", ""), "test", "exec"), scope, tests)
    scope |= tests
    folder = here / "elsewhere"
    folder.mkdir()
    scope["test_what_the_goal_was"](folder)
    assert (folder / "out.txt").read_bytes() == b"one\n'two'\n"
    scope["keep"] = lambda path, **_: path
    (folder / "out.txt").unlink()
    with pytest.raises(FileNotFoundError):
        scope["test_what_the_goal_was"](folder)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"x" * 20_001, "a test holds at most 20000"),
        (b"\xff", "is not a text in UTF-8"),
        (b"sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD", "looks like a key"),
    ],
)
def test_files_that_a_test_should_not_hold(here: Path, content: bytes, why: str) -> None:
    """What is large, no text, or looks like a secret does not become part of a test."""
    (here / "in.txt").write_bytes(b"small")
    os.utime(here / "in.txt", (1, 1))
    run = copied()
    (here / "in.txt").write_bytes(content)
    os.utime(here / "in.txt", (1, 1))
    with pytest.raises(NotLearnedError, match=why):
        composed_test(run, slots(run), words(run))


def test_a_run_that_changed_what_it_read_is_no_witness(here: Path) -> None:
    """What the input was before is gone, so it cannot be shown again."""
    (here / "in.txt").write_text("small")
    run = copied(began=0.5)
    with pytest.raises(NotLearnedError, match=r"in\.txt was changed while the goal ran"):
        composed_test(run, slots(run), words(run))


def test_what_was_written_where_the_goal_does_not_say_is_no_witness(here: Path) -> None:
    """A file whose path is fixed in the tool cannot be checked in a folder of its own."""
    (here / "in.txt").write_text("small")
    os.utime(here / "in.txt", (1, 1))
    run = copied("copy in.txt")
    with pytest.raises(NotLearnedError, match="not at a path that the goal names"):
        composed_test(run, slots(run), words(run))


@pytest.mark.parametrize(
    ("steps", "needs", "why"),
    [
        ([("rows", {})], "", "one step"),
        ([("rows", {}), ("rows", {})], "rows:network", "reaches the network"),
        ([("rows", {}), ("rows", {})], "rows:execute", "starts programs"),
    ],
)
def test_runs_that_cannot_be_composed(
    steps: list[tuple[str, dict[str, object]]], needs: str, why: str
) -> None:
    """One step is a tool already; what cannot be shown again in a test proves nothing."""
    with pytest.raises(NotLearnedError, match=why):
        check_composable(ran("a", *steps, needs=needs))
