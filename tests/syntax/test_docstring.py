"""Docstrings: Google sections in any order and any whitespace, and nothing that makes the parser fail."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.docstring import outdented, parse_docstring
from toolwright.types import Docstring

WHOLE = """Add up a column
    of rows.

    More about it.

    Args:
        rows: The rows,
            as they come.
        column (str, optional): Its name: a text.
        sizes (dict[str, tuple(int, int)]): Nested brackets.

    Returns:
        The sum.

        With a second paragraph.

    Raises:
        KeyError: no such column.

    Example:
        >>> total([{"a": 1}],
        ...       "a")
        1

    Keywords: sum, add up, total amount

    Permissions: read, network
    Varies: clock
    Requires: requests, python-dateutil
    Secrets: api_key
    """

EXPECTED = Docstring(
    summary="Add up a column of rows.",
    args={
        "rows": "The rows, as they come.",
        "column": "Its name: a text.",
        "sizes": "Nested brackets.",
    },
    returns="The sum.\n\nWith a second paragraph.",
    raises="KeyError: no such column.",
    example='>>> total([{"a": 1}],\n...       "a")\n1',
    keywords=("sum", "add up", "total amount"),
    permissions=("read", "network"),
    varies=("clock",),
    requires=("requests", "python-dateutil"),
    secrets=("api_key",),
)


def test_every_section_is_read():
    """A whole docstring of Google's style comes apart into its parts."""
    assert parse_docstring(WHOLE) == EXPECTED


@pytest.mark.parametrize("change", ["\r\n", "\t", "cleaned"])
def test_whitespace_does_not_matter(change):
    """Windows newlines, tabs for the indent and a text that is dedented already give the same parts."""
    text = {
        "\r\n": WHOLE.replace("\n", "\r\n"),
        "\t": WHOLE.replace("    ", "\t"),
        "cleaned": inspect.cleandoc(WHOLE),
    }[change]
    read = parse_docstring(text)

    assert (read.summary, read.args, read.keywords) == (EXPECTED.summary, EXPECTED.args, EXPECTED.keywords)
    assert read.example.split() == EXPECTED.example.split()


def test_order_does_not_matter():
    """The sections may stand in any order."""
    summary, *sections = inspect.cleandoc(WHOLE).split("\n\n")
    blocks = "\n\n".join(sections).replace("\n\n    ", "\0").split("\n\n")
    turned = "\n\n".join([summary, *reversed(blocks)]).replace("\0", "\n\n    ")

    assert turned.index("Secrets:") < turned.index("Args:")
    assert parse_docstring(turned) == EXPECTED


def test_sections_on_one_line():
    """A section may begin beside its header, and go on below it."""
    read = parse_docstring(
        "Do it.\n\nArgs: text: Any text.\n    more: Another.\nReturns: the text\n    in capitals\n"
        "Raises: nothing\nExample: >>> shout('a')\n    'A'\nKeywords: a,\n    b"
    )

    assert read.args == {"text": "Any text.", "more": "Another."}
    assert read.returns == "the text\nin capitals"
    assert read.raises == "nothing"
    assert read.example == ">>> shout('a')\n'A'"
    assert read.keywords == ("a", "b")


@pytest.mark.parametrize("text", [None, "", "   \n\n  "])
def test_nothing_gives_nothing(text):
    """A missing or blank docstring has only empty parts."""
    assert parse_docstring(text) == Docstring()


def test_keywords_end_at_a_blank_line_and_at_other_sections():
    """What stands below the keywords is not a keyword."""
    assert parse_docstring("Do.\n\nKeywords: a, b\n\nMore text, here.").keywords == ("a", "b")
    assert parse_docstring("Do.\n\nKeywords: a, b\nNote:\n    c, d").keywords == ("a", "b")
    assert parse_docstring("Do.\n\nReturns:\n    It.\n\nNote:\n    Other.").returns == "It."


@pytest.mark.parametrize("word", ["none", "Nothing", "None.", ""])
def test_none_is_no_permission(word):
    """`Permissions: none` declares no permission."""
    read = parse_docstring(f"Do.\n\nPermissions: {word}\nVaries: {word}\nRequires: {word}\nSecrets: {word}")

    assert (read.permissions, read.varies, read.requires, read.secrets) == ((), (), (), ())


def test_permissions_may_be_separated_by_blanks():
    """`read write` are two permissions, however they are separated."""
    assert parse_docstring("Do.\n\nPermissions: read write").permissions == ("read", "write")
    assert parse_docstring("Do.\n\nPermissions: read,write.").permissions == ("read", "write")


def test_a_section_that_comes_twice_counts_once():
    """The second header of the same section is text of the first."""
    read = parse_docstring("Do.\n\nReturns:\n    One.\n\nReturns:\n    Two.")

    assert read.returns.startswith("One.")
    assert "Two." in read.returns


def test_words_that_look_like_headers_are_text():
    """A colon in prose begins no section."""
    read = parse_docstring("Say when: now.\n\nArgs:\n    when: One of\n        now: at once.\n")

    assert read.summary == "Say when: now."
    assert read.args == {"when": "One of now: at once."}


_PIECES = st.sampled_from(
    [
        "Args:",
        "Returns:",
        "Keywords:",
        "Example:",
        ">>> f(1)",
        "    x: y",
        "\tx: y",
        "",
        "*a (b): c",
        ":",
        "Note:",
    ]
)


@given(st.one_of(st.text(), st.lists(st.one_of(_PIECES, st.text(max_size=8))).map("\n".join)))
def test_any_text_is_read(text):
    """No text makes the parser fail, and no part holds more than the text did."""
    read = parse_docstring(text)

    assert all(word.strip() for word in read.keywords)
    assert len(read.example) <= len(text.expandtabs())


@given(st.text(st.sampled_from(" \t\nab\r\x0b\u2003")))
def test_indentation_goes_as_the_standard_library_takes_it(text: str) -> None:
    """What is outdented by hand is what `inspect.cleandoc` makes of it, once or twice."""
    assert outdented(text) == inspect.cleandoc(text)
