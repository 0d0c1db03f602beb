"""A failure -> what an embedder gets of it: what was said first, twice, and the code without its docstring.

The function's own name says what it is about, not what is wrong with it, so it is left out. Measured on the
kinds of mistake in `benchmarks/lessons` that are not reported; whole messages and docstrings were no better.
"""

import re
from typing import Final

_NAME: Final = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)
_DOCSTRING: Final = re.compile(r'\n[ \t]+[rR]?""".*?"""[ \t]*(?=\n|$)', re.DOTALL)
_LONGEST: Final = 4000

_UNRELATED: Final = (
    (
        "test_ties failed: assert ['b', 'a'] == ['a', 'b']",
        "f(points):\n    return sorted(points, key=points.get)",
    ),
    ("test_missing failed: FileNotFoundError: no such file", "f(path):\n    return open(path).read()"),
    ("test_encoded failed: assert 'a%20b' == 'a b'", "f(url):\n    return url.rpartition('/')[2]"),
    ("the tests notice 3 of 9 deliberate faults", "f(width, height):\n    return width * height"),
    ("test_no_values failed: ZeroDivisionError", "f(values):\n    return sum(values) / len(values)"),
    ("line 25: `csv` is neither defined nor imported", "f(path):\n    return csv.reader(path)"),
    ("test_negative failed: DID NOT RAISE ValueError", "f(number):\n    return number ** 0.5"),
    ("test_deep failed: assert [1, [3]] == [1, 3]", "f(items):\n    return [x for y in items for x in y]"),
)


def in_words(message: str, source: str) -> str:
    """Return the text that stands for a failure."""
    first = message.partition("\n")[0]
    code = _DOCSTRING.sub("", source, count=1)
    text = f"{first}\n{first}\n{code}"[:_LONGEST]
    name = _NAME.search(source)
    return re.sub(rf"\b{name[1]}\b", "f", text) if name else text


STRANGERS: Final = tuple(in_words(message, f"def {code}") for message, code in _UNRELATED)
"""Failures that have nothing to do with each other: what they have in common is what all failures have."""
