"""Evidence was given with certain versions of packages: with others it does not speak for the tool."""

import pytest

from toolwright.library.place import sha
from toolwright.library.standing import standing
from toolwright.syntax.reading import read_library
from toolwright.types import Json

TEXT = 'def one(n: int) -> int:\n    """One."""\n    return n\n'
[TOOL] = read_library(TEXT).tools
TESTS = sha(b"from tools import one\n")
EVIDENCE: dict[str, Json] = {
    "source_sha256": sha(TOOL.source.encode()),
    "reach_sha256": "r",
    "tests_sha256": TESTS,
    "verdict": {"packages": {"milk": "1.0", "cheese": "2.0"}},
}


@pytest.mark.parametrize(
    ("here", "kind", "said"),
    [
        ({"milk": "1.0", "cheese": "2.0"}, "verified", ""),
        ({"milk": "1.0", "cheese": "2.1"}, "outdated", "not verified since cheese 2.0 became 2.1"),
        ({"cheese": "2.0"}, "outdated", "not verified since milk 1.0 was removed"),
    ],
)
def test_a_package_of_another_version_outdates_the_evidence(
    here: dict[str, str], kind: str, said: str
) -> None:
    """Every package that it could import counts, also one that another one needs."""
    found = standing(EVIDENCE, TOOL, TESTS, "r", lambda name: here.get(name, ""))
    assert (found.kind, found.said) == (kind, said)


def test_an_edit_is_said_before_an_upgrade() -> None:
    """What the user did to the text weighs more; and without a way to ask, nothing is said of packages."""
    assert standing(EVIDENCE, TOOL, sha(b"# other\n"), "r", lambda _name: "9").kind == "edited"
    assert standing(EVIDENCE, TOOL, TESTS, "r").kind == "verified"
