"""Module text -> which names it uses without having them, and which names of its surroundings it reaches."""

import ast
import builtins
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from toolwright.syntax.parsing import BOM, parse_text, plain_syntax_errors

if TYPE_CHECKING:
    from symtable import Symbol, SymbolTable

BUILTIN_NAMES: Final = frozenset(dir(builtins))
_IN_MODULES: Final = {"__name__", "__file__", "__doc__", "__annotations__", "__builtins__", "__package__"}
_IN_CLASSES: Final = {"__module__", "__qualname__", "__class__"}
_UNWRITTEN: Final = BUILTIN_NAMES | _IN_MODULES | _IN_CLASSES | {"__spec__", "__loader__", "__path__"}


def is_exception_class(node: ast.AST) -> bool:
    """Tell whether a class is an exception, by the names of its bases."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) for base in node.bases
    )


def free_names(source: str) -> frozenset[str]:
    """Return the names a module text uses but neither defines, imports nor finds among the builtins.

    After `from module import *` any name may be there: the answer is empty.

    Raises:
        SyntaxError: the text is not Python.
    """
    if any(_is_star(node) for node in ast.walk(parse_text(source))):
        return frozenset()
    from symtable import symtable

    with plain_syntax_errors():
        table = symtable(source.removeprefix(BOM), "candidate", "exec")
    defined = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol)}
    tables = list(_nested(table))
    defined |= {
        symbol.get_name()
        for inner in tables
        for symbol in inner.get_symbols()
        if symbol.is_declared_global() and _binds(symbol)
    }
    used = {
        symbol.get_name()
        for inner in [table, *tables]
        for symbol in inner.get_symbols()
        if symbol.is_referenced() and (inner is table or symbol.is_global())
    }
    return frozenset(used - defined - _UNWRITTEN)


def line_of(source: str, name: str) -> int:
    """Return the first line on which `name` is read, 1 when nothing reads it."""
    lines = [
        node.lineno
        for node in ast.walk(parse_text(source))
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store)
    ]
    return min(lines, default=1)


def bound_names(tree: ast.Module) -> dict[str, int]:
    """Return every name the top level of a module binds, with the line of the first statement that does."""
    bound: dict[str, int] = {}
    for node in tree.body:
        for name in bindings(node):
            bound.setdefault(name, node.lineno)
    return bound


def bindings(statement: ast.stmt) -> Iterator[str]:
    """List the names a statement binds (or deletes) in its own scope, also inside `if`, `try` and so on."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield from _bound_by(node)
        waiting += _same_scope(node)


def is_standard_module(name: str) -> bool:
    """Tell whether a dotted module name belongs to the standard library."""
    return name.partition(".")[0] in sys.stdlib_module_names


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """List the parts of a node that stand in its own scope; of a comprehension that is what `:=` binds."""
    match node:
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            yield from [*node.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
        case ast.Lambda(args=arguments):
            yield from [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        case ast.ClassDef():
            yield from [*node.decorator_list, *node.bases, *node.keywords]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _assigned_inside(node)
        case _:
            yield from ast.iter_child_nodes(node)


def _assigned_inside(comprehension: ast.AST) -> Iterator[ast.Name]:
    waiting = [comprehension]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.NamedExpr):
            yield node.target
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _binds(symbol: "Symbol") -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _nested(table: "SymbolTable") -> "Iterator[SymbolTable]":
    for inner in table.get_children():
        yield inner
        yield from _nested(inner)
