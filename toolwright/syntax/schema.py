"""Annotations as AST -> JSON Schema, for the closed set of types whose values equal their JSON round trip.

Nothing is evaluated: names are looked up among the TypedDict classes and aliases of the same module text.
"""

import ast
from collections.abc import Mapping
from typing import Final

from toolwright.types import Schema

Definitions = Mapping[str, ast.expr | ast.ClassDef]
"""Module-level names an annotation may mean: TypedDict classes and plain aliases."""

_SIMPLE: Final[dict[str, Schema]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "list": {"type": "array"},
    "List": {"type": "array"},
    "dict": {"type": "object"},
    "Dict": {"type": "object"},
}
_WHY_NOT: Final = {
    "Any": "says nothing; name the JSON type",
    "object": "says nothing; name the JSON type",
    "tuple": "becomes a list in JSON; use list",
    "set": "has no JSON form; use list",
    "frozenset": "has no JSON form; use list",
    "bytes": "has no JSON form; pass the path of a file",
    "Path": "has no JSON form; use str",
    "datetime": "has no JSON form; use an ISO 8601 str",
    "date": "has no JSON form; use an ISO 8601 str",
    "Decimal": "has no JSON form; use str or float",
}


class NotJsonTypeError(ValueError):
    """An annotation outside the set; the text says which and what to use instead."""


def annotation_schema(node: ast.expr, defined: Definitions, seen: tuple[str, ...] = ()) -> Schema:
    """Translate one annotation.

    Raises:
        NotJsonTypeError: the annotation means something whose values are not plain JSON.
    """
    match node:
        case ast.Constant(value=None):
            return {"type": "null"}
        case ast.Constant(value=str() as text):
            return annotation_schema(_parsed(text), defined, seen)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _any_of([annotation_schema(left, defined, seen), annotation_schema(right, defined, seen)])
        case ast.Subscript(value=container, slice=inner):
            return _subscript(_name(container), inner, defined, seen)
        case ast.Name() | ast.Attribute():
            return _named(_name(node), defined, seen)
    raise NotJsonTypeError(f"type `{ast.unparse(node)}` is not a JSON type")


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise NotJsonTypeError(f"type `{text}` is not an annotation") from None


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ast.unparse(node)


def _named(name: str, defined: Definitions, seen: tuple[str, ...]) -> Schema:
    if name in _SIMPLE:
        return dict(_SIMPLE[name])
    if name in seen:
        raise NotJsonTypeError(f"type `{name}` refers to itself")
    match defined.get(name):
        case ast.ClassDef() as node if is_typed_dict(node, defined):
            return _typed_dict(node, defined, (*seen, name))
        case ast.ClassDef():
            raise NotJsonTypeError(f"class `{name}` is not a TypedDict")
        case ast.expr() as alias:
            return annotation_schema(alias, defined, (*seen, name))
    raise NotJsonTypeError(f"type `{name}` {_WHY_NOT.get(name, 'is not a JSON type')}")


def _subscript(container: str, inner: ast.expr, defined: Definitions, seen: tuple[str, ...]) -> Schema:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    match container:
        case "list" | "List" if len(parts) == 1:
            return {"type": "array", "items": annotation_schema(parts[0], defined, seen)}
        case "dict" | "Dict" if len(parts) == 2:  # noqa: PLR2004 - key and value
            if annotation_schema(parts[0], defined, seen) != {"type": "string"}:
                raise NotJsonTypeError("the keys of a dict must be str: JSON has no others")
            return {"type": "object", "additionalProperties": annotation_schema(parts[1], defined, seen)}
        case "Optional" if len(parts) == 1:
            return _any_of([annotation_schema(parts[0], defined, seen), {"type": "null"}])
        case "Union":
            return _any_of([annotation_schema(part, defined, seen) for part in parts])
        case "Literal":
            return _literal(parts)
    raise NotJsonTypeError(f"type `{container}[...]` {_WHY_NOT.get(container, 'is not a JSON type')}")


def _literal(parts: list[ast.expr]) -> Schema:
    values = []
    for part in parts:
        try:
            value = ast.literal_eval(part)
        except ValueError:
            raise NotJsonTypeError(f"Literal[{ast.unparse(part)}] is not a plain value") from None
        if not isinstance(value, str | int | bool | None):
            raise NotJsonTypeError(f"Literal[{ast.unparse(part)}] is not a JSON value")
        values.append(value)
    return {"enum": values}


def _any_of(schemas: list[Schema]) -> Schema:
    flat: list[Schema] = []
    for schema in schemas:
        for one in schema.get("anyOf", [schema]):
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def is_typed_dict(node: ast.ClassDef, defined: Definitions) -> bool:
    """Tell whether a class is a TypedDict, directly or through a base defined in the same text."""
    for base in node.bases:
        name = _name(base)
        parent = defined.get(name)
        if name == "TypedDict":
            return True
        if isinstance(parent, ast.ClassDef) and parent is not node and is_typed_dict(parent, defined):
            return True
    return False


def _typed_dict(node: ast.ClassDef, defined: Definitions, seen: tuple[str, ...]) -> Schema:
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for base in node.bases:
        parent = defined.get(_name(base))
        if isinstance(parent, ast.ClassDef):
            inherited = _typed_dict(parent, defined, (*seen, parent.name))
            properties |= inherited["properties"]
            required += inherited["required"]
    total = not any(
        keyword.arg == "total" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in node.keywords
    )
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            key, annotation, needed = item.target.id, item.annotation, total
            if isinstance(annotation, ast.Subscript) and _name(annotation.value) in {
                "Required",
                "NotRequired",
            }:
                needed = _name(annotation.value) == "Required"
                annotation = annotation.slice
            properties[key] = annotation_schema(annotation, defined, seen)
            if needed:
                required.append(key)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
