"""Module text -> which names it uses without having them, and which names of its surroundings it reaches."""

import ast
import builtins
import symtable
import sys
from typing import Final

BUILTIN_NAMES: Final = frozenset(dir(builtins))
_MODULE_NAMES: Final = frozenset({"__name__", "__file__", "__doc__", "__annotations__", "__builtins__"})


def free_names(source: str) -> frozenset[str]:
    """Return the names a module text uses but neither defines, imports nor finds among the builtins.

    Raises:
        SyntaxError: the text is not Python.
    """
    table = symtable.symtable(source, "candidate", "exec")
    defined = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol)}
    return frozenset(_global_uses(table) - defined - BUILTIN_NAMES - _MODULE_NAMES)


def line_of(source: str, name: str) -> int:
    """Return the first line on which `name` is read, 1 when nothing reads it."""
    lines = [
        node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == name
    ]
    return min(lines, default=1)


def bound_names(tree: ast.Module) -> dict[str, int]:
    """Return every name the top level of a module binds, with its first line."""
    bound: dict[str, int] = {}
    for node in tree.body:
        for name in _bindings(node):
            bound.setdefault(name, node.lineno)
    return bound


def is_standard_module(name: str) -> bool:
    """Tell whether a dotted module name belongs to the standard library."""
    return name.partition(".")[0] in sys.stdlib_module_names


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _global_uses(table: symtable.SymbolTable) -> set[str]:
    at_top = table.get_type() == "module"
    uses = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (at_top or symbol.is_global())
    }
    for inner in table.get_children():
        uses |= _global_uses(inner)
    return uses


def _bindings(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=aliases):
            return [alias.asname or alias.name.partition(".")[0] for alias in aliases]
        case ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name for alias in aliases]
    return [
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    ]
