"""A candidate that a kept tool is already, but for its names, is found."""

import pytest

from toolwright.library.catalogue import read_catalogue
from toolwright.library.duplicates import twin_of
from toolwright.types import Candidate

LIBRARY = '''"""Library."""

import math
from json import dumps

_DIGITS = 2


def _shown(value):
    return dumps(round(value, _DIGITS))


def area(radius: float) -> str:
    """Return the area of a circle."""
    total = 0.0
    for part in [radius]:
        total += math.pi * part**2
    return _shown(total)


def louder(text: str) -> str:
    return text.upper()
'''
SAME = '''import json
from math import pi as PI

_PLACES = 2


def _text(number):
    """Show."""
    return json.dumps(round(number, _PLACES))


def circle_size(r: float) -> str:
    """Say how large a circle is."""
    size: float = 0.0
    for one in [r]:
        size += PI * one**2
    return _text(size)
'''


def twin(text, candidate, replaces=""):
    """What is found in a library, which is the same whether the outlines are known or not."""
    found = [twin_of(read_catalogue(text, "", wholly=known), candidate, replaces) for known in (False, True)]
    assert found[0] == found[1]
    return found[0]


def test_a_function_by_another_name_is_found():
    """Its parameters, variables, helpers, constants and ways to import may be named otherwise."""
    assert twin(LIBRARY, Candidate("circle_size", SAME, "")) == "area"
    short = "def shout(words: str) -> str:\n    return words.upper()\n"
    assert twin(LIBRARY, Candidate("shout", short, "")) == "louder"


@pytest.mark.parametrize(
    ("old", "new"),
    [("_PLACES = 2", "_PLACES = 3"), ("**2", "**3"), ("pi as PI", "tau as PI"), ("json.dumps", "json.loads")],
)
def test_a_function_that_does_something_else_is_none(old, new):
    """One constant, operator or function that is another, also in a helper, makes it another tool."""
    assert twin(LIBRARY, Candidate("circle_size", SAME.replace(old, new), "")) == ""


def test_the_tool_that_is_replaced_is_no_twin():
    """A tool may be written again as it was."""
    same = LIBRARY.replace("def louder", "def other")
    source = "def louder(text: str) -> str:\n    return text.upper()\n"
    assert twin(LIBRARY, Candidate("louder", source, ""), "louder") == ""
    assert twin(same, Candidate("louder", source, "")) == "other"
