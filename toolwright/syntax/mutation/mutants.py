"""A function's text -> its mutants: always the same ones, in the order of the lines."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.mutation.changes import Change, changes_of
from toolwright.types.challenges import Mutant

_SKIPPED: Final = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.ClassDef)
"""Texts for people, and nodes whose parts say nothing about the answer; a raise itself may be left out."""

_MOST_OF_A_CONSTANT: Final = 6
"""Faults in one table or lambda at the top of the file; a long table counts as a few lines of code."""


def mutants(source: str, name: str, most: int) -> tuple[Mutant, ...]:
    """Break `name` and the helpers, methods and constants beside it, once each; at most `most` in all.

    Docstrings, annotations, texts of exceptions and f-strings stay as they are. Every mutant compiles.

    Raises:
        SyntaxError: the source is not Python.
    """
    lines = source.encode().splitlines(keepends=True)
    found: dict[str, Mutant] = {}
    for change in _changes(ast.parse(source), name):
        text = _spliced(lines, change)
        if _compiles(text):
            found.setdefault(text, Mutant(change.node.lineno, change.what, text))
    found.pop(source, None)
    ordered = sorted(found.values(), key=lambda mutant: mutant.line)
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[place * len(ordered) // most] for place in range(most))


def _changes(tree: ast.Module, name: str) -> Iterator[Change]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=own) if own == name or own.startswith("_"):
                yield from _of_function(node)
            case ast.ClassDef(body=body):
                for method in body:
                    if isinstance(method, ast.FunctionDef):
                        yield from _of_function(method)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield from _chosen(list(_within(value, "")), _MOST_OF_A_CONSTANT)


def _of_function(node: ast.FunctionDef) -> Iterator[Change]:
    returns = ast.unparse(node.returns) if node.returns else ""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if default is not None:
            yield from _within(default, returns)
    for statement in _code(node.body):
        yield from _within(statement, returns)


def _chosen(changes: list[Change], most: int) -> list[Change]:
    if len(changes) <= most:
        return changes
    return [changes[place * len(changes) // most] for place in range(most)]


def _code(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body without its docstring."""
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented else body


def _within(node: ast.AST, returns: str) -> Iterator[Change]:
    yield from changes_of(node, returns)
    if isinstance(node, _SKIPPED):
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for statement in _code(node.body):
            yield from _within(statement, "")
        return
    for field, value in ast.iter_fields(node):
        if field == "annotation":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _within(child, returns)


def _spliced(lines: list[bytes], change: Change) -> str:
    """Put a change into the text; columns of a tree count bytes."""
    node = change.node
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = b"".join(lines[:first]) + lines[first][: node.col_offset]
    after = lines[last][node.end_col_offset or 0 :] + b"".join(lines[last + 1 :])
    return (before + change.text.encode() + after).decode()


def _compiles(text: str) -> bool:
    try:
        compile(text, "tools.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):  # `break` became ..., a nested function's `nonlocal`
        return False
    return True
