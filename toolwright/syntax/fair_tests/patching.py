"""Tests that change their own process -> findings: the tool runs in another one and sees nothing of it."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_WITHOUT_REACH: Final = frozenset(
    f"monkeypatch.{name}" for name in ("setattr", "delattr", "setitem", "delitem", "setenv", "delenv")
)
_MOCKS: Final = ("unittest.mock", "mock")


def _patches(file: TestFile) -> Iterator[Finding]:
    for name, call in file.calls():
        if name in _WITHOUT_REACH:
            yield _finding(call.lineno, name)
    for node in ast.walk(file.tree):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), names=aliases):
                names = [module, *(f"{module}.{alias.name}" for alias in aliases)]
            case ast.arg(arg="mocker"):
                names = ["mock"]
            case _:
                continue
        if any(name in _MOCKS for name in names):
            yield _finding(node.lineno, "mocker" if isinstance(node, ast.arg) else "unittest.mock")


def _finding(line: int, what: str) -> Finding:
    return Finding(
        "patching",
        line,
        f"`{what}` changes only the process of the tests; the tool runs in another one: pass what varies as "
        "an argument, use real files below tmp_path and a real server (`httpserver`)",
    )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
_PATCHED: Final = f"{_USE}\n\ndef test_b(monkeypatch):\n"
PATCHING: Final = Rule(
    "patching",
    _patches,
    good=(
        f"{_PATCHED}    monkeypatch.chdir('/')\n    assert tool(2) == 3\n",
        f"import unittest\n{_USE}",
    ),
    bad=(
        f"from unittest import mock\n{_USE}",
        f"import unittest.mock\n{_USE}",
        f"from unittest.mock import patch, MagicMock\n{_USE}",
        f"{_USE}\n\ndef test_b(mocker):\n    tool(1)\n",
        f"import time\n{_PATCHED}    monkeypatch.setattr(time, 'time', lambda: 1)\n",
        f"{_PATCHED}    monkeypatch.setenv('TZ', 'UTC')\n    tool(1)\n",
    ),
)
