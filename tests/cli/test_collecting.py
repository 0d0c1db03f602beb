"""`gc`: what nobody uses and what is there twice is shown with its evidence, and goes only when asked."""

import json
import time
from pathlib import Path

import pytest

from toolwright.cli.arguments import parse_arguments
from toolwright.cli.collect import run
from toolwright.cli.commands import usages
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.collecting import DAY_S, alike, unused
from toolwright.library.store import Store

LIBRARY = '''"""A library."""


def add_one(number: int) -> int:
    """Add one."""
    return number + 1


def plus_one(value: int) -> int:
    """Say what comes next."""
    return value + 1


def next_number(n: int) -> int:
    """Return the next number."""
    return 1 + n


def add_two(number: int) -> int:
    """Add two."""
    return add_one(number) + 1
'''


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A library whose tools were made long ago; `add_one` was called yesterday."""
    (tmp_path / "tools.py").write_text(LIBRARY)
    folder = tmp_path / "tool_tests" / "evidence"
    folder.mkdir(parents=True)
    for name, parameter in {"add_one": "number", "plus_one": "value", "next_number": "n"}.items():
        calls = [
            {"function": name, "arguments": {parameter: number}, "value": number + 1} for number in range(4)
        ]
        origin = {"time": "2020-01-02T03:04:05+00:00"}
        (folder / f"{name}.json").write_text(json.dumps({"calls": calls, "origin": origin}))
    (tmp_path / ".toolwright").mkdir()
    used = {"tool": "add_one", "ok": True, "s": 0.1, "at": time.time() - DAY_S}
    (tmp_path / ".toolwright" / "executions.jsonl").write_text(json.dumps(used) + "\n")
    return Store(tmp_path)


def gc(store: Store, *words: str) -> int:
    """Run the command."""
    return run(parse_arguments(["gc", "--library", str(store.directory), *words], usages(), "1"))


def test_the_unused_and_the_alike_are_found(store: Store) -> None:
    """By use and age, by text whatever its names, and by recorded calls that are answered alike."""
    snapshot = store.read()
    assert [each.tool for each in unused(store, snapshot, 30 * DAY_S)] == ["plus_one", "next_number"]
    assert unused(store, snapshot, 36_000 * DAY_S) == ()
    found = {each.tool: (each.why, each.other) for each in alike(store, snapshot)}
    assert found == {
        "plus_one": ("the same as add_one but for names and notes", "add_one"),
        "next_number": ("answers 4 recorded calls as add_one does, and none otherwise", "add_one"),
    }
    path = store.directory / "tool_tests" / "evidence" / "next_number.json"
    path.write_text(path.read_text().replace('"value": 4', '"value": 5'))
    assert "next_number" not in {each.tool for each in alike(store, snapshot)}


def test_nothing_goes_unless_it_is_asked_for(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run by default; what others call stays; versions of what went are kept."""
    before = (store.directory / "tools.py").read_bytes()
    assert gc(store, "--json") == 0
    rows = json.loads(capsys.readouterr().out)["found"]
    assert [(row["tool"], row["same_as"]) for row in rows] == [
        ("plus_one", ""),
        ("next_number", ""),
        ("plus_one", "add_one"),
        ("next_number", "add_one"),
    ]
    assert gc(store, "--unused-for", "1h") == 0
    assert "add_one: last called 1 day ago; used by add_two" in capsys.readouterr().out
    for words, said in {
        ("--retire", "add_two"): "add_two is not among the tools that could go",
        ("--retire", "add_one", "--unused-for", "1h"): "add_one is used by add_two, so nothing was retired",
    }.items():
        with pytest.raises(ToolwrightError, match=said):
            gc(store, *words)
    with pytest.raises(UsageError, match="'soon'"):
        gc(store, "--unused-for", "soon")
    assert (store.directory / "tools.py").read_bytes() == before

    assert gc(store, "--retire", "plus_one", "--yes") == 0
    said = capsys.readouterr()
    assert "plus_one: the same as add_one but for names and notes" in said.err
    assert said.out.startswith("retired plus_one; ")
    assert list(store.read().kept) == ["add_one", "next_number", "add_two"]
    assert gc(store, "--all", "--yes") == 0
    assert list(store.read().kept) == ["add_one", "add_two"]
    assert [version.name for version in store.versions("plus_one")] == ["plus_one"]


def test_twins_far_apart_are_found_among_many_that_share_common_answers(tmp_path: Path) -> None:
    """What all tools answer alike neither makes them alike nor hides the two that are."""
    folder = tmp_path / "tool_tests" / "evidence"
    folder.mkdir(parents=True)
    text = ""
    for number in range(150):
        name, twin = f"tool_{number}", number % 149
        text += f"def {name}(x: int) -> int:\n    return x * {number} + {number}\n\n\n"
        answers = {"": "", None: 0, 1: 1 + twin % 3, 2: twin * 7, 3: twin * 11}
        calls = [
            {"function": name, "arguments": {"x": asked}, "value": value} for asked, value in answers.items()
        ]
        (folder / f"{name}.json").write_text(json.dumps({"calls": calls}))
    (tmp_path / "tools.py").write_text(text)
    store = Store(tmp_path)
    assert [(each.tool, each.other) for each in alike(store, store.read())] == [("tool_149", "tool_0")]
