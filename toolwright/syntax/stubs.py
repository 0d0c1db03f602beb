"""The text of a function -> its stub: signature and docstring, without the code."""

import ast

from toolwright.syntax.parsing import parse_text


def function_in(source: str, name: str) -> ast.FunctionDef | None:
    """Return a function of a text, None where there is none of that name.

    Raises:
        SyntaxError: the text is not Python.
    """
    found = (node for node in parse_text(source).body if isinstance(node, ast.FunctionDef))
    return next((node for node in found if node.name == name), None)


def stub_of(source: str, name: str) -> str:
    """Return signature and docstring of a function; "" where there is none of that name.

    Raises:
        SyntaxError: the text is not Python.
    """
    node = function_in(source, name)
    return _unparsed(_without_code(node)) if node else ""


def stub_with_types(source: str, name: str) -> str:
    """Return signature and docstring of a function, with the types and imports beside it.

    Raises:
        SyntaxError: the text is not Python.
    """
    kept = [
        _without_code(node) if isinstance(node, ast.FunctionDef) else node
        for node in parse_text(source).body
        if not isinstance(node, ast.FunctionDef) or node.name == name
    ]
    return _unparsed(*kept)


def _without_code(node: ast.FunctionDef) -> ast.FunctionDef:
    said = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
    node.body = [*said, ast.Expr(ast.Constant(...))]
    return node


def _unparsed(*nodes: ast.stmt) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Module([*nodes], []))) + "\n"
