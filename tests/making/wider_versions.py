"""Versions of one tool: what it was, twelve that widen it, and eight that break something that worked."""

from dataclasses import dataclass

DOC = '''    """Cut a text into pieces at a separator.

    Args:
        text: Any text.{arguments}

    Returns:
        The pieces, without blanks around them.

    Raises:
        ValueError: the separator is empty.

    Example:
        >>> cut_text("a, b")
        ['a', 'b']

    Keywords: split, pieces
    """
'''
SEPARATOR = "separator: Where it is cut."
SIGNATURE = 'text: str, separator: str = ","'
CHECK = '    if separator == "":\n        raise ValueError("the separator is empty")\n'
BODY = CHECK + "    return [piece.strip() for piece in text.split(separator)]\n"
TESTS = """import pytest
from tools import cut_text


def test_commas():
    assert cut_text("a, b") == ["a", "b"]


def test_another_separator():
    assert cut_text("a;b", ";") == ["a", "b"]


def test_nothing_between():
    assert len(cut_text("x,,y")) == 3


def test_empty_separator():
    with pytest.raises(Exception):
        cut_text("a", "")
"""
CALLER = '''def count_words(text: str) -> int:
    """Count the words of a text, which are separated by single blanks.

    Args:
        text: Any text.

    Returns:
        How many there are.

    Raises: nothing

    Example:
        >>> count_words("a b")
        2

    Keywords: word count
    """
    return len([word for word in cut_text(text, " ") if word])
'''
CALLER_TESTS = """from tools import count_words


def test_words():
    assert count_words("a b c") == 3


def test_other_blanks_do_not_separate():
    assert count_words("a\\tb c") == 2


def test_none():
    assert count_words("") == 0
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of `cut_text`: what is new in it, how it is written, and a call of its new test."""

    about: str
    signature: str = SIGNATURE
    body: str = BODY
    call: str = 'cut_text("1,2,3") == ["1", "2", "3"]'
    above: str = ""
    refused: str = ""
    """What the reason says, "" for one that is kept."""

    @property
    def head(self) -> str:
        """Signature and docstring."""
        return cut_text(self.signature)


def cut_text(signature: str, body: str = "") -> str:
    """Write the function, or its stub."""
    inside = signature.replace("*, ", "").replace("str | list[str]", "str")
    names = [part.partition(":")[0].strip() for part in inside.split(", ") if ":" in part]
    arguments = "".join(f"\n        {name}: What it says." for name in names if name != "text")
    return f"def cut_text({signature}) -> list[str]:\n{DOC.format(arguments=arguments)}{body}"


def with_tests(version: Version) -> str:
    """Write the additional test."""
    return f"from tools import cut_text\n\n\ndef test_wider():\n    assert {version.call}\n"


