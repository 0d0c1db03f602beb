"""The text of a library -> the tools it offers and the functions it does not."""

import ast
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from toolwright.errors import LibrarySyntaxError
from toolwright.records import dataclass
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.names import bindings
from toolwright.syntax.parsing import BOM, parse_text
from toolwright.syntax.schema import Definitions
from toolwright.syntax.signature import NotAToolError, parameters_schema, returns_schema, signature_text
from toolwright.types import NotOffered, Tool

BELOW: Final = "stands below an `if`, a `try` or the like; only a def at the beginning of a line is a tool"
"""Why a function that is not defined in any case is not offered."""
_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a library text defines, in file order."""

    tools: tuple[Tool, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()


def read_library(text: str, filename: str = "tools.py") -> Listing:
    """List the public top-level functions of a module text.

    Raises:
        LibrarySyntaxError: the text is not Python; names file and line.
    """
    tree = parse(text, filename)
    lines = unix_lines(text)
    defined = definitions(tree)
    tools: dict[str, Tool] = {}
    others: dict[str, NotOffered] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            tools.pop(node.name, None)  # a later definition of one name is the one that counts
            others.pop(node.name, None)
            read = read_function(node, lines, defined)
            if isinstance(read, Tool):
                tools[node.name] = read
            else:
                others[node.name] = read
            continue
        for name in sorted(tools.keys() & set(bindings(node))) if tools else ():
            again = f"is bound again on line {node.lineno}"
            others[name] = NotOffered(name, again, tools.pop(name).line)
        for one in functions_below(node):
            others.setdefault(one.name, NotOffered(one.name, BELOW, one.lineno))
    return Listing(tuple(tools.values()), tuple(others.values()))


def functions_below(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the public functions that a statement other than a definition defines in its module."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            if not inner.name.startswith("_"):
                yield inner
        elif isinstance(inner, ast.stmt | ast.excepthandler | ast.match_case):
            yield from functions_below(inner)


def parse(text: str, filename: str = "tools.py") -> ast.Module:
    """Parse a whole module, with the cyclic collector off: it makes large parses three times slower.

    Raises:
        LibrarySyntaxError: the text is not Python; names file and line.
    """
    try:
        with collector_off():
            return parse_text(text, filename)
    except SyntaxError as error:
        where = f"{filename}, line {error.lineno}" if error.lineno else filename
        raise LibrarySyntaxError(
            f"{where}: {error.msg}",
            line=error.lineno or 1,
            hint=f"mend {where} in an editor; it was not touched",
        ) from None


def definitions(tree: ast.Module) -> Definitions:
    """Collect the top-level classes and aliases that annotations may name."""
    found: dict[str, ast.expr | ast.ClassDef] = {}
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                found[name] = node
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


def unix_lines(text: str) -> list[str]:
    """Split into lines as the parser counts them, whatever the newline style."""
    return _NEWLINE.sub("\n", text.removeprefix(BOM)).split("\n")


def read_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str], defined: Definitions
) -> Tool | NotOffered:
    """Read one public function, given the lines of the text that it was parsed from."""
    if isinstance(node, ast.AsyncFunctionDef):
        return NotOffered(node.name, "is async", node.lineno)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    source = "\n".join(lines[first - 1 : node.end_lineno]) + "\n"
    if "yield" in source and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _own_nodes(node)):
        return NotOffered(node.name, "is a generator; return a list", node.lineno)
    docstring = parse_docstring(ast.get_docstring(node, clean=False))
    try:
        parameters = parameters_schema(node, defined, docstring)
        returns = returns_schema(node, defined)
        signature = signature_text(node)
    except NotAToolError as reason:
        return NotOffered(node.name, str(reason), node.lineno)
    return Tool(node.name, signature, source, docstring, parameters, returns, node.lineno)


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without entering the functions and classes inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield node
            waiting += ast.iter_child_nodes(node)


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the cyclic collector off for a while.

    Of several threads the one that found it on turns it on again, so that it never stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
