"""Annotations as AST -> JSON Schema, for the closed set of types whose values equal their JSON round trip.

Nothing is evaluated: names are looked up among the TypedDict classes and aliases of the same module text.
"""

import ast
from collections.abc import Mapping
from typing import Final

from toolwright.syntax.parsing import literal, parse_expression
from toolwright.types import Schema

Definitions = Mapping[str, ast.expr | ast.ClassDef]
"""Module-level names an annotation may mean: TypedDict classes and plain aliases."""

_SIMPLE: Final[dict[str, Schema]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "list": {"type": "array"},
    "List": {"type": "array"},
    "dict": {"type": "object"},
    "Dict": {"type": "object"},
}
_ONLY_BUILT_IN: Final = frozenset({"str", "int", "float", "bool", "list", "dict"})
_QUALIFIERS: Final = frozenset({"Required", "NotRequired"})
_LARGEST: Final = 500
"""Parts of one type, each written out where it is used. Real types have some ten."""
_DEEPEST: Final = 50
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
    "TypedDict": "says nothing; write a class with its keys",
    "Decimal": "has no JSON form; use str or float",
}


class NotJsonTypeError(ValueError):
    """An annotation outside the set; the text says which and what to use instead."""


def annotation_schema(node: ast.expr, defined: Definitions) -> Schema:
    """Translate one annotation.

    Raises:
        NotJsonTypeError: the annotation means something whose values are not plain JSON.
    """
    return _Translation(defined).schema(node, ())


def is_typed_dict(node: ast.ClassDef, defined: Definitions) -> bool:
    """Tell whether a class is a TypedDict, directly or through a base defined in the same text."""
    waiting, seen = [node], {node}
    while waiting:
        for base in waiting.pop().bases:
            name = _name(base)
            if name == "TypedDict":
                return True
            parent = defined.get(name)
            if isinstance(parent, ast.ClassDef) and parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return False


