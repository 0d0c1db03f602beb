"""Two schemas -> whether the one takes every value of the other."""

from toolwright.syntax.checking import mismatch
from toolwright.types import Schema


def covers(wide: Schema, narrow: Schema) -> bool:
    """Tell whether every value that fits `narrow` fits `wide` too; False when that is not sure."""
    if "anyOf" in narrow:
        return all(covers(wide, option) for option in narrow["anyOf"])
    if "enum" in narrow:
        return all(not mismatch(choice, wide) for choice in narrow["enum"])
    if "anyOf" in wide:
        return any(covers(option, narrow) for option in wide["anyOf"])
    if "enum" in wide:
        return False
    want, have = wide.get("type"), narrow.get("type")
    if want is None or (want, have) == ("number", "integer"):
        return True
    if want != have:
        return False
    if want == "array":
        return covers(wide.get("items", {}), narrow.get("items", {}))
    return want != "object" or _covers_object(wide, narrow)


def _covers_object(wide: Schema, narrow: Schema) -> bool:
    if not set(wide.get("required", ())) <= set(narrow.get("required", ())):
        return False
    known = wide.get("properties", {})
    further = _further(wide)
    for name, schema in narrow.get("properties", {}).items():
        target = known.get(name, further)
        if target is None or not covers(target, schema):
            return False
    others = _further(narrow)
    if others is None:
        return True
    optional = [schema for name, schema in known.items() if name not in narrow.get("properties", {})]
    return further is not None and all(covers(target, others) for target in (further, *optional))


def _further(schema: Schema) -> Schema | None:
    """Return what keys that are not named may hold, None where there are none."""
    said = schema.get("additionalProperties", True)
    if said is False:
        return None
    return said if isinstance(said, dict) else {}
