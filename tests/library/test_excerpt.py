"""A function shown to its next author comes with everything it needs, and with nothing else."""

import pytest

from toolwright.library.excerpt import excerpt
from toolwright.stages.review import review_source

TEXT = '''"""A library."""

import csv
import math
from typing import TypedDict


class _Half(TypedDict):
    value: float


_PARTS = 2


def _half(n: int) -> float:
    return math.floor(n) / _PARTS


def other(n: int) -> int:
    return n


def halve(n: int) -> _Half:
    return {"value": _half(other(n))}
'''


def test_helpers_constants_types_and_imports_come_along() -> None:
    """What the function reaches stands above it, in the order of the file; other tools stay out."""
    shown = excerpt(TEXT, "halve")

    assert "class _Half(TypedDict)" in shown
    assert "_PARTS = 2" in shown
    assert shown.index("def _half") < shown.index("def halve")
    assert "import math" in shown
    assert "from typing import TypedDict" in shown
    assert "csv" not in shown
    assert "def other" not in shown


def test_nothing_in_it_is_unresolved() -> None:
    """Review finds every name, the other tools of the library counted in."""
    findings = review_source("halve", excerpt(TEXT, "halve"), callable_tools=frozenset({"other"}))

    assert not [finding for finding in findings if finding.rule == "unresolved"]


def test_a_name_that_is_not_there() -> None:
    """Asking for a function the library does not define is a mistake of the caller."""
    with pytest.raises(KeyError):
        excerpt(TEXT, "nothing")
