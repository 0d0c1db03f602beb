"""Text of top-level statements -> the names that they use of their module."""

import ast
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator

from toolwright.syntax.parsing import BOM, parse, walk_expression

_WORD = re.compile(r"\w+")


def used_by(source: str, tree: ast.Module | None = None) -> frozenset[str]:
    """Return the names that statements read from their module, words in quoted annotations included.

    `tree` is the text parsed, where somebody has it.

    Raises:
        SyntaxError: the text is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = symtable.symtable(source.removeprefix(BOM) + "\n", "tools.py", "exec")
    quoted = {word for node in _annotated((tree or parse(source)).body) for word in _words_in_strings(node)}
    return frozenset(_read_from_module(table) | quoted)


def _read_from_module(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (top or symbol.is_global())
    }
    return names.union(*map(_read_from_module, table.get_children()))


def _annotated(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """List the annotations in statements; expressions, the most of a text, hold none."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            every += filter(None, [node.args.vararg, node.args.kwarg])
            yield from filter(None, [*(one.annotation for one in every), node.returns])
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, None)
            if isinstance(inner, list):
                yield from _annotated(inner)


def _words_in_strings(node: ast.expr) -> Iterator[str]:
    for inner in walk_expression(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield from _WORD.findall(inner.value)
