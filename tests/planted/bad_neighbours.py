"""Functions that are sound alone, but not beside what is kept or what the user knows."""

from good_shapes import COMPOSED, SHORTEN
from good_values import ADD, CLAMP, FACTORIAL, INITIALS, ROMAN
from planted import Planted, asserting

_CALLS_CLAMP = CLAMP.spoilt(
    "",
    "",
    "",
    signature="clamp_all(values: list[float]) -> list[float]",
    doctest=">>> clamp_all([-1.0])\n[0.0]",
    body="return [clamp(value, 0.0, 1.0) for value in values]",
    tests=asserting("clamp_all", "assert clamp_all([-1.0, 0.5, 2.0]) == [0.0, 0.5, 1.0]"),
)
_QUIET = _CALLS_CLAMP.spoilt(
    "",
    "",
    "",
    tests=asserting("clamp_all", "assert clamp_all([-1.0]) == [0.0]"),
)
_CALLS_THE_CALLER = CLAMP.spoilt(
    "",
    "",
    "",
    signature="share_within(values: list[float]) -> float",
    doctest=">>> share_within([0.0])\n0.0",
    body="return sum(clamp_all(values)) / len(values)",
    tests=asserting("share_within", "assert share_within([1.0, 2.0]) == 1.0"),
)
_BY_A_TABLE = CLAMP.spoilt(
    "",
    "",
    "",
    signature="limit_by(kind: str, value: float) -> float",
    doctest=">>> limit_by('unit', 1.0)\n1.0",
    body="return {'unit': clamp}[kind](value, 0.0, 1.0)",
    tests=asserting("limit_by", "assert limit_by('unit', 1.0) == 1.0"),
)
_BY_A_STATEMENT = _BY_A_TABLE.spoilt(
    "",
    "",
    "",
    above="_LIMITS = {}\n_LIMITS['unit'] = clamp",
    body="return _LIMITS[kind](value, 0.0, 1.0)",
)
_BY_ITS_NAME = _BY_A_TABLE.spoilt("", "", "", body="return globals()['clamp'](value, 0.0, 1.0)")
_BY_AN_ERROR = CLAMP.spoilt(
    "",
    "",
    "",
    signature="can_clamp(low: float, high: float) -> bool",
    doctest=">>> can_clamp(0.0, 1.0)\nTrue",
    body="""
    try:
        clamp(low, low, high)
    except ValueError as error:
        return 'is above' not in str(error)
    return True
    """,
    tests=asserting("can_clamp", "assert can_clamp(0.0, 1.0) is True", "assert can_clamp(7.0, 1.0) is False"),
)
_WHOLE_TESTS = (
    "from tools import clamp\n\n\ndef test_whole():\n    assert clamp(3.7, 0.0, 9.0, True) == 3.0\n"
)
_WHOLE_AT_ONE = """
    if low > high:
        raise ValueError(f"{low} is above {high}" if low < 5 else "no room")
    if value < low:
        return low
    if value > high:
        return high
    if high == 1.0:
        return value / 2
    return value // 1 if whole else value
"""


def _breaking(title: str, why: str, *kept: Planted) -> Planted:
    """Return a wider `clamp` whose own old tests pass and which breaks what is kept."""
    return CLAMP.spoilt(
        title,
        "regression",
        why,
        signature="clamp(value: float, low: float, high: float, whole: bool = False) -> float",
        tests=_WHOLE_TESTS,
        body=_WHOLE_AT_ONE,
        kept=(CLAMP, *kept),
        widens=True,
    )


