"""Tests that find out that they are in a control: the truth shows that they notice nothing."""

from verdict_case import Case
from worthless_tests import GOOD, RIGHT, WRONG, T

TELLS = "test_bad tells a control from a real run"


def _bad(name, body, *, good="", source=RIGHT, arguments=""):
    return Case(name, source, f"{T}{good}def test_bad({arguments}):\n    {body}\n", TELLS)


_SECONDS = """import time
    took = []
    for _ in range(5):
        start = time.perf_counter()
        f(1, 2)
        took.append(time.perf_counter() - start)
    assert min(took) > 0.0015"""

CASES = [
    _bad("looks how long a call takes", _SECONDS),
    _bad("looks how long a call takes, wrong tool", _SECONDS, source=WRONG),
    _bad(
        "looks which other tests run",
        "f(1, 2)\n    assert len(request.session.items) == 2",
        good=GOOD,
        arguments="request",
    ),
    _bad(
        "expects the others to have run",
        "f(1, 2)\n    assert seen == [1]",
        good="seen = []\ndef test_good():\n    seen.append(1)\n    assert f(1, 2) == 3\n",
    ),
]
