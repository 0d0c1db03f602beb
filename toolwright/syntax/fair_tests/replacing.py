"""Tests that put something else in the place of the tool -> findings."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_SETTERS: Final = frozenset(
    {"setattr", "delattr", "patch", "object", "setitem", "delitem", "dict", "multiple"}
)


def _replaces(file: TestFile) -> Iterator[Finding]:
    for node in ast.walk(file.tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if file.is_tools(node.value):
                yield _finding(node.lineno, file.dotted(node))
            case ast.Subscript(ctx=ast.Store() | ast.Del()) if _holds_names(file, node.value):
                yield _finding(node.lineno, ast.unparse(node.value))
            case ast.Call(func=setter, args=[first, *_]) if _name(setter) in _SETTERS:
                if file.is_tools(first) or _holds_names(file, first) or _says_tools(first):
                    yield _finding(node.lineno, ast.unparse(first).strip("'\""))


def _holds_names(file: TestFile, node: ast.expr) -> bool:
    """Tell whether it is the namespace of the module, or the table that it stands in."""
    match node:
        case ast.Call(func=ast.Name(id="vars"), args=[module]):
            return file.is_tools(module)
    return file.dotted(node) in {"sys.modules", "tools.__dict__"}


def _says_tools(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and f"{node.value!s}.".startswith("tools.")


def _name(function: ast.expr) -> str:
    """The last part of what is called; the functions of `mock.patch` are often reached by other names."""
    return ast.unparse(function).rpartition(".")[2]


def _finding(line: int, what: str) -> Finding:
    return Finding(
        "replacing",
        line,
        f"tests cannot replace {what}: the tool runs in another process; call what is there",
    )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
_PATCHED: Final = f"{_USE}\n\ndef test_b(monkeypatch):\n"
REPLACING: Final = Rule(
    "replacing",
    _replaces,
    good=(
        f"import tools\n{_USE}    assert tools.tool(2) == 3\n",
        f"import os\n{_USE}    os.environ['A'] = '1'\n    x = {{}}\n    x['tools.a'] = 1\n",
    ),
    bad=(
        f"import tools\ntools.tool = lambda n: 2\n{_USE}",
        f"import tools as t\n{_USE}    t._helper = None\n",
        f"import tools\nm = tools\n{_USE}    m.tool = None\n",
        f"import tools\n{_USE}    del tools._CACHE\n",
        f"{_USE}    tool.calls = 0\n",
        f"import tools\n{_USE}    setattr(tools, 'tool', None)\n",
        f"import tools\n{_PATCHED}    monkeypatch.setattr(tools, 'tool', None)\n",
        f"{_PATCHED}    monkeypatch.setattr('tools.tool', None)\n",
        f"from unittest.mock import patch\n{_USE}\n\n@patch('tools._now')\ndef test_b(now):\n    tool(1)\n",
        f"from unittest import mock\nimport tools\n{_USE}    mock.patch.object(tools, 'tool').start()\n",
        f"import sys\n{_USE}    sys.modules['tools'] = None\n",
        f"import tools\n{_USE}    vars(tools)['tool'] = None\n",
        f"import tools\n{_USE}    tools.__dict__['tool'] = None\n",
    ),
)
