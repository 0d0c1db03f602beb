"""What a zygote loads once so that no cell has to: modules that tools use most, or pytest; nothing out."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.sandbox.cells import judge_cell

MODULES: Final = (
    "ast base64 bisect calendar collections contextlib copy csv dataclasses datetime decimal difflib enum "
    "errno fnmatch fractions functools glob hashlib heapq html io itertools json linecache locale math "
    "operator os pathlib pprint queue random re resource secrets shutil signal stat statistics string "
    "struct tempfile textwrap threading time traceback types typing unicodedata urllib.parse uuid "
    "weakref zlib encodings.idna encodings.latin_1 encodings.utf_8_sig"
)


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
    judge_cell.rehearse(folder, "test_warm.py")
