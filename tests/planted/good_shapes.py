"""Sound tools of special shapes: types, parameters, tests and what varies; they must be admitted."""

from good_values import INITIALS
from planted import Planted, asserting, slowly

SPAN = Planted(
    "a TypedDict",
    "span_of(values: list[int]) -> _Span",
    ">>> span_of([3, 1])\n{'low': 1, 'high': 3}",
    "return {'low': min(values), 'high': max(values)}",
    asserting(
        "span_of",
        "assert span_of([4, 9, 2]) == {'low': 2, 'high': 9}",
        "assert span_of([7]) == {'low': 7, 'high': 7}",
        "with pytest.raises(ValueError):\n        span_of([])",
    ),
    raises="ValueError: there are no values.",
    beside="from typing import TypedDict\n\n\nclass _Span(TypedDict):\n    low: int\n    high: int",
)
PORT = Planted(
    "an exception class of its own",
    "parse_port(text: str) -> int",
    ">>> parse_port('80')\n80",
    """
    if not text.isdecimal():
        raise PortError(f"{text!r} is not a number")
    port = int(text)
    if port < 1 or port > 65535:
        raise PortError(f"{port} is out of range")
    return port
    """,
    "import pytest\nfrom tools import PortError, parse_port\n\n\n"
    "def test_ports():\n    assert [parse_port(t) for t in ['1', '443', '65535']] == [1, 443, 65535]\n\n\n"
    "@pytest.mark.parametrize('text', ['', 'x', '-1'])\ndef test_no_number(text):\n"
    "    with pytest.raises(PortError, match='is not a number'):\n        parse_port(text)\n\n\n"
    "@pytest.mark.parametrize('text', ['0', '65536'])\ndef test_range(text):\n"
    "    with pytest.raises(PortError, match=f'{text} is out of range'):\n        parse_port(text)\n",
    raises="PortError: the text is no port.",
    beside='class PortError(ValueError):\n    """A text that is no port."""',
)
REVERSED = Planted(
    "hypothesis",
    "reverse_words(text: str) -> str",
    ">>> reverse_words('one two')\n'two one'",
    "return ' '.join(reversed(text.split()))",
    "from hypothesis import given, strategies as st\nfrom tools import reverse_words\n\n\n"
    "def test_order():\n    assert reverse_words('a bc d') == 'd bc a'\n\n\n"
    "@given(st.lists(st.text('abc', min_size=1), max_size=5))\ndef test_words(words):\n"
    "    assert reverse_words(' '.join(words)) == ' '.join(words[::-1])\n",
)
SHUFFLED = Planted(
    "a seed as a parameter",
    "draw_names(names: list[str], count: int, seed: int | None = None) -> list[str]",
    ">>> draw_names(['a'], 1, seed=1)\n['a']",
    "return sorted(random.Random(seed).sample(names, count))",
    asserting(
        "draw_names",
        "names = ['a', 'b', 'c', 'd', 'e', 'f']\n"
        "    assert draw_names(names, 3, seed=1) == ['a', 'b', 'e'] == draw_names(names, 3, seed=1)",
        "assert draw_names(['z', 'a', 'm'], 3) == ['a', 'm', 'z']",
        "assert draw_names(['a'], 0, seed=3) == []",
    ),
    says=("Varies: random",),
    above="import random",
)
AGE = Planted(
    "now as a parameter",
    "days_since(day: str, now: str | None = None) -> int",
    ">>> days_since('2024-01-01', now='2024-01-03')\n2",
    """
    today = date.fromisoformat(now) if now else date.today()
    return (today - date.fromisoformat(day)).days
    """,
    asserting(
        "days_since",
        "assert days_since('2024-02-28', now='2024-03-01') == 2",
        "assert days_since('2024-03-01', now='2024-03-01') == 0",
        "assert days_since('2024-03-02', now='2024-03-01') == -1",
        "assert days_since('2024-01-01') > 300",
    ),
    says=("Varies: clock",),
    above="from datetime import date",
)
COMPOSED = Planted(
    "composed of tools that are kept",
    "initials_of_all(names: list[str]) -> list[str]",
    ">>> initials_of_all(['Ada Lovelace'])\n['AL']",
    "return [initials(name) for name in names]",
    asserting(
        "initials_of_all",
        "assert initials_of_all(['ada king', 'x y z']) == ['AK', 'XYZ']",
        "assert initials_of_all([]) == []",
    ),
    kept=(INITIALS,),
)
UNITTEST = Planted(
    "tests in a class",
    "count_vowels(text: str) -> int",
    ">>> count_vowels('tea')\n2",
    "return sum(letter in 'aeiou' for letter in text.lower())",
    "import unittest\nfrom tools import count_vowels\n\n\nclass TestVowels(unittest.TestCase):\n"
    "    def setUp(self):\n        self.word = 'Aeiou and sky'\n\n"
    "    def test_many(self):\n        self.assertEqual(count_vowels(self.word), 6)\n\n"
    "    def test_none(self):\n        self.assertEqual(count_vowels('sky'), 0)\n",
)
REPEAT = Planted(
    "an optional parameter",
    "join_words(words: list[str], separator: str | None = None) -> str",
    ">>> join_words(['a', 'b'])\n'a b'",
    "return (' ' if separator is None else separator).join(words)",
    asserting(
        "join_words",
        "assert join_words(['x', 'y', 'z']) == 'x y z'",
        "assert join_words(['x', 'y'], '-') == 'x-y'",
        "assert join_words(['x', 'y'], '') == 'xy'",
        "assert join_words([]) == ''",
    ),
)
SHORTEN = Planted(
    "keyword-only parameters",
    "shorten(text: str, *, limit: int = 10, mark: str = '...') -> str",
    ">>> shorten('a long sentence')\n'a long ...'",
    """
    if len(text) <= limit:
        return text
    return text[: limit - len(mark)] + mark
    """,
    asserting(
        "shorten",
        "assert shorten('0123456789') == '0123456789'",
        "assert shorten('01234567890') == '0123456...'",
        "assert shorten('abcdef', limit=5, mark='~') == 'abcd~'",
        "assert shorten('abcdef', limit=5, mark='') == 'abcde'",
    ),
)
ROUNDED = Planted(
    "a choice of words",
    "rounded(value: float, way: Literal['up', 'down']) -> int",
    ">>> rounded(1.5, 'up')\n2",
    "return math.ceil(value) if way == 'up' else math.floor(value)",
    asserting(
        "rounded",
        "assert [rounded(v, 'up') for v in [1.2, 2.0, -1.5]] == [2, 2, -1]",
        "assert [rounded(v, 'down') for v in [1.2, 2.0, -1.5]] == [1, 2, -2]",
    ),
    beside="from typing import Literal",
    above="import math",
)

CASES = (SPAN, PORT, SHUFFLED, AGE, COMPOSED, SHORTEN, *slowly(REVERSED, UNITTEST, REPEAT, ROUNDED))
