"""A JSON value and a schema of ours -> the first thing that does not fit, in words. No library needed."""

import json
import math
from collections.abc import Iterable

from toolwright.syntax.fitting import inside
from toolwright.types import Json, Schema

_TYPE_NAMES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


def mismatch(value: Json, schema: Schema, where: str = "") -> str:
    """Return "" when `value` fits `schema`, else a clause: `rows[0].name: expected a string, got 3`."""
    if "enum" in schema:
        fits = any(type(value) is type(choice) and value == choice for choice in schema["enum"])
        return "" if fits else _say(where, schema, value)
    if "anyOf" in schema:
        tried = [mismatch(value, option, where) for option in schema["anyOf"]]
        if "" in tried:
            return ""
        pairs = zip(tried, schema["anyOf"], strict=True)
        deeper = [said for said, option in pairs if _goes_deeper(value, option)]
        return deeper[0] if len(deeper) == 1 else _say(where, schema, value)
    if not _is(value, schema):
        return _say(where, schema, value)
    if isinstance(value, list) and "items" in schema:
        return _first(
            mismatch(item, schema["items"], f"{where}[{index}]") for index, item in enumerate(value)
        )
    if isinstance(value, dict):
        return _object_mismatch(value, schema, where)
    return ""


def described(schema: Schema) -> str:
    """Say in words what a schema asks for."""
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(choice, ensure_ascii=False) for choice in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(described(option) for option in schema["anyOf"])
    return _TYPE_NAMES.get(schema.get("type", ""), "any value")


def shown(value: Json, limit: int = 60) -> str:
    """Write a value as short JSON for a message."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def is_json(value: object) -> bool:
    """Tell whether a value equals its JSON round trip."""
    match value:
        case None | bool() | int() | str():
            return True
        case float():
            return math.isfinite(value)
        case list():
            return all(map(is_json, value))
        case dict():
            return all(isinstance(key, str) and is_json(item) for key, item in value.items())
    return False


def _goes_deeper(value: Json, option: Schema) -> bool:
    return "type" in option and isinstance(value, list | dict) and _is(value, option)


def _object_mismatch(value: dict[str, Json], schema: Schema, where: str) -> str:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            return f"{where or 'the object'}: {name!r} is missing"
    extra = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in properties:
            said = mismatch(item, properties[name], inside(where, name))
        elif extra is False:
            said = f"{where or 'the object'}: {name!r} is unknown"
        else:
            said = mismatch(item, extra, inside(where, name)) if isinstance(extra, dict) else ""
        if said:
            return said
    return ""


def _is(value: Json, schema: Schema) -> bool:
    match schema.get("type"):
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return not isinstance(value, bool) and (
                isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
            )
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    return True


def _say(where: str, schema: Schema, value: Json) -> str:
    prefix = f"{where}: " if where else ""
    return f"{prefix}expected {described(schema)}, got {shown(value)}"


def _first(found: Iterable[str]) -> str:
    return next((said for said in found if said), "")
