"""A function somebody wrote + a stub of it -> the same function with the types and docstring that it lacks.

Its code stays as it is, byte for byte, comments and layout included; so do the types that are JSON already.
"""

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING

from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import unix_lines

if TYPE_CHECKING:
    import libcst

RETURNS = "return"
"""Stands for the type of the answer among the names of parameters; no parameter can be called so."""


def dressed(source: str, name: str, stub: str, *, untyped: Collection[str], undocumented: bool) -> str:
    """Return a module text whose function `name` has types and docstring of a stub where it needs them.

    `untyped` are the parameters, and `RETURNS`, whose types come from the stub; when it is `undocumented`,
    the docstring does too. Types and imports that stand beside the stub's function come along.

    Raises:
        SyntaxError, KeyError: `stub` is not Python, or lacks the function or one of the parameters.
    """
    import libcst as cst

    tree = parse_text(stub)
    said = _function(tree, name)
    module = cst.parse_module("\n".join(unix_lines(source)))
    body = [
        _typed(_documented(module, node, said, stub) if undocumented else node, said, untyped)
        if isinstance(node, cst.FunctionDef) and node.name.value == name
        else node
        for node in module.body
    ]
    return _beside(tree, said, source) + module.with_changes(body=body).code


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise KeyError(name)


def _beside(tree: ast.Module, said: ast.FunctionDef, source: str) -> str:
    """Return what stands beside the stub's function and is not in the source yet."""
    known = {ast.dump(node) for node in parse_text(source).body}
    more = [
        ast.unparse(node)
        for node in tree.body
        if node is not said and ast.dump(node) not in known and not _is_text(node)
    ]
    return "".join(f"{text}\n\n\n" for text in more)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _typed(
    node: "libcst.FunctionDef", said: ast.FunctionDef, untyped: Collection[str]
) -> "libcst.FunctionDef":
    import libcst as cst

    types = {one.arg: one.annotation for one in (*said.args.args, *said.args.kwonlyargs)}

    def annotation(key: str, written: ast.expr | None, before: str = "") -> cst.Annotation:
        if written is None:
            raise KeyError(key)
        blank = cst.SimpleWhitespace(before)
        return cst.Annotation(cst.parse_expression(ast.unparse(written)), whitespace_before_indicator=blank)

    def typed(parameter: cst.Param) -> cst.Param:
        key = parameter.name.value
        if key not in untyped:
            return parameter
        changed = parameter.with_changes(annotation=annotation(key, types[key]))
        apart = cst.AssignEqual(cst.SimpleWhitespace(" "), cst.SimpleWhitespace(" "))
        return changed.with_changes(equal=apart) if parameter.default else changed

    parameters = node.params.with_changes(
        params=[typed(one) for one in node.params.params],
        kwonly_params=[typed(one) for one in node.params.kwonly_params],
    )
    answer = annotation(RETURNS, said.returns, " ") if RETURNS in untyped else node.returns
    return node.with_changes(params=parameters, returns=answer)


def _documented(
    module: "libcst.Module", node: "libcst.FunctionDef", said: ast.FunctionDef, stub: str
) -> "libcst.FunctionDef":
    import libcst as cst

    old = node.body
    if isinstance(old, cst.SimpleStatementSuite):  # `def f(x): return x`
        line = _line(_literal(said, stub, module.default_indent))
        rest = cst.SimpleStatementLine(list(old.body), trailing_whitespace=old.trailing_whitespace)
        return node.with_changes(body=cst.IndentedBlock([line, rest]))
    if not isinstance(old, cst.IndentedBlock):
        raise KeyError("body")
    line = _line(_literal(said, stub, old.indent or module.default_indent))
    first, *others = old.body
    if node.get_docstring(clean=False) is None:
        return node.with_changes(body=old.with_changes(body=[line, *old.body]))
    if isinstance(first, cst.SimpleStatementLine):
        line = first.with_changes(body=[line.body[0], *first.body[1:]])
    return node.with_changes(body=old.with_changes(body=[line, *others]))


def _line(text: str) -> "libcst.SimpleStatementLine":
    import libcst as cst

    return cst.SimpleStatementLine([cst.Expr(cst.SimpleString(text))])


def _literal(said: ast.FunctionDef, stub: str, indent: str) -> str:
    """Return the docstring of a stub as it is written there, indented as its new place is."""
    first = said.body[0]
    text = ast.get_source_segment(stub, first.value) if isinstance(first, ast.Expr) else None
    if text is None or ast.get_docstring(said) is None:
        raise KeyError("docstring")
    margin = " " * first.col_offset
    head, *rest = text.split("\n")
    moved = (indent + line.removeprefix(margin) if line.startswith(margin) else line for line in rest)
    return "\n".join([head, *moved])
