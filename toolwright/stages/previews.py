"""Real values -> what of them a model is shown, capped and without secrets, and the sentence that says so."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from toolwright.types import Json

LONGEST: Final = 600
"""Characters of a value that a model is shown."""
Redact = Callable[[str], str]


def preview(value: Json, *, allowed: bool, redact: Redact = str) -> str:
    """Show a value to a model: capped JSON, or only its shape when previews are switched off."""
    return capped(redact(_text(value))) if allowed else shape(value)


def capped(text: str) -> str:
    """Return a text cut to what a model is shown, with its length."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters in all)"


def announced(values: Mapping[str, Json], model: str) -> str:
    """Say which values a model is about to be shown, and how much of them, "" for none."""
    named = [_part(what, len(_text(value))) for what, value in values.items()]
    listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)
    return f"{model} is shown {listed}; with --no-preview types and sizes only" if named else ""


def shape(value: Json) -> str:
    """Say of what kind a value is and how large."""
    match value:
        case dict():
            return f"an object with {len(value)} keys"  # which may be values too, such as people's names
        case list():
            return f"a list of {len(value)}" + (f", the first is {shape(value[0])}" if value else "")
        case str():
            return f"a string of {len(value)} characters"
    return {bool: "true or false", int: "an integer", float: "a number"}.get(type(value), "null")


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _part(what: str, length: int) -> str:
    return what if length <= LONGEST else f"the first {LONGEST} of the {length:,} characters of {what}"
