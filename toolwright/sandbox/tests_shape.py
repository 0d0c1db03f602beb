"""What a test file promises and where it cheats, read from its text: nothing runs."""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import TypeGuard

from toolwright.records import dataclass
from toolwright.sandbox.source_shape import imported_modules
from toolwright.syntax.fair_tests.replacing import REPLACING
from toolwright.syntax.fair_tests.rule import read_test_file


@dataclass(frozen=True, slots=True)
class TestsShape:
    """`names` are the tests that must be collected, "TestClass::test_name" for methods.

    `complaint` is empty, or the sentence that refuses the file.
    """

    __test__ = False  # pytest: not a test class

    names: tuple[str, ...]
    complaint: str
    uses_hypothesis: bool
    uses_httpserver: bool


def read_tests(tests: str, function: str) -> TestsShape:
    """Read a test file that is to be evidence for `function`.

    Raises:
        SyntaxError: it is not Python.
        ValueError: it holds a null byte or a lone surrogate.
    """
    tree = ast.parse(tests.removeprefix("\ufeff"))
    names = list(_test_names(tree.body))
    return TestsShape(
        names=tuple(names),
        complaint=_complain(tree, names, function),
        uses_hypothesis="hypothesis" in imported_modules(tree),
        uses_httpserver=any(
            isinstance(node, ast.arg) and node.arg == "httpserver" for node in ast.walk(tree)
        ),
    )


def _test_names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            if not _is_fixture(node):
                yield prefix + node.name
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or _is_test_case(node)):
            yield from _test_names(node.body, f"{prefix}{node.name}::")


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def _is_test_case(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("TestCase") for base in node.bases)


def _complain(tree: ast.Module, names: list[str], function: str) -> str:
    if not names:
        return "the test file defines no test"
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        return f"{twice[0]} is defined twice, so the first one never runs"
    for line in _own_copies(tree, function):
        return f"line {line} of the tests defines {function} itself; tests must call the one in tools.py"
    for finding in REPLACING.check(read_test_file(tree, function)):
        return f"line {finding.line} of the tests: {finding.message}"
    return ""


def _own_copies(tree: ast.Module, function: str) -> Iterator[int]:
    """Lines that bind the tested name to something that does not come from tools."""
    for node in _outside_classes(tree):
        if _binds(node, function):
            yield node.lineno
    for statement in tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            named = any(isinstance(target, ast.Name) and target.id == function for target in targets)
            if named and not isinstance(statement.value, ast.Attribute):
                yield statement.lineno


def _binds(node: ast.AST, name: str) -> TypeGuard[ast.stmt]:
    """Whether a statement defines the name, or imports it from elsewhere than tools."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    if isinstance(node, ast.ImportFrom) and node.module != "tools":
        return name in {alias.asname or alias.name for alias in node.names}
    return False


def _outside_classes(node: ast.AST) -> Iterator[ast.AST]:
    """Everything but the bodies of classes: a method may have any name."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.ClassDef):
            yield from _outside_classes(child)
