"""The text of a reply -> the code blocks or the JSON in it. Nothing is guessed or mended."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final, Never

from toolwright.errors import ReplyShapeError
from toolwright.prompts.fences import fenced_blocks

_PYTHON: Final = frozenset({"python", "py", "python3"})
_JSON: Final = frozenset({"json", ""})
_MOST_BROKEN: Final = 1000
_OBJECT_BEGINS: Final = re.compile(r'\{\s*["}]')


class _NotJsonError(ValueError):
    """A text that is not JSON: why, and up to where it was."""

    def __init__(self, why: str, position: int) -> None:
        super().__init__(why)
        self.position = position


def python_blocks(text: str) -> list[str]:
    """Return the contents of the fenced Python blocks, in order, each ending in one newline."""
    return [body.strip("\n") + "\n" for language, body in fenced_blocks(text) if language in _PYTHON]


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object of a reply: the whole text, a fenced block, or the longest object in prose.

    Raises:
        ReplyShapeError: there is no JSON object; says where it stops making sense.
    """
    fenced = [body for language, body in fenced_blocks(text) if language in _JSON]
    whole = [value for piece in [text, *reversed(fenced)] for value in _whole(piece)]
    for value in whole:
        if isinstance(value, dict):
            return _only_text(value)
    if whole:
        raise ReplyShapeError("the answer holds JSON, but not one JSON object")
    found: list[tuple[int, dict[str, Any]]] = []
    broken: list[tuple[int, str]] = []
    for extent, result in _objects_in(text):
        if isinstance(result, dict):
            found.append((extent, result))
        else:
            broken.append((extent, str(result)))
            if len(broken) == _MOST_BROKEN:
                break
    if found:
        return _only_text(max(reversed(found), key=lambda pair: pair[0])[1])
    why = max(broken, default=(0, ""))[1]
    raise ReplyShapeError(f"the answer holds no JSON object{': ' if why else ''}{why}")


def _whole(piece: str) -> Iterator[Any]:
    """Yield the value of a text that is nothing but JSON."""
    text = piece.strip()
    try:
        value, end = _decode(text, 0)
    except _NotJsonError:
        return
    if end == len(text):
        yield value


def _objects_in(text: str) -> Iterator[tuple[int, dict[str, Any] | _NotJsonError]]:
    """Yield the length of every object in a text with it, or how far a broken one goes, with the reason.

    What stands inside a broken object is part of it, not an answer: the search goes on behind the break.
    So every character is looked at once, however many braces there are.
    """
    begin = _OBJECT_BEGINS.search(text)
    while begin:
        start = begin.start()
        try:
            value, end = _decode(text, start)
            yield end - start, value
        except _NotJsonError as error:
            end = max(error.position, start + 1)
            yield end - start, error
        begin = _OBJECT_BEGINS.search(text, end)


def _decode(text: str, start: int) -> tuple[Any, int]:
    decoder = json.JSONDecoder(strict=False, parse_constant=_refuse, parse_float=_finite)
    try:
        return decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        why = f"{error.msg} at line {error.lineno}, column {error.colno} of the answer"
        raise _NotJsonError(why, error.pos) from None
    except RecursionError:
        raise _NotJsonError("it is nested too deeply", len(text)) from None
    except ValueError as error:
        raise _NotJsonError(str(error), len(text)) from None


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _only_text(value: dict[str, Any]) -> dict[str, Any]:
    """Let only text pass: half a surrogate pair can be escaped in JSON, but never be written to a file."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ReplyShapeError("the answer holds half of a surrogate pair, which is not text") from None
    return value
