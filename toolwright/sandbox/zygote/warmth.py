"""What a zygote loads once so that no cell has to: modules that tools use most, or pytest; nothing out."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

MODULES: Final = (
    "base64 bisect collections contextlib copy csv dataclasses datetime enum errno fnmatch functools glob "
    "heapq io itertools json linecache math operator os pathlib random re resource signal stat string struct "
    "textwrap threading time traceback types typing urllib.parse weakref encodings.latin_1 "
    "encodings.utf_8_sig"
)
"""Not more: every page of memory that they take is copied again for each cell."""


_TEST: Final = """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_warm(number, tmp_path):
    with pytest.raises(ValueError, match="no"):
        raise ValueError("no")
    assert [number] == [number]
"""


def load_modules() -> None:
    """Import what tools use most; a Python built without one of them is none the worse."""
    for name in MODULES.split():
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def load_pytest(site: Sequence[str], folder: str) -> None:
    """Import pytest, from folders with installed packages, and run a session of our own in an empty folder.

    What pytest does only the first time is done then.
    """
    sys.path.extend(site)
    Path(folder, "test_warm.py").write_text(_TEST, encoding="utf-8")
    Path(folder, "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    from toolwright.sandbox.cells import judge_cell

    judge_cell.rehearse(folder, "test_warm.py")
