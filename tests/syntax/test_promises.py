"""What a docstring promises: exceptions and doctests, held against tests and against the function."""

import pytest

from toolwright.syntax.promised_errors import disagreement, is_promised
from toolwright.syntax.reading import read_library
from toolwright.syntax.shown import NAME, has_checkable, other_doctests

_OWN = "class PortError(ValueError):\n    pass\n"


def _asking(*errors: str) -> str:
    return "import pytest\n" + "".join(
        f"def test_{n}():\n    with pytest.raises({error}):\n        tool()\n"
        for n, error in enumerate(errors)
    )


@pytest.mark.parametrize(
    ("raises", "tests"),
    [
        ("nothing", "def test_a():\n    assert tool() == 1\n"),
        ("ValueError: it is odd.", _asking("ValueError")),
        ("ValueError: it is odd.\nKeyError: it is not there.", _asking("(ValueError, KeyError)")),
        ("ValueError if it is odd", _asking("ValueError")),
        ("ValueError: no JSON.", _asking("json.JSONDecodeError")),
        ("LookupError: it is not there.", _asking("KeyError")),
        ("KeyError: it is not there.", _asking("LookupError")),
        ("OSError: it cannot be read.", "def test_a():\n    assert tool() == 1\n"),
        ("FileNotFoundError: it is not there.", "def test_a():\n    assert tool() == 1\n"),
        ("PortError: no port.", _asking("ValueError")),
        ("ValueError: no port.", _asking("PortError")),
        ("lib.OtherError: it may.", _asking("lib.OtherError")),
        ("lib.OtherError: it may.", "def test_a():\n    assert tool() == 1\n"),
        (
            "ValueError: it is odd.",
            "@pytest.mark.parametrize('kind', [ValueError])\ndef test_a(kind):\n    raises(kind, tool)\n",
        ),
        (
            "ValueError: it is odd.",
            "def test_a():\n    try:\n        tool()\n    except ValueError:\n        pass\n",
        ),
    ],
)
def test_what_agrees_is_left_alone(raises, tests):
    """A test asks for what is promised, for a kind of it or for what it is a kind of."""
    assert disagreement(_OWN, raises, tests) == ""


@pytest.mark.parametrize(
    ("raises", "tests", "why"),
    [
        ("nothing", _asking("ValueError"), "ask for ValueError"),
        ("KeyError: it is not there.", _asking("KeyError", "ValueError"), "ask for ValueError"),
        ("ValueError: it is odd.", "def test_a():\n    assert tool() == 1\n", "names ValueError"),
        ("PortError: no port.", "def test_a():\n    assert tool() == 1\n", "names PortError"),
        ("ValueError: a.\nKeyError: b.", _asking("ValueError"), "names KeyError"),
        ("nothing", _asking("PortError"), "ask for PortError"),
    ],
)
def test_what_does_not_agree_is_named(raises, tests, why):
    """An exception that only one of docstring and tests knows is named."""
    assert why in disagreement(_OWN, raises, tests)


@pytest.mark.parametrize(
    ("error", "raises", "promised"),
    [
        ("ValueError", "ValueError: it is odd.", True),
        ("UnicodeDecodeError", "ValueError: it is odd.", True),
        ("PortError", "ValueError: it is odd.", True),
        ("ValueError", "PortError: it is odd.", False),
        ("KeyError", "ValueError: it is odd.", False),
        ("KeyError", "nothing", False),
        ("PermissionError", "nothing", True),
        ("OtherError", "nothing", True),
    ],
)
def test_what_is_raised_is_of_a_kind_that_is_promised(error, raises, promised):
    """Who catches what the docstring names catches it; what surroundings bring need not be named."""
    assert is_promised(error, raises, _OWN) is promised


def _shown(doctests: str, more: str = ""):
    lines = "".join(f"        {line}\n" for line in doctests.split("\n"))
    text = (
        f'def tool(a: int) -> int:\n    """Do.\n\n    Example:\n{lines}\n    {more}\n    """\n    return a\n'
    )
    (tool,) = read_library(text).tools
    scope: dict[str, object] = {}
    exec(text, scope)
    return tool, scope


@pytest.mark.parametrize(
    ("doctests", "agree"),
    [
        (">>> tool(2) + 1\n3", [True]),
        (">>> tool(2) + 1\n77", [False]),
        (">>> n = 4\n>>> tool(n)\n4\n>>> [tool(n), n]\n[4, 4]", [True, True]),
        (">>> tool(2) > 3", [False]),
        (">>> {tool(2), 1}\n{2, 1}", [True]),
        (">>> tool(1 / 3)  # doctest: +ELLIPSIS\n0.333...", [True]),
        (">>> tool(1)\n1\n>>> None", [True]),
    ],
)
def test_a_doctest_is_run_with_the_steps_before_it(doctests, agree):
    """Each doctest that is no plain call becomes a function that returns what Python shows of it."""
    tool, scope = _shown(doctests)
    told = []
    for shown in other_doctests(tool):
        exec(shown.source, scope)
        got = scope[NAME]()
        told.append(shown.agrees(got + "\n" if got else ""))
    assert told == agree


def test_a_pure_tool_shows_something_that_can_be_tried():
    """A doctest that is skipped shows nothing; of what touches files nothing is asked."""
    assert has_checkable(_shown(">>> tool(2)\n2")[0])
    assert not has_checkable(_shown(">>> tool(2)  # doctest: +SKIP\n2")[0])
    assert has_checkable(_shown(">>> tool(2)  # doctest: +SKIP\n2", "Permissions: read")[0])
