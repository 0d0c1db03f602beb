"""What Tab offers at the prompt: for every place in a line the words that may stand there."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.cli.prompt_table import prompt_table
from toolwright.repl.completing import Completion
from toolwright.syntax.reading import read_library

SOURCE = '''
from typing import Literal


def head_of(
    path: str, max_lines: int = 10, mode: Literal["text", "bytes"] = "text", deep: bool = False
) -> str:
    """Read the head of a file.

    Args:
        path: Which file.
        max_lines: How many lines.
        mode: How it is read.
        deep: Whether links are followed.
    """
    return path


def hash_of(text: str) -> str:
    """Hash a text."""
    return text
'''
TOOLS = {tool.name: tool for tool in read_library(SOURCE, "tools.py").tools}


@pytest.fixture
def completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Completion:
    """Completion in a folder with two files and a folder, which is the home, too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sales.csv").write_text("")
    (tmp_path / "sales of may.csv").write_text("")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "\x1b[31m").write_text("")
    (tmp_path / "data" / "inner").mkdir(parents=True)
    words = {"model": lambda: [("together:R1", "a model")], "directive": lambda: [("3", "a goal")]}
    return Completion(prompt_table(), lambda: TOOLS, tmp_path, words)


@pytest.mark.parametrize(
    ("typed", "become"),
    [
        (":sh", [":show "]),
        (":ST", [":stats "]),
        (":zz", []),
        (":show he", [":show head_of"]),
        (":verify head_of ha", [":verify head_of hash_of"]),
        (":model tog", [":model together:R1"]),
        (":resume ", [":resume 3"]),
        (":nothing he", []),
        ("count the lines of sal", ['count the lines of "sales of may.csv"', "count the lines of sales.csv"]),
        ("use hea", ["use head_of"]),
        ("don't read sales.", ["don't read sales.csv"]),
        ('read "sales ', ['read "sales of may.csv"']),
        ("read 'sales of", ["read 'sales of may.csv'"]),
        (":call head_of --path 'sales o", [":call head_of --path 'sales of may.csv'"]),
        ("read the d", ["read the data/"]),
        ("read ~/sales.", ["read HOME/sales.csv"]),
        (":memory export sales", [':memory export "sales of may.csv"', ":memory export sales.csv"]),
        (':run head_of {"path": "~/sales.', [':run head_of {"path": "HOME/sales.csv']),
        (":directive read data/", [":directive read data/inner/"]),
        ("read ./sales.", ["read ./sales.csv"]),
        ("read .h", ["read .hidden"]),
        ("read nowhere/x", []),
        (":call head_of --ma", [":call head_of --max-lines "]),
        (":call head_of --path dat", [":call head_of --path data/"]),
        (":run ha", [":run hash_of"]),
        (":run hash_of ", [':run hash_of {"text": ']),
        (':run head_of {"pa', [':run head_of {"path": ']),
        (':run head_of {"path": "sales.', [':run head_of {"path": "sales.csv']),
        (
            ':run head_of {"path": "x", "m',
            ['ax_lines": ', 'ode": '],
        ),
        (':run head_of {"mode": "by', [':run head_of {"mode": "bytes"']),
        (':run head_of {"deep": t', [':run head_of {"deep": true']),
        (':run hash_of {"text": "a b"', [':run hash_of {"text": "a b"}']),
        (':run head_of {"max_lines": 5', [', "path": ', ', "mode": ', ', "deep": ', "}"]),
        (':run nobody {"', []),
    ],
)
def test_what_a_line_can_become(
    completion: Completion, tmp_path: Path, typed: str, become: list[str]
) -> None:
    """Each offer, put in the place of what it replaces, makes the line that was meant."""
    offers = completion(typed)
    lines = [typed[: len(typed) - offer.replaces] + offer.text for offer in offers]
    whole = (":", "count", "use", "read", "don't")
    wanted = [
        (rest if rest.startswith(whole) else typed + rest).replace("HOME", str(tmp_path)) for rest in become
    ]
    assert sorted(lines) == sorted(wanted)


def test_offers_tell_what_they_are(completion: Completion) -> None:
    """Commands come with what they do, tools with their summary, parameters with their description."""
    assert completion(":undo")[0].about.startswith("take the last admission to the library back")
    assert completion(":show hash")[0].about == "Hash a text."
    assert completion(':run head_of {"max')[0].about == "How many lines."


def test_every_object_that_is_finished_step_by_step_is_json(completion: Completion) -> None:
    """Whoever takes the first offer, and types a value where none is offered, gets arguments that parse."""
    line = ":run head_of "
    for _ in range(20):
        offers = completion(line)
        line = line[: len(line) - offers[0].replaces] + offers[0].text if offers else f'{line}"x"'
        if line.endswith("}"):
            break
        if line.endswith(": "):
            line += {"path": '"x"', "max_lines": "5", "mode": '"text"', "deep": "true"}[line.split('"')[-2]]
    assert json.loads(line.removeprefix(":run head_of ")) == {
        "path": "x",
        "max_lines": 5,
        "mode": "text",
        "deep": True,
    }


@given(st.text(alphabet=':runshow_ head{}[]"\\,.-/~0te\n', max_size=30))
def test_no_line_breaks_completion(typed: str) -> None:
    """Whatever was typed, completion answers, and never replaces more than there is."""
    completion = Completion(prompt_table(), lambda: TOOLS, Path("nowhere"))
    for text in (typed, f":run head_of {typed}", f':run head_of {{"{typed}'):
        assert all(0 <= offer.replaces <= len(text) for offer in completion(text))
