"""Tests that look at how they are run, and so could tell false answers from true ones -> findings."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_WATCHERS: Final = (
    "sys._getframe",
    "sys._current_frames",
    "sys.settrace",
    "sys.setprofile",
    "sys.gettrace",
    "sys.getprofile",
    "inspect.stack",
    "inspect.trace",
    "inspect.currentframe",
    "gc.",
    "resource.",
    "_pytest.",
    "pytest.Config",
    "pytest.Session",
)
_FIXTURES: Final = frozenset({"pytestconfig", "record_property", "cache"})
_OF_REQUEST: Final = frozenset({"param", "addfinalizer", "getfixturevalue"})


def _watches(file: TestFile) -> Iterator[Finding]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = file.dotted(node)
            if any(name == one or (one.endswith(".") and name.startswith(one)) for one in _WATCHERS):
                yield _finding(node.lineno, name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_run_by_pytest(file, node):
            yield from _of_function(node)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Finding]:
    given = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
    for name in sorted(given & _FIXTURES):
        yield _finding(node.lineno, name)
    if "request" not in given:
        return
    allowed = {
        id(inner.value)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and inner.attr in _OF_REQUEST
    }
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == "request" and id(inner) not in allowed:
            yield _finding(inner.lineno, "request")


def _is_run_by_pytest(file: TestFile, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell tests and fixtures from others, such as what answers a request to `httpserver`."""
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    return node.name.startswith("test") or any(
        file.dotted(mark).rpartition(".")[2] == "fixture"
        for mark in marks
        if isinstance(mark, ast.Name | ast.Attribute)
    )


def _finding(line: int, what: str) -> Finding:
    return Finding(
        "watching",
        line,
        f"`{what}` shows how the tests are run, which must not matter to them: judge the tool by its answers",
    )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
_FIXTURE: Final = (
    "import pytest\nfrom tools import tool\n\n\n@pytest.fixture(params=[1, 2])\ndef number(request):\n"
)
_ANSWER: Final = """

def test_b(httpserver):
    def answer(request):
        return request.data
    httpserver.expect_request('/').respond_with_handler(answer)
    assert tool(2) == 3
"""
WATCHING: Final = Rule(
    "watching",
    _watches,
    good=(
        f"{_FIXTURE}    return request.param\n\n\ndef test_a(n):\n    assert tool(n) == n + 1\n",
        f"{_USE}{_ANSWER}",
        f"import sys\n{_USE}    assert sys.maxsize > tool(1)\n",
    ),
    bad=(
        f"{_USE}\n\ndef test_b(request):\n    assert request.config.pluginmanager\n",
        f"{_USE}\n\ndef test_b(request):\n    look(request)\n",
        f"{_FIXTURE}    return request.node.name\n\n\ndef test_a(n):\n    assert tool(1) == 2\n",
        f"{_USE}\n\ndef test_b(pytestconfig):\n    assert tool(1) == 2\n",
        f"import sys\n{_USE}    assert sys._getframe(1)\n",
        f"import inspect as i\n{_USE}    assert i.stack()\n",
        f"from gc import get_objects\n{_USE}    assert get_objects()\n",
        f"import resource\n{_USE}    assert resource.getrlimit(0)\n",
        f"from _pytest.config import Config\n{_USE}    assert Config\n",
    ),
)
