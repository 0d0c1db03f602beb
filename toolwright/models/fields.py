"""A JSON object from a server goes in, one field of it comes out in the type it should have."""

from collections.abc import Mapping
from typing import Any


def text(holder: Mapping[str, Any], field: str) -> str:
    """Return a field that should be text, "" where it is not."""
    value = holder.get(field)
    return value if isinstance(value, str) else ""


def count(holder: Mapping[str, Any], field: str) -> int:
    """Return a field that should be a number of tokens, 0 where it is not."""
    value = holder.get(field)
    return value if isinstance(value, int) and value > 0 else 0


def part(holder: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return a field that should be an object, an empty one where it is not."""
    value = holder.get(field)
    return value if isinstance(value, dict) else {}
