"""Functions that do the wrong thing, with honest tests: running the tests refuses them."""

from good_effects import BACKUP, FETCH, READ, SAVE
from good_shapes import PORT, REVERSED, SHORTEN, SPAN
from good_values import ADD, CLAMP, FACTORIAL, FIND, GROUP, INITIALS, MEDIAN
from planted import first_those


def _wrong(planted, title, why, **changes):
    return planted.spoilt(title, "verify", why, **changes)


_ALL = (
    _wrong(CLAMP, "wrong at one boundary", "test_3 failed", old="value > high", new="value >= high - 5"),
    _wrong(SHORTEN, "one character too many", "test_2 failed", old="<= limit", new="<= limit + 1"),
    _wrong(
        MEDIAN,
        "wrong for an even count",
        "test_2 failed",
        old="ordered[middle - 1] + ",
        new="ordered[middle] + ",
    ),
    _wrong(
        INITIALS,
        "nothing for the empty text",
        "test_2 failed",
        body="words = full_name.split()\n"
        "return words[0][0].upper() + ''.join(w[0].upper() for w in words[1:])",
    ),
    _wrong(
        FIND,
        "the last instead of the first",
        "test_1 failed",
        body="found = None\nfor index, item in enumerate(items):\n    if item == wanted:\n"
        "        found = index\nreturn found",
    ),
    _wrong(ADD, "returns nothing", "failed", body="first + second"),
    _wrong(ADD, "not yet written", "failed", body="raise NotImplementedError"),
    _wrong(ADD, "an answer of another type", "failed", body="return str(first + second)"),
    _wrong(
        SPAN,
        "a key that was not promised",
        "test_1 failed: AssertionError: assert {'low': 2, 'h... 9, 'mean': 0}",
        body="return {'low': min(values), 'high': max(values), 'mean': 0}",
    ),
    _wrong(GROUP, "an answer that is no JSON", "returned a dict with an int key", body="return {1: rows}"),
    _wrong(
        ADD,
        "an infinite number",
        "returned the float inf",
        signature="add_numbers(first: int, second: int) -> float",
        body="return float(first + second) * 1e308 * 10",
    ),
    _wrong(
        FACTORIAL,
        "recursion without an end",
        "RecursionError",
        body="return number * factorial_of(number - 1)",
    ),
    _wrong(
        REVERSED,
        "wrong where only a property looks",
        "test_words failed",
        body="words = text.split()\nreturn ' '.join(reversed(words)) if len(words) < 4 else text",
    ),
    _wrong(
        PORT,
        "another exception than promised",
        "failed",
        old='raise PortError(f"{text!r} is not a number")',
        new='raise TypeError(f"{text!r} is not a number")',
    ),
    _wrong(
        PORT,
        "an error that is swallowed",
        "failed",
        old='raise PortError(f"{port} is out of range")',
        new="return 0",
    ),
    _wrong(
        ADD,
        "hard-coded to the example alone",
        "failed",
        body="return {(1, 2): 3, (2, 3): 5}.get((first, second), 0)",
    ),
    _wrong(
        ADD,
        "an example that is not true",
        "an example that was given does not hold",
        doctest=">>> add_numbers(1, 2)\n4",
    ),
    _wrong(
        ADD,
        "a loop that never ends for some",
        "ran longer than",
        body="while first + second == 0:\n    first -= 1\n    second += 1\nreturn first + second",
    ),
    _wrong(ADD, "takes all memory", "MB of memory", body="return len([0] * 10**11) * 0 + first + second"),
    _wrong(SAVE, "writes nothing", "test_saved failed", old="file.write(text)", new="file.write('')"),
    _wrong(SAVE, "appends instead", "test_replaced failed", old="'w'", new="'a'"),
    _wrong(READ, "counts what is empty", "failed", old=" if line.strip()", new=""),
    _wrong(
        BACKUP,
        "spoils what it copies",
        "test_copy failed",
        tests=BACKUP.tests.replace(
            "== 'ABC'\n", "== 'ABC'\n    assert (tmp_path / 'a').read_text() == 'abc'\n"
        ),
        old="return target",
        new='with open(path, "w", encoding="utf-8") as file:\n        file.write("")\n    return target',
    ),
    _wrong(FETCH, "asks for the wrong page", "failed", old="/{city}", new="/{city.lower()}"),
    _wrong(
        FETCH,
        "asks twice",
        "failed",
        old="with urllib",
        new='urllib.request.urlopen(f"{base_url}/{city}", timeout=5).close()\n    with urllib',
    ),
)

CASES = first_those(
    _ALL,
    "wrong at one boundary",
    "nothing for the empty text",
    "an answer that is no JSON",
    "another exception than promised",
    "an example that is not true",
    "appends instead",
    "takes all memory",
    "asks for the wrong page",
)