class _Translation:
    """The translation of one annotation; `within` are the names and levels around the part at hand."""

    def __init__(self, defined: Definitions) -> None:
        self._defined = defined
        self._parts = 0

    def schema(self, node: ast.expr, within: tuple[str, ...]) -> Schema:
        self._count(within)
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str() as text):
                return self.schema(_parsed(text), (*within, ""))
            case ast.BinOp(op=ast.BitOr()):
                return _any_of([self.schema(part, (*within, "")) for part in _options(node)])
            case ast.Subscript(value=container, slice=inner):
                return self._subscript(_name(container), inner, (*within, ""))
            case ast.Name() | ast.Attribute():
                return self._named(node, within)
        raise NotJsonTypeError(f"type `{_text(node)}` is not a JSON type")

    def _count(self, within: tuple[str, ...]) -> None:
        self._parts += 1
        if self._parts > _LARGEST or len(within) > _DEEPEST:
            raise NotJsonTypeError("its type is too large to be shown to a model; use simpler types")

    def _named(self, node: ast.Name | ast.Attribute, within: tuple[str, ...]) -> Schema:
        name = _name(node)
        local = self._defined.get(name) if isinstance(node, ast.Name) else None
        if name in within:
            raise NotJsonTypeError(f"type `{name}` refers to itself")
        match local:
            case ast.ClassDef() if is_typed_dict(local, self._defined):
                return self._typed_dict(local, (*within, name))
            case ast.ClassDef():
                raise NotJsonTypeError(f"class `{name}` is not a TypedDict")
            case ast.Call(func=ast.Name(id="TypedDict") | ast.Attribute(attr="TypedDict")):
                raise NotJsonTypeError(f"type `{name}`: write the TypedDict as a class")
            case ast.expr():
                return self.schema(local, (*within, name))
        if name in _SIMPLE and not (isinstance(node, ast.Attribute) and name in _ONLY_BUILT_IN):
            return dict(_SIMPLE[name])
        raise NotJsonTypeError(f"type `{_text(node)}` {_WHY_NOT.get(name, 'is not a JSON type')}")

    def _subscript(self, container: str, inner: ast.expr, within: tuple[str, ...]) -> Schema:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        match container, parts:
            case "list" | "List", [item]:
                return {"type": "array", "items": self.schema(item, within)}
            case "dict" | "Dict", [key, value]:
                if self.schema(key, within) != {"type": "string"}:
                    raise NotJsonTypeError("the keys of a dict must be str: JSON has no others")
                return {"type": "object", "additionalProperties": self.schema(value, within)}
            case "Optional", [part]:
                return _any_of([self.schema(part, within), {"type": "null"}])
            case "Union", [_, *_]:
                return _any_of([self.schema(part, within) for part in parts])
            case "Literal", [_, *_]:
                return _literal(parts)
            case "list" | "List" | "dict" | "Dict" | "Optional" | "Union" | "Literal", _:
                raise NotJsonTypeError(f"type `{container}[...]` has {len(parts)} parts, which is not a type")
        raise NotJsonTypeError(f"type `{container}[...]` {_WHY_NOT.get(container, 'is not a JSON type')}")

    def _typed_dict(self, node: ast.ClassDef, within: tuple[str, ...]) -> Schema:
        self._count(within)
        needed: dict[str, bool] = {}
        properties: dict[str, Schema] = {}
        for base in node.bases:
            name = _name(base)
            parent = self._defined.get(name)
            if isinstance(parent, ast.ClassDef):
                if name in within:
                    raise NotJsonTypeError(f"class `{node.name}` inherits from itself")
                inherited = self._typed_dict(parent, (*within, name))
                properties |= inherited["properties"]
                needed |= {key: key in inherited["required"] for key in inherited["properties"]}
        total = _is_total(node)
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                annotation, qualifier = _unqualified(item.annotation)
                properties[item.target.id] = self.schema(annotation, within)
                needed[item.target.id] = qualifier == "Required" if qualifier else total
        return {
            "type": "object",
            "properties": properties,
            "required": [key for key in properties if needed[key]],
            "additionalProperties": False,
        }


def _parsed(text: str) -> ast.expr:
    try:
        return parse_expression(text)
    except SyntaxError:
        raise NotJsonTypeError(f"type `{text}` is not an annotation") from None


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=generic):
            return _name(generic)
    return ""


def _text(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."


def _options(node: ast.expr) -> list[ast.expr]:
    """Take `a | b | c` apart, which the parser nests to the left."""
    right = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        right.append(node.right)
        node = node.left
    return [node, *reversed(right)]


def _literal(parts: list[ast.expr]) -> Schema:
    values = []
    for part in parts:
        try:
            value = literal(part)
        except ValueError:
            raise NotJsonTypeError(f"Literal[{_text(part)}] is not a plain value") from None
        if not isinstance(value, str | int | bool | None):
            raise NotJsonTypeError(f"Literal[{_text(part)}] is not a JSON value")
        values.append(value)
    return {"enum": values}


def _any_of(schemas: list[Schema]) -> Schema:
    flat: list[Schema] = []
    for schema in schemas:
        for one in schema.get("anyOf", [schema]):
            if not any(_same(one, known) for known in flat):
                flat.append(one)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _same(one: Schema, other: Schema) -> bool:
    return repr(one) == repr(other)  # for == the enums [1] and [True] are the same


def _unqualified(annotation: ast.expr) -> tuple[ast.expr, str]:
    """Take `Required[...]` or `NotRequired[...]` off, also inside quotes."""
    while isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = _parsed(annotation.value)
    if isinstance(annotation, ast.Subscript) and _name(annotation.value) in _QUALIFIERS:
        return annotation.slice, _name(annotation.value)
    return annotation, ""


def _is_total(node: ast.ClassDef) -> bool:
    return not any(
        keyword.arg == "total" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in node.keywords
    )
