"""A name that stands for something else already is sent back to the author of the contract for another."""

from pathlib import Path

import pytest

from toolwright.company import Company
from toolwright.making.drafting import draft
from toolwright.making.wish import Wish
from toolwright.models.scripted import ScriptedModel
from toolwright.sandbox.process import ProcessSandbox
from toolwright.settings import load
from toolwright.types import Match, Step
from toolwright.wiring import open_parts

LIBRARY = '''"""Mine."""

import json as written
from csv import DictReader
from csv import writer as table_writer

try:
    import zlib as packed
except ImportError:
    packed = None

LIMIT = 3
if LIMIT:
    import bz2 as squeezed


class Words:
    """Mine."""


def louder(text: str) -> str:
    """Say it louder.

    Args:
        text: Any text.

    Returns:
        The text in capitals.
    """
    return text.upper()


def by_hand(anything):
    return anything


bound_later = louder
'''
STUB = '''def NAME(text: str) -> int:
    """Count the letters of a text.

    Args:
        text: Any text.

    Returns:
        How many letters it has.

    Raises: nothing

    Example:
        >>> NAME("ab")
        2

    Keywords: length
    """
    ...
'''
TESTS = "from tools import NAME\n\n\ndef test_letters():\n    assert NAME('ab') == 2\n"
STEP = Step(1, "Count the letters of a text.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("louder", "taken in the library"),
        ("by_hand", "taken in the library"),
        ("bound_later", "taken in the library"),
        ("written", "taken in the library"),
        ("table_writer", "taken in the library"),
        ("packed", "taken in the library"),
        ("squeezed", "taken in the library"),
        ("sum", "a name of the Python language"),
        ("exit", "a name of the Python language"),
        ("match", "a name of the Python language"),
        ("string", "a module of the standard library"),
        ("pathlib", "a module of the standard library"),
        ("test_letters_of", "collected as a test"),
        ("test", "collected as a test"),
        ("DictReader", "snake_case"),
        ("Words", "snake_case"),
    ],
)
def test_a_name_that_is_taken_is_sent_back(tmp_path: Path, name: str, said: str) -> None:
    """The author is told why, and what he calls it then is its name; no function is written before."""
    (tmp_path / "tools.py").write_text(LIBRARY, encoding="utf-8")
    model = ScriptedModel([_reply(name), _reply("letters")])
    parts = open_parts(load({"library": str(tmp_path)}), "run", "goal", Company(), ProcessSandbox(), model)
    drawn = draft(parts, Wish("goal", STEP, Match(STEP, "NOT_EXISTS"), ()))
    assert drawn.contract.name == "letters"
    assert len(model.prompts) == 2
    complaint = model.prompts[1].text.partition("could not be used:")[2]
    assert f"`{name}` " in complaint
    assert said in complaint


def _reply(name: str) -> str:
    return f"```python\n{STUB}```\n\n```python\n{TESTS}```".replace("NAME", name)
