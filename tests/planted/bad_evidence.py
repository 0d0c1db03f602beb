"""Tests that pass whatever the tool does: the controls of the verification refuse them."""

from good_effects import POST, SAVE
from good_values import ADD, CLAMP, FIND, GROUP, VALIDATED
from planted import first_those

_HEAD = "import pytest\nfrom tools import add_numbers\n\n\n"
_GOOD = "def test_good():\n    assert add_numbers(2, 3) == 5\n\n\n"
_NOTHING = "the tests pass as well when every answer of add_numbers is wrong"
_ALONE = "test_bad passes whatever add_numbers does"


def _idle(title, why, body, *, good="", head="", **changes):
    tests = f"{_HEAD}{good}{head}def test_bad():\n    {body}\n"
    return ADD.spoilt(title, "verify", why, tests=tests, **changes)


_ALL = (
    _idle("assert True", _NOTHING, "add_numbers(2, 3)\n    assert True"),
    ADD.spoilt("no assertion", "verify", _NOTHING, tests=_HEAD + "def test_bad():\n    add_numbers(2, 3)\n"),
    _idle("a tautology", _NOTHING, "total = add_numbers(2, 3)\n    assert total == total"),
    _idle("only the type", _NOTHING, "assert isinstance(add_numbers(2, 3), int)"),
    _idle("only not None", _NOTHING, "assert add_numbers(2, 3) is not None"),
    _idle("compares with itself", _NOTHING, "assert add_numbers(2, 3) == add_numbers(2, 3)"),
    _idle("only that order does not matter", _NOTHING, "assert add_numbers(2, 3) == add_numbers(3, 2)"),
    _idle(
        "an assertion that is caught",
        _NOTHING,
        "try:\n        assert add_numbers(2, 3) == 5\n    except AssertionError:\n        pass",
    ),
    _idle("an assertion with a way out", _NOTHING, "assert add_numbers(2, 3) == 5 or True"),
    _idle("a comparison that nobody reads", _NOTHING, "add_numbers(2, 3) == 5  # noqa: B015"),
    _idle("a wide range", _NOTHING, "assert -1e9 < add_numbers(2, 3) < 1e9"),
    _idle("in a list of itself", _NOTHING, "total = add_numbers(2, 3)\n    assert total in [total, 5]"),
    _idle("one idle test among good ones", _ALONE, "add_numbers(4, 5)", good=_GOOD),
    _idle("one test that never calls", "test_bad never calls add_numbers", "assert 2 + 3 == 5", good=_GOOD),
    _idle(
        "set up does all the work",
        "(TestSums::test_total, test_bad)",
        "pass",
        head="class TestSums:\n    def setup_method(self):\n        self.total = add_numbers(2, 3)\n\n"
        "    def test_total(self):\n        assert self.total is not None\n\n\n",
    ),
    ADD.spoilt(
        "parametrised to nothing",
        "verify",
        "got empty parameter set",
        tests=_HEAD + _GOOD + "@pytest.mark.parametrize('value', [])\ndef test_bad(value):\n"
        "    assert add_numbers(value, 0) == value\n",
    ),
    ADD.spoilt(
        "leaves the process",
        "verify",
        "the test process ended before the tests were over",
        tests="import os\n" + _HEAD + "def test_bad():\n    add_numbers(2, 3)\n    os._exit(0)\n",
    ),
    ADD.spoilt(
        "tests that never end",
        "verify",
        "the tests ran longer than",
        tests="import time\n"
        + _HEAD
        + _GOOD
        + "def test_bad():\n    add_numbers(1, 1)\n    time.sleep(3600)\n",
    ),
    VALIDATED.spoilt(
        "nothing but None",
        "verify",
        "check_name returned None in every call",
        body="pass",
        raises="nothing",
        tests="from tools import check_name\n\n\ndef test_a():\n    assert check_name('fine') is None\n",
    ),
    CLAMP.spoilt(
        "any exception or none",
        "verify",
        "the tests pass as well when every answer of clamp is wrong",
        tests="from tools import clamp\n\n\ndef test_bad():\n    try:\n"
        "        clamp(1.0, 2.0, 1.0)\n    except ValueError:\n        pass\n",
    ),
    FIND.spoilt(
        "only a length",
        "verify",
        "the tests pass as well when every answer of first_index is wrong",
        signature="first_index(items: list[str], wanted: str) -> list[int]",
        doctest=">>> first_index(['a'], 'a')\n[0]",
        body="return [items.index(wanted)]",
        tests="from tools import first_index\n\n\ndef test_bad():\n"
        "    assert len(first_index(['a', 'b'], 'b')) == 1\n",
    ),
    GROUP.spoilt(
        "only keys",
        "verify",
        "the tests pass as well when every answer of group_rows is wrong",
        tests="from tools import group_rows\n\n\ndef test_bad():\n"
        "    assert isinstance(group_rows([{'k': 'a'}], 'k'), dict)\n",
    ),
    SAVE.spoilt(
        "a file that nobody looks at",
        "verify",
        "no test notices when save_text leaves the files as they were",
        tests="from tools import save_text\n\n\ndef test_bad(tmp_path):\n"
        "    assert save_text(str(tmp_path / 'a'), 'x') is None\n",
    ),
    POST.spoilt(
        "a request that nobody looks at",
        "verify",
        "no test notices",
        tests="from tools import send_note\n\n\ndef test_bad(httpserver):\n"
        "    httpserver.expect_request('/notes').respond_with_data('', status=201)\n"
        "    assert send_note('hello', 'dummy-secret-NOTES', httpserver.url_for('')) == 201\n",
    ),
)

CASES = first_those(
    _ALL,
    "a tautology",
    "only the type",
    "compares with itself",
    "an assertion that is caught",
    "one idle test among good ones",
    "one test that never calls",
    "parametrised to nothing",
    "nothing but None",
    "a file that nobody looks at",
    "set up does all the work",
)