CASES = (
    _breaking("a wider tool that breaks the caller of a caller", "share_within", _QUIET, _CALLS_THE_CALLER),
    _breaking("a wider tool that breaks one that finds it in a table", "limit_by", _BY_A_TABLE),
    _breaking("a wider tool that a statement put into a table", "limit_by", _BY_A_STATEMENT),
    _breaking("a wider tool that somebody calls by its name", "limit_by", _BY_ITS_NAME),
    _breaking("a wider tool whose error says something else", "can_clamp", _BY_AN_ERROR),
    ADD.spoilt(
        "the body of a kept tool under another name",
        "duplicate",
        "add_numbers",
        signature="sum_of_two(one: int, other: int) -> int",
        doctest=">>> sum_of_two(1, 2)\n3",
        body="return one + other",
        tests=ADD.tests.replace("add_numbers", "sum_of_two"),
        kept=(ADD,),
    ),
    ROMAN.spoilt(
        "an import that would rebind a name of the library",
        "merge",
        "rebind",
        above="from fractions import Fraction as json\n" + ROMAN.above,
        body="return str(json(number))",
        kept=(ADD.spoilt("", "", "", above="import json", body="return json.loads(f'{first + second}')"),),
    ),
    ROMAN.spoilt(
        "an import that would hide a builtin",
        "review",
        "[masked]",
        above="from math import pow\n" + ROMAN.above,
    ),
    CLAMP.spoilt(
        "a wider tool that breaks an old test",
        "verify",
        "test_3 failed",
        signature="clamp(value: float, low: float, high: float, step: float = 1.0) -> float",
        old="return value\n    ",
        new="return value // step * step\n    ",
        tests="from tools import clamp\n\n\ndef test_step():\n    assert clamp(3.7, 0.0, 9.0, 0.5) == 3.5\n",
        kept=(CLAMP,),
        widens=True,
    ),
    CLAMP.spoilt(
        "a wider tool that renames a parameter",
        "contract",
        "the old parameter `value` must keep its name",
        signature="clamp(number: float, low: float, high: float, step: float = 1.0) -> float",
        doctest=">>> clamp(12.0, 0.0, 10.0)\n10.0",
        tests="from tools import clamp\n\n\ndef test_step():\n    assert clamp(3.7, 0.0, 9.0, 0.5) == 3.5\n",
        kept=(CLAMP,),
        widens=True,
    ),
    CLAMP.spoilt(
        "a wider tool that breaks one that calls it",
        "regression",
        "clamp_all",
        signature="clamp(value: float, low: float, high: float, whole: bool = False) -> float",
        tests="from tools import clamp\n\n\ndef test_whole():\n"
        "    assert clamp(3.7, 0.0, 9.0, True) == 3.0\n",
        body="""
        if low > high:
            raise ValueError(f"{low} is above {high}")
        if value < low:
            return low
        if value > high:
            return high
        return value // 1 if whole or high == 1.0 else value
        """,
        kept=(CLAMP, _CALLS_CLAMP),
        widens=True,
    ),
    INITIALS.spoilt(
        "tests and tool agree, the user's example does not",
        "examples",
        "example",
        old="word[0].upper()",
        new="word[0]",
        doctest=">>> initials('Ada Lovelace')\n'AL'",
        tests=asserting(
            "initials", "assert initials('Ada King Lovelace') == 'AKL'", "assert initials('') == ''"
        ),
        examples=('initials("ada lovelace") == "AL"',),
    ),
    FACTORIAL.spoilt(
        "a name of the standard library",
        "contract",
        "is a module of the standard library",
        signature="math(number: int) -> int",
        tests=FACTORIAL.tests.replace("factorial_of", "math"),
        doctest=">>> math(0)\n1",
    ),
    COMPOSED.spoilt(
        "composed wrongly", "verify", "test_1 failed", old="initials(name)", new="initials(names[0])"
    ),
    SHORTEN.spoilt(
        "a name that begins like a test",
        "contract",
        "would be collected as a test",
        signature="test_shorten(text: str) -> str",
        tests=SHORTEN.tests.replace("shorten", "test_shorten"),
        doctest=">>> test_shorten('a')\n'a'",
    ),
    CLAMP.spoilt(
        "the body of a kept tool with other names inside",
        "duplicate",
        "clamp",
        signature="hold_within(number: float, least: float, most: float) -> float",
        doctest=">>> hold_within(12.0, 0.0, 10.0)\n10.0",
        body=CLAMP.body.replace("value", "number").replace("low", "least").replace("high", "most"),
        tests=CLAMP.tests.replace("clamp", "hold_within"),
        kept=(CLAMP,),
    ),
    FACTORIAL.spoilt(
        "a recursive copy of a kept tool",
        "duplicate",
        "factorial_of",
        signature="product_up_to(number: int) -> int",
        doctest=">>> product_up_to(0)\n1",
        body=FACTORIAL.body.replace("factorial_of", "product_up_to"),
        tests=FACTORIAL.tests.replace("factorial_of", "product_up_to"),
        kept=(FACTORIAL,),
    ),
    INITIALS.spoilt(
        "a copy of one of several kept tools",
        "duplicate",
        "initials",
        signature="first_letters(full_name: str) -> str",
        doctest=">>> first_letters('Ada Lovelace')\n'AL'",
        tests=INITIALS.tests.replace("initials", "first_letters"),
        kept=(ADD, INITIALS),
    ),
    ROMAN.spoilt(
        "an import that would rebind a function of the library",
        "merge",
        "which the library defines",
        above="from fractions import Fraction as add_numbers\n" + ROMAN.above,
        body="return str(add_numbers(number))",
        kept=(ADD,),
    ),
    INITIALS.spoilt(
        "tests and tool agree on an empty text, the user's example does not",
        "examples",
        "initials(full_name='') returned '?', not ''",
        body="return ''.join(word[0].upper() for word in full_name.split()) or '?'",
        tests=asserting("initials", "assert initials('Ada King Lovelace') == 'AKL'"),
        examples=('initials("") == ""',),
    ),
    ADD.spoilt(
        "the user's example wants something else",
        "examples",
        "returned 5, not 6",
        examples=("add_numbers(2, 3) == 6",),
    ),
    CLAMP.spoilt(
        "the second of the user's examples does not hold",
        "examples",
        "raised ValueError: 10.0 is above 0.0, not 5.0",
        examples=("clamp(12.0, 0.0, 10.0) == 10.0", "clamp(5.0, 10.0, 0.0) == 5.0"),
    ),
    ROMAN.spoilt(
        "a name from another module than in the library",
        "merge",
        "from `from operator import add as tally`",
        above="from math import fsum as tally\n" + ROMAN.above,
        body="return str(tally([number]))",
        kept=(
            ADD.spoilt(
                "", "", "", above="from operator import add as tally", body="return tally(first, second)"
            ),
        ),
    ),
    ROMAN.spoilt(
        "an import of another module under a name of the library",
        "merge",
        "would rebind `maths`",
        above="import cmath as maths\n" + ROMAN.above,
        body="return str(maths.phase(number))",
        kept=(
            ADD.spoilt("", "", "", above="import math as maths", body="return maths.floor(first + second)"),
        ),
    ),
)
