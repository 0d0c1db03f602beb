"""Tests that leave themselves out -> findings: a test that did not run proved nothing."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_SKIPS: Final = frozenset(
    {
        *(f"pytest.{name}" for name in ("skip", "xfail", "importorskip", "exit")),
        *(f"pytest.mark.{name}" for name in ("skip", "skipif", "xfail")),
        *(f"unittest.{name}" for name in ("skip", "skipIf", "skipUnless", "expectedFailure", "SkipTest")),
        "self.skipTest",
    }
)


def _skips(file: TestFile) -> Iterator[Finding]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Name | ast.Attribute) and file.dotted(node) in _SKIPS:
            yield Finding(
                "skipping",
                node.lineno,
                f"`{file.dotted(node)}` leaves tests out or lets them fail, which is no evidence; "
                "every test runs and passes",
            )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
SKIPPING: Final = Rule(
    "skipping",
    _skips,
    good=(
        f"import pytest\n{_USE}\n\n@pytest.mark.parametrize('n', [1])\ndef test_b(n):\n    tool(n)\n",
        f"skip = [1]\n{_USE}\n\ndef test_b():\n    assert tool(skip[0]) == 2\n",
    ),
    bad=(
        f"import pytest\n{_USE}    pytest.skip('later')\n",
        f"import pytest as p\n{_USE}\n\n@p.mark.skipif(True, reason='x')\ndef test_b():\n    tool(1)\n",
        f"from pytest import mark\npytestmark = mark.skip\n{_USE}",
        f"import pytest\n{_USE}\n\n@pytest.mark.xfail\ndef test_b():\n    tool(1)\n",
        f"from pytest import xfail\n{_USE}    xfail('known')\n",
        f"import pytest\nnumpy = pytest.importorskip('numpy')\n{_USE}",
        (
            "import pytest\nfrom tools import tool\n\n\n@pytest.mark.parametrize("
            "'n', [1, pytest.param(2, marks=pytest.mark.xfail)])\ndef test_a(n):\n    assert tool(n) == 2\n"
        ),
        (
            "import unittest\nfrom tools import tool\n\n\nclass TestTool(unittest.TestCase):\n"
            "    def test_a(self):\n        self.skipTest('no')\n        tool(1)\n"
        ),
        f"import unittest\n{_USE}\n\n@unittest.skipIf(True, 'x')\ndef test_b():\n    tool(1)\n",
    ),
)
