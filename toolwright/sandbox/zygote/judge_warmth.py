"""What the zygote of judges loads once: folders with packages and an empty one in, pytest warm."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.sandbox.cells.judge_cell import rehearse

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
