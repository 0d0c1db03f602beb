"""A function's AST -> its signature as text and as JSON Schemas of what goes in and what comes out."""

import ast

from toolwright.syntax.schema import Definitions, NotJsonTypeError, annotation_schema
from toolwright.types import Docstring, Schema


class NotAToolError(ValueError):
    """A function whose shape cannot be offered as a tool; the text says why."""


def signature_text(node: ast.FunctionDef) -> str:
    """Write `name(parameters) -> return` on one line."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}"


def parameters_schema(node: ast.FunctionDef, defined: Definitions, docstring: Docstring) -> Schema:
    """Describe the arguments as one JSON object, in the order of the signature.

    Raises:
        NotAToolError: a parameter is untyped, variadic, positional-only or not JSON.
    """
    arguments = node.args
    if arguments.vararg or arguments.kwarg:
        raise NotAToolError("takes *args or **kwargs; name every parameter")
    if arguments.posonlyargs:
        raise NotAToolError("has positional-only parameters; arguments are given by name")
    names = [*arguments.args, *arguments.kwonlyargs]
    positional = [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults)
    defaults = dict(zip([a.arg for a in names], [*positional, *arguments.kw_defaults], strict=True))
    properties: dict[str, Schema] = {}
    for argument in names:
        described = docstring.args.get(argument.arg)
        schema = _one(argument.annotation, f"parameter `{argument.arg}`", defined)
        properties[argument.arg] = (
            schema | ({"description": described} if described else {}) | _default(defaults[argument.arg])
        )
    return {
        "type": "object",
        "properties": properties,
        "required": [a.arg for a in names if defaults[a.arg] is None],
        "additionalProperties": False,
    }


def returns_schema(node: ast.FunctionDef, defined: Definitions) -> Schema:
    """Describe the answer.

    Raises:
        NotAToolError: the return type is missing or not JSON.
    """
    return _one(node.returns, "the return value", defined)


def _one(annotation: ast.expr | None, what: str, defined: Definitions) -> Schema:
    if annotation is None:
        raise NotAToolError(f"{what} has no type")
    try:
        return annotation_schema(annotation, defined)
    except NotJsonTypeError as error:
        raise NotAToolError(f"{what}: {error}") from None


def _default(node: ast.expr | None) -> Schema:
    if node is None:
        return {}
    try:
        return {"default": ast.literal_eval(node)}
    except ValueError:
        return {}
