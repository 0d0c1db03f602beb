"""Library texts: which functions are tools, where they stand, and their source as it is."""

import time
import warnings

import pytest

from toolwright.errors import LibrarySyntaxError
from toolwright.syntax.reading import BELOW, read_library

PLAIN = (
    'import os\n\n\ndef one(a: str) -> str:\n    """One."""\n    return a\n\n\n'
    "@cache\n@other(1)\ndef two() -> None:\n    pass\n"
)


def test_tools_in_file_order():
    """Every typed public function is a tool; the rest is the user's own, each with a reason."""
    listing = read_library(
        f"{PLAIN}\ndef _private(): pass\nasync def three() -> int: return 1\n"
        "def four() -> int:\n    yield 1\nclass C:\n    def method(self) -> int: return 1\n"
        "if True:\n    def hidden() -> int: return 1\n"
    )

    assert [(tool.name, tool.line) for tool in listing.tools] == [("one", 4), ("two", 11)]
    assert [(other.name, other.reason) for other in listing.not_offered] == [
        ("three", "is async"),
        ("four", "is a generator; return a list"),
        ("hidden", BELOW),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "if x:\n    pass\nelse:\n    def one(): pass\n",
        "try:\n    import x\nexcept ImportError:\n    def one(): pass\n",
        "with x:\n    for y in z:\n        async def one(): pass\n",
        "match x:\n    case 1:\n        def one(): pass\n",
    ],
)
def test_functions_below_other_statements_are_named(statement):
    """What is defined in one case only is said to be no tool; methods and inner functions are not named."""
    inner = (
        "class C:\n    if x:\n        def method(self): pass\n"
        "def two() -> None:\n    if x:\n        def own(): pass\n"
    )
    listing = read_library(f"{inner}{statement}")
    assert [(other.name, other.reason) for other in listing.not_offered] == [("one", BELOW)]
    assert "def one" in f"{inner}{statement}".splitlines()[listing.not_offered[0].line - 1]
    assert read_library(f"{statement}def one() -> int:\n    return 1\n").not_offered == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_lines_and_source_whatever_the_newlines(newline, bom):
    """Byte order mark and newline style change neither line numbers nor the source that is shown."""
    tools = read_library(bom + PLAIN.replace("\n", newline)).tools

    assert [tool.line for tool in tools] == [4, 11]
    assert tools[0].source == 'def one(a: str) -> str:\n    """One."""\n    return a\n'
    assert tools[1].source == "@cache\n@other(1)\ndef two() -> None:\n    pass\n"


def test_a_byte_order_mark_is_no_part_of_the_first_function():
    """The source of a function on the first line begins with its `def`."""
    assert read_library("\ufeffdef one() -> int:\n    return 1\n").tools[0].source.startswith("def one")


def test_characters_that_only_look_like_newlines():
    """Form feeds and the line separators of Unicode do not count as lines."""
    text = "X = 'a\x1cb\u2028c\x85'\n\x0c\ndef one() -> str:\n    return '\u2029\x0b'\n"
    (tool,) = read_library(text).tools

    assert tool.line == 3
    assert tool.source == "def one() -> str:\n    return '\u2029\x0b'\n"


def test_the_last_definition_counts():
    """Of two functions of one name the later one is the tool, whatever the first was."""
    listing = read_library(
        "def one() -> str:\n    return 'a'\ndef one(x): pass\ndef two(x): pass\ndef two() -> int: return 2\n"
    )

    assert [(tool.name, tool.line) for tool in listing.tools] == [("two", 5)]
    assert [(other.name, other.line) for other in listing.not_offered] == [("one", 3)]


@pytest.mark.parametrize(
    "after",
    [
        "one = None",
        "import one",
        "from a import b as one",
        "if x:\n    one = 1",
        "class one: pass",
        "del one",
        "(one := 1)",
    ],
)
def test_a_name_that_is_bound_again_is_not_offered(after):
    """A function whose name later means something else cannot be called by that name."""
    listing = read_library(f"def one() -> int:\n    return 1\n\n{after}\n")

    assert not listing.tools
    assert listing.not_offered[0].reason == "is bound again on line 4"
    assert read_library(f"one = None\n{PLAIN}").tools[0].name == "one"
    assert (
        len(read_library(f"{PLAIN}def f(): one = 1\n_x = [one for one in two()]\n_y = lambda one: 1\n").tools)
        == 2
    )


def test_a_nested_generator_does_not_make_one():
    """Only a `yield` of the function itself makes it a generator, not one in a function inside it."""
    text = (
        "def one() -> list:\n    def inner():\n        yield 1\n"
        "    x = lambda: (yield)\n    return list(inner())  # yield\n"
    )

    assert read_library(text).tools


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def one(:\n    pass\n", "lib.py, line 1: "),
        ("x = 1\n\n  y = 2\n", "lib.py, line 3: unexpected indent"),
        ("x = 'a\0b'\n", "null bytes"),
        ("x = '\ud800'\n", "not text"),
        ("x = " + "(" * 300, "too many nested parentheses"),
        ("x = " + "-" * 100_000 + "1", "nested too deeply"),
        ("x = " + "+".join(["1"] * 50_000), "nested too deeply"),
        ("# coding: nonsense\nx = (\n", "lib.py"),
    ],
)
def test_what_is_not_python(text, said):
    """A text that does not parse is one error with file, line and reason, never a crash."""
    with pytest.raises(LibrarySyntaxError) as raised:
        read_library(text, "lib.py")

    assert said in str(raised.value)
    assert str(raised.value).startswith("lib.py")


def test_long_expressions_are_read():
    """A sum of 900 parts in a body or a default, deep as its tree is, neither crashes nor takes long."""
    long = "+".join(["1"] * 900)
    began = time.monotonic()
    listing = read_library(
        f"def one() -> int:\n    return {long}  # yield\n\n\ndef two(n: int = {long}) -> int:\n    return n\n"
    )

    assert listing.tools[0].name == "one"
    assert {entry.name for entry in (*listing.tools, *listing.not_offered)} == {"one", "two"}
    assert time.monotonic() - began < 15


def test_old_escapes_warn_nobody():
    """Reading a library does not pass on the parser's warnings, which belong to whoever runs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_library("def one() -> str:\n    return '\\d'\n").tools


def test_an_empty_text_has_no_tools():
    """Nothing is read from nothing."""
    assert read_library("") == read_library("\ufeff\r\n# only a comment")
    assert read_library("").tools == ()
