"""A tool's fingerprint tells whether what it does may have changed."""

import pytest

from toolwright.library.fingerprint import fingerprints

TEXT = '''"""A library."""

import math

_LIMIT = 3


def _half(n: int) -> float:
    return n / 2


def tool(n: int) -> float:
    return math.floor(_half(n)) + _LIMIT


def other(n: int) -> int:
    return n
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("n / 2", "n / 3"),
        ("_LIMIT = 3", "_LIMIT = 4"),
        ("+ _LIMIT", "- _LIMIT"),
        ("import math", "import cmath as math"),
    ],
)
def test_it_changes_with_everything_the_tool_reaches(old: str, new: str) -> None:
    """An edit of a helper, a constant, an import or the function itself gives another fingerprint."""
    before, after = (
        fingerprints(TEXT, ["tool", "other"]),
        fingerprints(TEXT.replace(old, new), ["tool", "other"]),
    )
    assert before["tool"] != after["tool"]
    assert before["other"] == after["other"]


def test_it_stays_when_something_else_changes() -> None:
    """Another function, a comment elsewhere or blank lines between functions are no concern of the tool."""
    changed = TEXT.replace("return n\n", "return n + 1\n").replace(
        "\n\n\ndef other", "\n\n\n\n# more\ndef other"
    )
    assert fingerprints(changed, ["tool"]) == fingerprints(TEXT, ["tool"])
