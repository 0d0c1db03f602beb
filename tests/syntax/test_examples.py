"""Doctests to examples: only what is run, means what it shows, and is plain JSON."""

import subprocess
import sys
import warnings

import pytest

from toolwright.syntax.examples import docstring_examples
from toolwright.syntax.reading import read_library
from toolwright.types import Example


def examples(doctests: str, signature: str = "(a: int, b: str = '', *, c: float = 0.0)", more: str = ""):
    """The examples of a tool called `tool` with these doctests."""
    indented = "".join(f"        {line}\n" for line in doctests.split("\n"))
    text = f'def tool{signature} -> list:\n    r"""Do.\n\n    Example:\n{indented}\n    {more}\n    """\n'
    (tool,) = read_library(text).tools
    return docstring_examples(tool)


@pytest.mark.parametrize(
    ("doctest", "arguments", "expected"),
    [
        (">>> tool(1)\n[1, 2]", {"a": 1}, [1, 2]),
        (">>> tool(1, 'x', c=-0.5)\n{'a': [None, True]}", {"a": 1, "b": "x", "c": -0.5}, {"a": [None, True]}),
        (
            ">>> tool(\n...     a=1,\n...     b='(',\n... )\n0.30000000000000004",
            {"a": 1, "b": "("},
            0.30000000000000004,
        ),
        (">>> tool(1)\n'a'", {"a": 1}, "a"),
        (">>> tool(1)\nNone", {"a": 1}, None),
        (">>> tool(1)  # doctest: +NORMALIZE_WHITESPACE\n[1,\n 2]", {"a": 1}, [1, 2]),
        (">>> tool(1)  # doctest: +ELLIPSIS\n[1]", {"a": 1}, [1]),
        (">>> tool(1)\n'...'", {"a": 1}, "..."),
        (r">>> tool(1, '\d')" + "\n" + r"'\d'", {"a": 1, "b": "\\d"}, "\\d"),
    ],
)
def test_plain_calls_are_examples(doctest, arguments, expected):
    """A call with literals and a literal answer is an example, with arguments by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert examples(doctest) == (Example("tool", arguments, expected),)


@pytest.mark.parametrize(
    "doctest",
    [
        ">>> tool(1)  # doctest: +SKIP\n[1]",
        ">>> tool(1)  # doctest: +ELLIPSIS\n'a...'",
        ">>> tool(1)\n[1, ...]",
        ">>> tool(1)\nTraceback (most recent call last):\nValueError: no",
        ">>> tool(1)",
        ">>> tool(1)\n(1, 2)",
        ">>> tool(1)\n{1, 2}",
        ">>> tool(1)\n{1: 2}",
        ">>> tool(1)\nb'a'",
        ">>> tool(1)\n1e999",
        ">>> tool(1)\n<object>",
        ">>> tool((1, 2))\n1",
        ">>> tool(...)\n1",
        ">>> tool(x)\n1",
        ">>> tool(1, 'a', 2.0)\n1",
        ">>> tool(1, a=1)\n1",
        ">>> tool(1, d=1)\n1",
        ">>> tool(**{'a': 1})\n1",
        ">>> tool(*[1])\n1",
        ">>> print(tool(1))\n1",
        ">>> tool(1)[0]\n1",
        ">>> other.tool(1)\n1",
        ">>> x = tool(1)\n>>> x\n1",
        ">>> tool(1\n1",
        ">>> tool({[]: 1})\n1",
        ">>>tool(1)\n1",
        ">>> tool(1)\n" + "[" * 150 + "]" * 150 + "+" + "-" * 2000,
    ],
)
def test_everything_else_is_an_illustration(doctest):
    """What is skipped, a pattern, an exception or not plain JSON is no example, and no error."""
    assert examples(doctest) == ()


def test_all_doctests_are_looked_at():
    """Each doctest counts for itself."""
    found = examples(">>> tool(1)\n1\n>>> tool(2)  # doctest: +SKIP\n2\n\nAlso:\n\n>>> tool(3)\n3")

    assert [example.arguments["a"] for example in found] == [1, 3]


@pytest.mark.parametrize("more", ["Permissions: read", "Varies: clock"])
def test_tools_that_depend_on_their_surroundings_have_none(more):
    """A tool that touches files, the network or the clock cannot be checked by its doctests."""
    assert examples(">>> tool(1)\n1", more=more) == ()
    assert examples(">>> tool(1)\n1", more="Permissions: none") != ()


def test_doctest_is_loaded_when_it_is_needed():
    """Importing this module does not load doctest, which brings the debugger and unittest."""
    code = "import sys, toolwright.syntax.examples; print('doctest' in sys.modules)"

    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )
