"""JSON Schema of a tool's argument or answer -> an annotation that means it, with names of `typing` only."""

from typing import Final

from toolwright.types import Schema

_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def annotation_text(schema: Schema) -> str:
    """Return an annotation that needs no definitions; a TypedDict becomes a dict of what its values can be.

    `Literal` is the one name in it that has to be imported. A schema that says nothing becomes any JSON.
    """
    if "anyOf" in schema:
        return _either(schema["anyOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    kind = schema.get("type", "")
    if kind == "array":
        return f"list[{annotation_text(schema['items'])}]" if schema.get("items") else "list"
    if kind == "object":
        return _object(schema)
    return _PLAIN.get(kind, "dict | list | str | float | bool | None")


def _object(schema: Schema) -> str:
    if schema.get("properties"):
        return f"dict[str, {_either(list(schema['properties'].values()))}]"
    values = schema.get("additionalProperties")
    return f"dict[str, {annotation_text(values)}]" if isinstance(values, dict) and values else "dict"


def _either(schemas: list[Schema]) -> str:
    return " | ".join(dict.fromkeys(annotation_text(schema) for schema in schemas))
