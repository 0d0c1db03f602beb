"""Sound tools that only compute: they must be admitted."""

from planted import Planted, asserting, slowly

ADD = Planted(
    "two numbers",
    "add_numbers(first: int, second: int) -> int",
    ">>> add_numbers(1, 2)\n3",
    "return first + second",
    asserting(
        "add_numbers",
        "assert add_numbers(2, 3) == 5",
        "assert add_numbers(-4, 1) == -3",
        "assert add_numbers(0, 0) == 0",
    ),
)
INITIALS = Planted(
    "text",
    "initials(full_name: str) -> str",
    ">>> initials('Ada Lovelace')\n'AL'",
    "return ''.join(word[0].upper() for word in full_name.split())",
    asserting(
        "initials",
        "assert initials('ada king lovelace') == 'AKL'",
        "assert initials('') == ''",
        "assert initials('  x  ') == 'X'",
    ),
)
CLAMP = Planted(
    "boundaries",
    "clamp(value: float, low: float, high: float) -> float",
    ">>> clamp(12.0, 0.0, 10.0)\n10.0",
    """
    if low > high:
        raise ValueError(f"{low} is above {high}")
    if value < low:
        return low
    if value > high:
        return high
    return value
    """,
    asserting(
        "clamp",
        "assert clamp(-1.0, 0.0, 10.0) == 0.0",
        "assert clamp(11.0, 0.0, 10.0) == 10.0",
        "assert [clamp(v, 0.0, 10.0) for v in [0.0, 5.5, 10.0]] == [0.0, 5.5, 10.0]",
        "assert clamp(3.0, 2.0, 2.0) == 2.0",
        "with pytest.raises(ValueError, match='2.0 is above 1.0'):\n        clamp(1.0, 2.0, 1.0)",
    ),
    raises="ValueError: the bounds are the wrong way round.",
)
FACTORIAL = Planted(
    "recursion",
    "factorial_of(number: int) -> int",
    ">>> factorial_of(4)\n24",
    """
    if number < 0:
        raise ValueError("a factorial needs a number that is not negative")
    return 1 if number == 0 else number * factorial_of(number - 1)
    """,
    asserting(
        "factorial_of",
        "assert [factorial_of(n) for n in range(6)] == [1, 1, 2, 6, 24, 120]",
        "with pytest.raises(ValueError, match='not negative'):\n        factorial_of(-1)",
    ),
    raises="ValueError: the number is negative.",
)
GROUP = Planted(
    "nested data",
    "group_rows(rows: list[dict[str, str]], key: str) -> dict[str, list[dict[str, str]]]",
    ">>> group_rows([{'a': 'x'}], 'a')\n{'x': [{'a': 'x'}]}",
    """
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row.get(key, ""), []).append(row)
    return groups
    """,
    asserting(
        "group_rows",
        "rows = [{'k': 'a', 'n': '1'}, {'k': 'b', 'n': '2'}, {'k': 'a', 'n': '3'}]\n"
        "    assert group_rows(rows, 'k') == {'a': [rows[0], rows[2]], 'b': [rows[1]]}",
        "assert group_rows([{'n': '1'}], 'k') == {'': [{'n': '1'}]}",
        "assert group_rows([], 'k') == {}",
    ),
)
ROMAN = Planted(
    "helpers and constants",
    "roman_numeral(number: int) -> str",
    ">>> roman_numeral(9)\n'IX'",
    """
    parts = []
    for value, digit in _DIGITS:
        count, number = divmod(number, value)
        parts.append(_repeated(digit, count))
    return "".join(parts)
    """,
    asserting(
        "roman_numeral",
        "assert roman_numeral(1994) == 'MCMXCIV'",
        "assert roman_numeral(3888) == 'MMMDCCCLXXXVIII'",
        "assert roman_numeral(449) == 'CDXLIX'",
        "assert roman_numeral(6) == 'VI'",
    ),
    above="_DIGITS = ((1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'), (50, 'L'),\n"
    "           (40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I'))",
    below="def _repeated(digit: str, count: int) -> str:\n    return digit * count",
)
MEDIAN = Planted(
    "numbers, nearly equal",
    "median_of(values: list[float]) -> float",
    ">>> median_of([1.0, 2.0])\n1.5",
    """
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
    """,
    asserting(
        "median_of",
        "assert median_of([5.0, 1.0, 3.0]) == 3.0",
        "assert median_of([0.1, 0.4, 0.2, 0.3]) == pytest.approx(0.25)",
        "assert median_of([7.5]) == 7.5",
        "assert median_of([9.0, 1.0]) == 5.0",
    ),
)
FIND = Planted(
    "found or None",
    "first_index(items: list[str], wanted: str) -> int | None",
    ">>> first_index(['a', 'b'], 'b')\n1",
    """
    for index, item in enumerate(items):
        if item == wanted:
            return index
    return None
    """,
    asserting(
        "first_index",
        "assert first_index(['x', 'y', 'x'], 'x') == 0",
        "assert first_index(['x', 'y', 'x'], 'y') == 1",
        "assert first_index(['x'], 'z') is None",
    ),
)
EVEN = Planted(
    "yes or no",
    "is_palindrome(text: str) -> bool",
    ">>> is_palindrome('Anna')\nTrue",
    "letters = [c for c in text.lower() if c.isalnum()]\nreturn letters == letters[::-1]",
    asserting(
        "is_palindrome",
        "assert is_palindrome('A man, a plan, a canal: Panama') is True",
        "assert is_palindrome('ab') is False",
        "assert is_palindrome('') is True",
        "assert is_palindrome('abca') is False",
    ),
)
CONVERT = Planted(
    "a table",
    "convert_length(value: float, unit: str) -> float",
    ">>> convert_length(2.0, 'km')\n2000.0",
    """
    if unit not in _METRES:
        raise KeyError(unit)
    return value * _METRES[unit]
    """,
    asserting(
        "convert_length",
        "assert [convert_length(2.0, u) for u in ['m', 'km', 'cm']] == [2.0, 2000.0, 0.02]",
        "with pytest.raises(KeyError, match='mile'):\n        convert_length(1.0, 'mile')",
    ),
    raises="KeyError: the unit is not known.",
    above="_METRES = {'m': 1.0, 'km': 1000.0, 'cm': 0.01}",
)
VALIDATED = Planted(
    "a check that only raises",
    "check_name(name: str) -> None",
    ">>> check_name('ok')",
    "if not name.isidentifier():\n    raise ValueError(f'{name!r} is no name')",
    asserting(
        "check_name",
        "assert check_name('fine_name') is None",
        "with pytest.raises(ValueError, match=\"'1a' is no name\"):\n        check_name('1a')",
        "with pytest.raises(ValueError, match=\"'' is no name\"):\n        check_name('')",
    ),
    raises="ValueError: it is no name.",
)

CASES = (INITIALS, CLAMP, FACTORIAL, GROUP, ROMAN, VALIDATED, *slowly(ADD, MEDIAN, FIND, EVEN, CONVERT))
