"""Functions that pass their tests, but tests notice too little, or answers flip: the challenge says so."""

from good_shapes import SHORTEN
from good_values import ADD, CLAMP, CONVERT, FIND, INITIALS, MEDIAN
from planted import asserting


def _weak(planted, title, *asserted, **changes):
    return planted.spoilt(
        title,
        "challenge",
        "deliberate faults",
        tests=asserting(planted.name, *asserted),
        **changes,
    )


def _flips(planted, title, why, **changes):
    return planted.spoilt(title, "stability", why, **changes)


_ONE_AFTER_THE_OTHER = """from tools import add_numbers

_SEEN = []


def test_first():
    _SEEN.append(add_numbers(2, 3))
    assert _SEEN == [5]


def test_second():
    assert add_numbers(_SEEN[0] if _SEEN else 1, 0) == 5
"""

CASES = (
    _weak(
        ADD,
        "hard-coded to what the tests ask",
        "assert add_numbers(2, 3) == 5",
        body="return 5 if (first, second) == (2, 3) else 3 if first == 1 else first * 7 - second",
    ),
    _weak(CLAMP, "no test at a boundary", "assert clamp(5.0, 0.0, 10.0) == 5.0", raises="nothing"),
    _weak(SHORTEN, "half of it is never run", "assert shorten('abc') == 'abc'"),
    _weak(MEDIAN, "only one item", "assert median_of([7.5]) == 7.5"),
    _weak(FIND, "only what is absent", "assert first_index(['x'], 'x') == 0"),
    _weak(CONVERT, "only a factor of one", "assert convert_length(2.0, 'm') == 2.0", raises="nothing"),
    _weak(
        INITIALS,
        "the end of it is never asked for",
        "assert initials('') == ''",
        body="if full_name == 'Ada Lovelace':\n    return 'AL'\nif len(full_name) > 3:\n"
        "    return full_name[1:3] * 2 + str(len(full_name) - 1)\nreturn ''",
    ),
    _weak(
        CONVERT,
        "most of a table is never asked for",
        "assert convert_length(2.0, 'm') == 2.0",
        above="_METRES = {'m': 1.0, 'km': 7.0, 'cm': 5.0, 'mi': 3.0}",
        body="return value * _METRES[unit]",
        doctest=">>> convert_length(2.0, 'm')\n2.0",
        beside="",
        raises="nothing",
    ),
    _flips(ADD, "a test that depends on the one before", "order", tests=_ONE_AFTER_THE_OTHER),
    _flips(
        INITIALS,
        "the order of a set",
        "another hash seed",
        signature="initials(full_name: str) -> list[str]",
        doctest=">>> sorted(initials('b a'))\n['A', 'B']",
        body="return list({word[0].upper() for word in full_name.split()})",
        tests=asserting(
            "initials", "assert sorted(initials('x y z u v w')) == ['U', 'V', 'W', 'X', 'Y', 'Z']"
        ),
    ),
    _flips(
        INITIALS,
        "a clock that nobody sees in its text",
        "another clock",
        above="import logging",
        doctest=">>> initials('ada king')[:2]\n'AK'",
        body="""
        letters = "".join(word[0].upper() for word in full_name.split())
        return f"{letters} {logging.makeLogRecord({}).created // 86400:.0f}"
        """,
        tests=asserting("initials", "assert initials('ada king').startswith('AK ')"),
    ),
    _flips(
        ADD,
        "an answer by the address of an object",
        "nothing changed (chance, state",
        doctest=">>> add_numbers(1, 2) > 2\nTrue",
        body="return (first + second) * 10**15 + id(object())",
        tests=asserting("add_numbers", "assert add_numbers(2, 3) // 10**15 == 5"),
    ),
    _flips(
        INITIALS,
        "an answer by the name of a temporary file",
        "nothing changed (chance, state",
        above="import tempfile",
        doctest=">>> initials('ada king')[:2]\n'AK'",
        body="""
        letters = "".join(word[0].upper() for word in full_name.split())
        with tempfile.NamedTemporaryFile() as file:
            return letters + file.name
        """,
        tests=asserting("initials", "assert initials('ada king').startswith('AK')"),
    ),
)
