"""What a judge must know of tools.py without running it: its text in, functions and exception classes out."""

import ast
import builtins
from collections.abc import Iterable, Mapping
from typing import Final

from toolwright.records import dataclass

_EXCEPTION_ENDINGS: Final = ("Error", "Exception", "Warning")
_TEST_TOOLING: Final = frozenset(
    {"pytest", "_pytest", "pluggy", "hypothesis", "unittest", "pytest_httpserver"}
)


@dataclass(frozen=True, slots=True)
class SourceShape:
    """`functions` holds the names of their positional parameters, `exceptions` pairs of class and base.

    `packages` are the top-level modules that the source imports, those that run tests left out:
    an exception of theirs would be an order to the judge.
    """

    functions: Mapping[str, tuple[str, ...]]
    exceptions: tuple[tuple[str, str], ...]
    packages: tuple[str, ...]


def read_source(source: str) -> SourceShape:
    """Read the text of a module.

    Raises:
        SyntaxError: it is not Python.
        ValueError: it holds a null byte or a lone surrogate.
    """
    tree = ast.parse(source.removeprefix("\ufeff"))
    functions = {
        node.name: tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    packages = imported_modules(tree) - _TEST_TOOLING
    return SourceShape(functions, _exceptions(classes), tuple(sorted(packages)))


def imported_modules(tree: ast.Module) -> set[str]:
    """Top-level names of all modules that a module imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _exceptions(classes: Iterable[ast.ClassDef]) -> tuple[tuple[str, str], ...]:
    """Classes that are exceptions by their bases, each with the name of a builtin or an earlier one."""
    found: dict[str, str] = {}
    for node in classes:
        for base in node.bases:
            name = ast.unparse(base)
            if name in found or _is_builtin_exception(name):
                found[node.name] = name
            elif name.endswith(_EXCEPTION_ENDINGS):
                found[node.name] = name if "." in name else "Exception"
            else:
                continue
            break
    return tuple(found.items())


def _is_builtin_exception(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, Exception)
