"""Forms of functions: equal for those that differ in names, notes and layout only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.alpha import alpha_form

NAMES = ("f", "h", "limit", "a", "b", "c", "i", "n", "inner", "error")
FUNCTION = """
import math

{limit} = 3


def {h}({a}, *, {n}={limit}):
    return [{i} + {a} for {i} in range({n}) if ({b} := {i})] + [{b}]


def {f}({a}, {b}=2, *{c}, **{n}):
    {i} = lambda {h}: {h}.n + {a}
    for {error} in {c}:
        {error} += {b}
    try:
        {b} = {h}({a}, {n}=2)
    except ValueError as {error}:
        raise KeyError("f", {error}) from {error}

    def {inner}({h}):
        nonlocal {b}
        {b} = math.floor({h})
        match {h}:
            case [{i}, *{c}] | {{"a": {i}, **{c}}} if {i}:
                return {i}, {c}, {f}({a}={i})
        return f"{{{b}}} {{{i}!r:>{{{a}}}}}"

    return {inner}({i}), {limit}, {b}
"""
WORDS = st.from_regex(r"[a-z]{1,3}", fullmatch=True).filter(
    lambda word: word not in {"if", "in", "is", "or", "as", "not", "and", "for", "def", "del", "try"}
)


def written(names: dict[str, str]) -> str:
    """Write the function with other names; those that stand for attributes and strings stay."""
    text = FUNCTION
    for name in NAMES:
        text = text.replace(f"{{{name}}}", f"<{name}>").replace(f"{{{{{name}}}}}", f"{{{name}}}")
    text = text.replace("{{", "{").replace("}}", "}")
    for name, new in names.items():
        text = text.replace(f"<{name}>", new)
    return text


def form(names: dict[str, str]) -> str:
    """Return the form of the function with other names."""
    return alpha_form(written(names), names["f"])


SAME = form({name: name for name in NAMES})


@given(st.lists(WORDS, min_size=len(NAMES), max_size=len(NAMES), unique=True))
def test_names_do_not_count(words):
    """Parameters, variables, inner functions, helpers and constants may have any names."""
    assert form(dict(zip(NAMES, words, strict=True))) == SAME


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("def f(a):\n    return a", 'def f(a: int = ...) -> "x":\n    """Doc."""\n    return a'),
        ("import math\ndef f(a):\n    return math.pi", "from math import pi as p\ndef g(a):\n    return p"),
        ("import math\ndef f(a):\n    return math.pi", "def g(a):\n    import math as m\n    return m.pi"),
        ("def f(a):\n    b: int = a\n    return b", "def f(x):\n    # note\n    y = (x)\n    return y"),
        (
            "import os.path\ndef f(a):\n    return os.path.sep",
            "def f(a):\n    from os.path import sep\n    return sep",
        ),
        ("def f(a):\n    return f(a)", "def g(b):\n    return g(b)"),
    ],
)
def test_notes_and_ways_of_importing_do_not_count(left, right):
    """Annotations, docstrings and where an import stands say nothing about what is done."""
    right = right.replace(" = ...", "")
    assert alpha_form(left, "f") == alpha_form(right, right.split("def ")[1][0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("def f(a, b):\n    return a - b", "def f(a, b):\n    return b - a"),
        ("def f(a):\n    return a + 1", "def f(a):\n    return a + 2"),
        ("def f(a):\n    return a + 1", "def f(a):\n    return a + True"),
        ("def f(a=1):\n    return a", "def f(a=2):\n    return a"),
        ("def f(a):\n    return a.x", "def f(a):\n    return a.y"),
        ("def f(a):\n    return len(a)", "def f(a):\n    return sum(a)"),
        ("def f(a, *, b=1):\n    return a", "def f(a, b=1):\n    return a"),
        ("import math as m\ndef f(a):\n    return m.pi", "import cmath as m\ndef f(a):\n    return m.pi"),
        (
            "def _h():\n    return 1\ndef f(a):\n    return _h()",
            "def _h():\n    return 2\ndef f(a):\n    return _h()",
        ),
        (
            "def f(a):\n    b = 1\n    def g():\n        b = a\n    return b",
            "def f(a):\n    b = 1\n    def g():\n        nonlocal b\n        b = a\n    return b",
        ),
        ("def f(a):\n    return [a for b in a]", "def f(a):\n    return [a for a in a]"),
        ("def f(a):\n    return 'a'", "def f(b):\n    return 'b'"),
    ],
)
def test_what_is_done_counts(left, right):
    """Everything that can change an answer is another function."""
    assert alpha_form(left, "f") != alpha_form(right, "f")


def test_only_functions_have_a_form():
    """A name that is no function of the text is not found."""
    for name in ("x", "missing"):
        with pytest.raises(KeyError):
            alpha_form("x = 1\n", name)
