"""docs/security.md keeps true: its tests exist, and every level of the program is described."""

import re
from pathlib import Path

from toolwright.sandbox.levels import NONE, TRIED

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists():
    """A claim whose test was renamed or removed is a claim without a test."""
    named = set(re.findall(r"`(tests/[^`]+)`", PAGE))
    assert len(named) >= 15
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_every_level_is_described():
    """The table has a row for each level."""
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(rows) == {*TRIED, NONE}


def test_links_lead_somewhere():
    """Every relative link leads to a file."""
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).is_file()] == []
