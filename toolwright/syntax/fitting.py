"""Two schemas -> whether an answer of the one can be an argument of the other; a path -> what it reaches."""

import json
import re
from typing import Final

from toolwright.types import Json, Schema

EACH: Final = "[*]"
_PART: Final = re.compile(r'\[(\*|[0-9]{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.\[\]"]+)')
_PLAIN_KEY: Final = re.compile(r'[^.\[\]"]+')


class PathError(ValueError):
    """A reference path that is malformed or leads nowhere; the text says at which part."""


def path_parts(path: str) -> list[str | int]:
    """Split `rows[0].name` into `["rows", 0, "name"]`; `[*]` stays `"[*]"`.

    Keys with dots, brackets or quotes, and the empty key, are written as JSON strings: `rows["odd.key"]`.
    The one key that no path can name is `[*]`.

    Raises:
        PathError: the path is malformed.
    """
    parts: list[str | int] = []
    position = 0
    while position < len(path):
        found = _PART.match(path, position)
        if not found or (position == 0 and path.startswith(".")):
            raise PathError(f"path {path!r} is malformed at {path[position:]!r}")
        index, quoted, key = found.groups()
        if index is not None:
            parts.append(EACH if index == EACH[1] else int(index))
        else:
            parts.append(key if key is not None else _unquoted(quoted, path))
        position = found.end()
    return parts


def inside(path: str, key: str) -> str:
    """Write the path of a key inside what `path` reaches."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def _unquoted(quoted: str, path: str) -> str:
    try:
        key = json.loads(quoted, strict=False)
    except ValueError:
        raise PathError(f"path {path!r} is malformed at {quoted}") from None
    if not isinstance(key, str) or key == EACH:
        raise PathError(f"path {path!r}: no path can name the key {key!r}")
    return key


def value_at(value: Json, path: str) -> Json:
    """Follow a path into a value; every `[*]` turns what follows into a list over the items.

    Raises:
        PathError: the value has nothing at that path.
    """
    return _follow(value, path_parts(path), path)


def schema_at(schema: Schema, path: str) -> Schema:
    """Follow a path into the schema of a value; `{}` (anything) where the schema does not say.

    Raises:
        PathError: no value of the schema can have anything at that path.
    """
    for part in path_parts(path):
        schema = _schema_inside(schema, part, path)
    return schema


def can_fit(produced: Schema, wanted: Schema) -> bool:
    """Tell whether some value of `produced` fits `wanted`: False only when surely none does."""
    if "anyOf" in produced:
        return any(can_fit(option, wanted) for option in produced["anyOf"])
    if "anyOf" in wanted:
        return any(can_fit(produced, option) for option in wanted["anyOf"])
    if "enum" in produced or "enum" in wanted:
        return _enums_can_fit(produced, wanted)
    have, want = produced.get("type"), wanted.get("type")
    if not have or not want:
        return True
    if {have, want} == {"integer", "number"}:
        return True
    if have != want:
        return False
    if have == "object":
        return _objects_can_fit(produced, wanted)
    return True  # a list may be empty, so its items never rule it out


def _follow(value: Json, parts: list[str | int], path: str) -> Json:
    for position, part in enumerate(parts):
        if part == EACH:
            if not isinstance(value, list):
                raise PathError(f"path {path!r}: [*] needs a list, found {_kind(value)}")
            return [_follow(item, parts[position + 1 :], path) for item in value]
        value = _inside(value, part, path)
    return value


def _inside(value: Json, part: str | int, path: str) -> Json:
    if isinstance(part, int):
        if not isinstance(value, list):
            raise PathError(f"path {path!r}: [{part}] needs a list, found {_kind(value)}")
        if part >= len(value):
            raise PathError(f"path {path!r}: there is no item {part}, the list has {len(value)}")
        return value[part]
    if not isinstance(value, dict):
        raise PathError(f"path {path!r}: {part!r} needs an object, found {_kind(value)}")
    if part not in value:
        names = ", ".join(map(repr, list(value)[:8])) or "none"
        raise PathError(f"path {path!r}: there is no {part!r}; the object has {names}")
    return value[part]


def _kind(value: Json) -> str:
    kinds = {dict: "an object", list: "a list", type(None): "null", str: "a string", bool: "true or false"}
    return kinds.get(type(value), "a number")


def _schema_inside(schema: Schema, part: str | int, path: str) -> Schema:
    if "anyOf" in schema:
        options = []
        for option in schema["anyOf"]:
            try:
                options.append(_schema_inside(option, part, path))
            except PathError:
                continue
        if not options:
            raise PathError(f"path {path!r}: nothing of it can have {part!r}")
        return options[0] if len(options) == 1 else {"anyOf": options}
    kind = "a fixed choice" if "enum" in schema else schema.get("type")
    if part == EACH or isinstance(part, int):
        if kind not in {None, "array"}:
            shown = part if part == EACH else f"[{part}]"
            raise PathError(f"path {path!r}: {shown} needs a list, the tool returns {kind}")
        inner: Schema = schema.get("items", {})
        return inner
    if kind not in {None, "object"}:
        raise PathError(f"path {path!r}: {part!r} needs an object, the tool returns {kind}")
    if part in schema.get("properties", {}):
        known: Schema = schema["properties"][part]
        return known
    extra = schema.get("additionalProperties", True)
    if extra is False:
        names = ", ".join(schema.get("properties", {}))
        raise PathError(f"path {path!r}: there is no {part!r}; the tool returns {names}")
    return extra if isinstance(extra, dict) else {}


def _enums_can_fit(produced: Schema, wanted: Schema) -> bool:
    if "enum" not in produced:
        return any(can_fit(produced, {"type": _json_type(choice)}) for choice in wanted["enum"])
    if "enum" not in wanted:
        return any(can_fit({"type": _json_type(choice)}, wanted) for choice in produced["enum"])
    return any(
        type(choice) is type(other) and choice == other
        for choice in produced["enum"]
        for other in wanted["enum"]
    )


def _json_type(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "string"


def _objects_can_fit(produced: Schema, wanted: Schema) -> bool:
    if "properties" not in produced:
        return True
    have = produced["properties"]
    closed = produced.get("additionalProperties") is False
    if closed and any(name not in have for name in wanted.get("required", [])):
        return False
    if wanted.get("additionalProperties") is False and any(
        name not in wanted.get("properties", {}) for name in produced.get("required", [])
    ):
        return False
    inner = wanted.get("additionalProperties")
    required = set(produced.get("required", []))
    for name, schema in have.items():
        target = wanted.get("properties", {}).get(name, inner)
        if name in required and isinstance(target, dict) and not can_fit(schema, target):
            return False
    return True
