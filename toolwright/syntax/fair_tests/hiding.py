"""Tests that stand where they may not run, and those that any accident passes -> findings."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_RAISES: Final = frozenset({"pytest.raises", "self.assertRaises"})
_WIDE: Final = frozenset({"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"})


def _hides(file: TestFile) -> Iterator[Finding]:
    yield from _out_of_sight(file.tree.body)


def _out_of_sight(body: list[ast.stmt]) -> Iterator[Finding]:
    """Yield the tests that stand neither in the file itself nor in a class of it."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _out_of_sight(statement.body)
            continue
        for node in ast.walk(statement):
            if node is not statement and isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield Finding(
                    "hiding",
                    node.lineno,
                    f"`{node.name}` stands inside another statement, where it may never run; "
                    "put it at the top of the file, or into a class",
                )


def _takes_anything(file: TestFile) -> Iterator[Finding]:
    for name, call in file.calls():
        if name not in _RAISES or not call.args or any(word.arg == "match" for word in call.keywords):
            continue
        first = call.args[0]
        kinds = first.elts if isinstance(first, ast.Tuple) else [first]
        for kind in kinds:
            if file.dotted(kind) in _WIDE:
                yield Finding(
                    "any-error",
                    call.lineno,
                    f"`{ast.unparse(call)}` takes any accident for the right error; name the exception that "
                    "`Raises:` promises, or give a `match`",
                )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
_MORE: Final = "def test_b():\n        assert tool(2) == 3\n"
_RAISING: Final = f"import pytest\n{_USE}    with pytest.raises(KIND):\n        tool(2)\n"
HIDING: Final = Rule(
    "hiding",
    _hides,
    good=(
        f"import sys\nif sys.maxsize > 9:\n    BIG = 1\n{_USE}",
        f"{_USE}\n\nclass TestMore:\n    def test_b(self):\n        assert tool(2) == 3\n",
        f"{_USE}\n\ndef test_b():\n    def twice():\n        return tool(tool(1))\n\n    assert twice()\n",
    ),
    bad=(
        f"import sys\n{_USE}\n\nif sys.platform == 'plan9':\n    {_MORE}",
        f"{_USE}\n\ndef test_outer():\n    {_MORE}\n    assert tool(2) == 3\n",
        f"{_USE}\n\ntry:\n    import numpy\n\n    {_MORE}except ImportError:\n    pass\n",
    ),
)
ANY_ERROR: Final = Rule(
    "any-error",
    _takes_anything,
    good=(
        _RAISING.replace("KIND", "ValueError"),
        _RAISING.replace("KIND", "(ValueError, KeyError)"),
        _RAISING.replace("KIND", "Exception, match='no such'"),
    ),
    bad=(
        _RAISING.replace("KIND", "Exception"),
        _RAISING.replace("KIND", "(ValueError, BaseException)"),
        (
            "import unittest\nfrom tools import tool\n\n\nclass TestTool(unittest.TestCase):\n"
            "    def test_a(self):\n        self.assertRaises(Exception, tool, 1)\n"
        ),
    ),
)