WIDER = (
    Version(
        "a limit",
        f"{SIGNATURE}, limit: int = -1",
        CHECK + "    return [piece.strip() for piece in text.split(separator, limit)]\n",
        'cut_text("1,2,3", limit=1) == ["1", "2,3"]',
    ),
    Version(
        "by name only",
        f"{SIGNATURE}, *, keep_empty: bool = True",
        BODY.replace("text.split(separator)]", "text.split(separator) if piece.strip() or keep_empty]"),
        'cut_text("1,,3", keep_empty=False) == ["1", "3"]',
    ),
    Version(
        "two at once",
        f'{SIGNATURE}, prefix: str = "", suffix: str = ""',
        BODY.replace("[piece.strip()", "[prefix + piece.strip() + suffix"),
        'cut_text("1,2", prefix="<", suffix=">") == ["<1>", "<2>"]',
    ),
    Version(
        "more types",
        SIGNATURE.replace("text: str", "text: str | int"),
        BODY.replace("text.split", "str(text).split"),
        'cut_text(121, "2") == ["1", "1"]',
    ),
    Version(
        "none for a default",
        SIGNATURE.replace("separator: str", "separator: str | None"),
        BODY.replace("text.split(separator)", 'text.split("," if separator is None else separator)'),
        'cut_text("1,2", None) == ["1", "2"]',
    ),
    Version(
        "a switch",
        f"{SIGNATURE}, strip: bool = True",
        BODY.replace("piece.strip()", "piece.strip() if strip else piece"),
        'cut_text("1, 2", strip=False) == ["1", " 2"]',
    ),
    Version(
        "another way to write it",
        f"{SIGNATURE}, upper: bool = False",
        CHECK
        + "    pieces = []\n    for piece in text.split(separator):\n"
        + "        pieces.append(piece.strip().upper() if upper else piece.strip())\n    return pieces\n",
        'cut_text("a,b", upper=True) == ["A", "B"]',
    ),
    Version(
        "a helper",
        f"{SIGNATURE}, times: int = 1",
        BODY.replace("piece.strip()", "_again(piece, times)"),
        'cut_text("a,b", times=2) == ["aa", "bb"]',
        "def _again(piece: str, times: int) -> str:\n    return piece.strip() * times\n\n\n",
    ),
    Version(
        "a helper whose name is taken",
        f"{SIGNATURE}, reverse: bool = False",
        BODY.replace("piece.strip()", "_trim(piece, reverse)"),
        'cut_text(" ab,c", reverse=True) == ["ba", "c"] and cut_text(" ab ") == ["ab"]',
        "def _trim(piece: str, reverse: bool) -> str:\n"
        "    return piece.strip()[::-1] if reverse else piece.strip()\n\n\n",
    ),
    Version(
        "an import",
        f"{SIGNATURE}, unescape: bool = False",
        BODY.replace("text.split", "(html.unescape(text) if unescape else text).split"),
        'cut_text("1,&lt;", unescape=True) == ["1", "<"] and cut_text("&lt;") == ["&lt;"]',
        "import html\n\n\n",
    ),
    Version(
        "a constant",
        f"{SIGNATURE}, also: str = _ALSO",
        CHECK
        + "    for one in also:\n        text = text.replace(one, separator)\n"
        + "    return [piece.strip() for piece in text.split(separator)]\n",
        'cut_text("1,2|3", also="|") == ["1", "2", "3"]',
        '_ALSO = ""\n\n\n',
    ),
    Version(
        "only the first ones",
        f"{SIGNATURE}, most: int = 1000",
        BODY.replace("separator)]", "separator)][:most]"),
        'cut_text("1,2,3", most=2) == ["1", "2"]',
    ),
)
BREAKING = (
    Version("another default", SIGNATURE.replace('","', '";"'), refused="old parameter `separator`"),
    Version(
        "a parameter renamed",
        SIGNATURE.replace("separator", "at"),
        BODY.replace("separator", "at"),
        refused="old parameter `separator`",
    ),
    Version(
        "another order",
        'separator: str = ",", text: str = ""',
        refused="old parameter `text`",
    ),
    Version(
        "a new parameter without a default",
        SIGNATURE.replace("separator", "limit: int, separator"),
        refused="old parameter `separator`",
    ),
    Version(
        "a narrower type",
        SIGNATURE.replace("separator: str", 'separator: Literal[",", ";", " "]'),
        above="from typing import Literal\n\n\n",
        refused="`separator` must still take what it took",
    ),
    Version(
        "another answer that no old test looks at",
        f'{SIGNATURE}, empty: str = "-"',
        BODY.replace("piece.strip()", "(piece.strip() or empty)"),
        'cut_text("1,,2", empty="0") == ["1", "0", "2"]',
        refused='cut_text(text="x,,y") answered ["x", "", "y"] until now',
    ),
    Version(
        "another kind of error",
        f"{SIGNATURE}, limit: int = -1",
        BODY.replace("ValueError(", "UnicodeError(").replace("split(separator)", "split(separator, limit)"),
        'cut_text("1,2,3", limit=1) == ["1", "2,3"]',
        refused='cut_text(text="a", separator="") answered with ValueError until now',
    ),
    Version(
        "what its caller relied on",
        f"{SIGNATURE}, limit: int = -1",
        CHECK
        + '    if separator == " ":\n        return text.split(None, limit)\n'
        + "    return [piece.strip() for piece in text.split(separator, limit)]\n",
        'cut_text("1,2,3", limit=1) == ["1", "2,3"]',
        refused="count_words(",
    ),
)
