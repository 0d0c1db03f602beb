"""What the zygote of judges loads once: folders with packages and an empty one in, pytest warm."""

import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.sandbox.cells.judge_cell import rehearse

HYPOTHESIS: Final = "hypothesis"
SERVER: Final = "pytest_httpserver"
"""Slow parts of tests, loaded when an order first names them."""

_TEST: Final = """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_warm(number, tmp_path):
    with pytest.raises(ValueError, match="no"):
        raise ValueError("no")
    assert [number] == [number]
"""


def load_pytest(site: Sequence[str], folder: str) -> None:
    """Import pytest, from folders with installed packages, and run a session of our own in an empty folder.

    What pytest does only the first time is done then.
    """
    sys.path.extend(site)
    Path(folder, "test_warm.py").write_text(_TEST, encoding="utf-8")
    Path(folder, "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    rehearse(folder, "test_warm.py")
    tempfile.tempdir = None  # it remembers our own; cells have another


def load_for(names: Sequence[str]) -> None:
    """Import the slow parts that an order names, once for all later ones; an absent one is left out."""
    for name in names:
        if name == HYPOTHESIS and HYPOTHESIS not in sys.modules and _load(HYPOTHESIS):
            _draw()
        elif name == SERVER:
            _load(f"{SERVER}.pytest_plugin")


def _load(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _draw() -> None:
    """Let hypothesis make the tables that it needs for text, which takes seconds; they stay in memory."""
    from hypothesis import given, settings, strategies
    from hypothesis.configuration import set_hypothesis_home_dir

    @settings(max_examples=2, database=None, deadline=None)
    @given(strategies.text(), strategies.lists(strategies.integers() | strategies.floats()))
    def draw(text: str, numbers: list[float]) -> None:
        """Use them for nothing."""

    draw()
    set_hypothesis_home_dir(None)  # each judge has a folder of its own
