"""The text of a reply -> the code blocks or the JSON in it. Nothing is guessed or mended."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from toolwright.errors import ReplyShapeError

_FENCE: Final = re.compile(r"^(`{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_PYTHON: Final = frozenset({"python", "py", "python3"})


def python_blocks(text: str) -> list[str]:
    """Return the contents of the fenced Python blocks, in order, each ending in one newline."""
    return [body.strip("\n") + "\n" for language, body in _blocks(text) if language in _PYTHON]


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object of a reply: the whole text, a fenced block, or the longest object in prose.

    Raises:
        ReplyShapeError: there is no JSON object; says where it stops making sense.
    """
    fenced = [body for language, body in _blocks(text) if language in {"json", ""}]
    for piece in [text, *reversed(fenced)]:
        try:
            value = json.loads(piece, strict=False)
        except ValueError:
            continue
        if isinstance(value, dict):
            return value
    inside = max(_objects_in(text), key=lambda found: found[1], default=None)
    if inside is None:
        raise ReplyShapeError(_why_no_json(fenced[-1] if fenced else text))
    return inside[0]


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    for _, language, body in _FENCE.findall(text.replace("\r\n", "\n")):
        yield language.lower(), body


def _objects_in(text: str) -> Iterator[tuple[dict[str, Any], int]]:
    decoder = json.JSONDecoder(strict=False)
    position = text.find("{")
    while position != -1:
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield value, end - position
        position = text.find("{", end)


def _why_no_json(text: str) -> str:
    try:
        json.loads(text.strip(), strict=False)
    except json.JSONDecodeError as error:
        return f"the answer holds no JSON object: {error.msg} at line {error.lineno}, column {error.colno}"
    return "the answer holds JSON, but not one JSON object"
