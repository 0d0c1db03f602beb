"""A JSON Schema -> the same as OpenAI's strict mode takes it, or None where that cannot say it.

There every object lists all its keys as required and allows no others, every value has a `type`, and sizes
are bounded. So an object of any keys, a list of anything and a key that may be missing cannot be said.
"""

from collections.abc import Iterator
from typing import Final

from toolwright.formats.described import with_default
from toolwright.types import Json, Schema

_MOST_PROPERTIES: Final = 5_000
_DEEPEST: Final = 10
_MOST_VALUES: Final = 1_000
_MOST_TEXT: Final = 120_000
_LONG_ENUM: Final = 250
_LONG_ENUM_TEXT: Final = 15_000
_NAMES: Final = {str: "string", bool: "boolean", int: "integer", type(None): "null"}


def strict(parameters: Schema) -> Schema | None:
    """Return the schema of arguments in which each must be given; defaults stand in the descriptions.

    Every call that it allows is one that `parameters` allows.
    """
    properties = {}
    for name, schema in parameters["properties"].items():
        made = _value(with_default(schema) if "default" in schema else schema)
        if made is None:
            return None
        properties[name] = made
    whole = parameters | {"properties": properties, "required": list(properties)}
    return whole if _is_small(whole) else None


def _value(schema: Schema) -> Schema | None:
    plain = {key: value for key, value in schema.items() if key != "writeOnly"}
    match plain:
        case {"anyOf": [*options]}:
            made = [_value(option) for option in options]
            return None if None in made else plain | {"anyOf": made}
        case {"enum": [*values]}:
            return plain | {"type": _type_of(values)}
        case {"type": "array", "items": dict(items)}:
            item = _value(items)
            return None if item is None else plain | {"items": item}
        case {"type": "object", "properties": dict(properties), "additionalProperties": False}:
            members = {name: _value(member) for name, member in properties.items()}
            needed = set(plain.get("required", ())) == members.keys() and None not in members.values()
            return plain | {"properties": members} if needed else None
        case {"type": "array" | "object"}:
            return None
    return plain


def _type_of(values: list[Json]) -> Json:
    names = sorted({_NAMES[type(value)] for value in values})
    return names[0] if len(names) == 1 else names


def _is_small(schema: Schema) -> bool:
    objects = [(depth, node) for depth, node in _nodes(schema, 0) if "properties" in node]
    enums = [node["enum"] for _, node in _nodes(schema, 0) if "enum" in node]
    names = [name for _, node in objects for name in node["properties"]]
    texts = [[str(value) for value in values] for values in enums]
    return (
        len(names) <= _MOST_PROPERTIES
        and max(depth for depth, _ in objects) < _DEEPEST
        and sum(map(len, enums)) <= _MOST_VALUES
        and sum(map(len, names)) + sum(len(text) for each in texts for text in each) <= _MOST_TEXT
        and all(len(each) <= _LONG_ENUM or sum(map(len, each)) <= _LONG_ENUM_TEXT for each in texts)
    )


def _nodes(schema: Schema, depth: int) -> Iterator[tuple[int, Schema]]:
    """Walk through a schema; an object is one level deeper than what it stands in."""
    yield depth, schema
    for member in schema.get("properties", {}).values():
        yield from _nodes(member, depth + 1)
    for option in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from _nodes(option, depth)
