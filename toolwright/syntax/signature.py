"""A function's AST -> its signature as text and as JSON Schemas of what goes in and what comes out."""

import ast

from toolwright.syntax.checking import is_json, mismatch
from toolwright.syntax.parsing import literal
from toolwright.syntax.schema import Definitions, NotJsonTypeError, annotation_schema
from toolwright.types import Docstring, Schema


class NotAToolError(ValueError):
    """A function whose shape cannot be offered as a tool; the text says why."""


def signature_text(node: ast.FunctionDef) -> str:
    """Write `name(parameters) -> return` on one line.

    Raises:
        NotAToolError: a default value is nested too deeply to be written.
    """
    try:
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"{node.name}({ast.unparse(node.args)}){returns}"
    except RecursionError:
        raise NotAToolError("has a default value that is nested too deeply") from None


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
        default = _default(defaults[argument.arg], schema)
        properties[argument.arg] = schema | ({"description": described} if described else {}) | default
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


def _default(node: ast.expr | None, schema: Schema) -> Schema:
    """Say the default where it is plain JSON of the parameter's own type."""
    if node is None:
        return {}
    try:
        value = literal(node)
    except ValueError:
        return {}
    return {} if mismatch(value, schema) or not is_json(value) else {"default": value}
