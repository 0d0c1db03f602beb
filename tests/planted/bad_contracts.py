"""Tests that cannot judge anything, as their text shows: the contract is sent back."""

from good_effects import READ
from good_values import ADD, CLAMP, INITIALS

_HEAD = "from tools import add_numbers\n\n\n"
_GOOD = _HEAD + "def test_sum():\n    assert add_numbers(2, 3) == 5\n"


def _tests(title, why, tests, planted=ADD):
    return planted.spoilt(title, "contract", why, tests=tests)


CASES = (
    _tests("no tests", "holds no function that begins with `test_`", _HEAD.rstrip() + "\n"),
    _tests(
        "tests that are not collected",
        "holds no function that begins with `test_`",
        _GOOD.replace("test_sum", "check_sum"),
    ),
    _tests(
        "tests that call nothing", "no test calls `add_numbers`", _HEAD + "def test_a():\n    assert True\n"
    ),
    _tests(
        "not imported", "must have `from tools import add_numbers`", "def test_a():\n    assert 1 + 1 == 2\n"
    ),
    _tests(
        "redefined in the test",
        "define their own `add_numbers`",
        _GOOD + "\n\ndef add_numbers(a, b):\n    return a + b\n",
    ),
    _tests(
        "the same test twice",
        "`test_sum` is defined twice",
        _GOOD + "\n\ndef test_sum():\n    assert add_numbers(1, 1) == 2\n",
    ),
    _tests("skipped", "[skipping]", "import pytest\n" + _GOOD.replace("def", "@pytest.mark.skip\ndef")),
    _tests(
        "expected to fail", "[skipping]", "import pytest\n" + _GOOD.replace("def", "@pytest.mark.xfail\ndef")
    ),
    _tests(
        "a test under an if",
        "[hiding]",
        _GOOD + "\n\nif False:\n    def test_b():\n        assert add_numbers(1, 1) == 3\n",
    ),
    _tests(
        "any error will do",
        "[any-error]",
        "import pytest\n" + _GOOD + "    with pytest.raises(Exception):\n        add_numbers('a', 1)\n",
    ),
    _tests(
        "skipped from inside",
        "[skipping]",
        "import pytest\n" + _GOOD.replace("    assert", "    pytest.skip('later')\n    assert"),
    ),
    _tests(
        "skipped when something is missing",
        "[skipping]",
        "import pytest\n" + _GOOD + "\n\npytest.importorskip('absent_module')\n",
    ),
    _tests(
        "the tool is patched",
        "[replacing]",
        "import tools\n" + _GOOD.replace("    assert", "    tools.add_numbers = lambda a, b: 5\n    assert"),
    ),
    _tests(
        "something beside the tool is patched",
        "[patching]",
        "from unittest import mock\n"
        + _GOOD.replace("    assert", "    mock.patch('math.sin').start()\n    assert"),
    ),
    _tests(
        "loads the library by its path",
        "[reaching]",
        "import runpy\n" + _GOOD.replace("add_numbers(2", "runpy.run_path('tools.py')['add_numbers'](2"),
    ),
    _tests(
        "looks at the text instead of the answer",
        "[reaching]",
        "import inspect\n" + _GOOD + "    assert 'first + second' in inspect.getsource(add_numbers)\n",
    ),
    _tests("private parts are tested", "[importing]", _GOOD.replace("import add", "import _sum, add")),
    _tests("arguments that are no JSON", "[arguments]", _GOOD.replace("2, 3", "{2}, 3")),
    _tests(
        "a missing import in the tests",
        "use math without defining or importing it",
        _GOOD + "    assert add_numbers(1, 1) == math.sqrt(4)\n",
    ),
    _tests("a foreign package in the tests", "the tests import numpy", "import numpy\n" + _GOOD),
    _tests("tests that are no Python", "the tests are not Python", _GOOD + "    assert add_numbers(1,\n"),
    _tests(
        "a key in the tests",
        "looks like a key",
        _GOOD + "    assert 'sk-proj-" + "a1B2c3D4e5F6g7H8i9J0" * 2 + "'\n",
    ),
    ADD.spoilt("no types", "contract", "[types]", signature="add_numbers(first, second) -> int"),
    ADD.spoilt(
        "a set as the answer",
        "contract",
        "[types]",
        signature="add_numbers(first: int, second: int) -> set[int]",
    ),
    INITIALS.spoilt(
        "no docstring", "contract", "[documented]", stub="def initials(full_name: str) -> str:\n    ...\n"
    ),
    INITIALS.spoilt(
        "a name of the language",
        "contract",
        "`print` is a name of the Python language",
        signature="print(full_name: str) -> str",
        tests=INITIALS.tests.replace("initials", "print"),
    ),
    CLAMP.spoilt("a name that is kept already", "contract", "`clamp` is taken", kept=(CLAMP,)),
    READ.spoilt(
        "a permission that does not exist", "contract", "[permissions]", says=("Permissions: everything",)
    ),
)
