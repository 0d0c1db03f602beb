"""A function called twice in one process: what the first call leaves behind in, a complaint or answer out."""

import json
from collections.abc import Callable

from toolwright.sandbox.cells.wire import NotJsonError, encode


class LeftBehindError(Exception):
    """A call changed what it was given."""


def call_twice(called: Callable[..., object], arguments: dict[str, object]) -> object:
    """Return what the second of two equal calls answers, after the caller has emptied the first answer.

    Raises:
        LeftBehindError: the first call changed its arguments.
        Exception: whatever the second call raises.
    """
    given = {name: encode(value) for name, value in arguments.items()}
    try:
        first = called(**arguments)
    except Exception:  # noqa: BLE001 - the second call raises it again, or the comparison tells
        first = None
    for name, before in given.items():
        if _text_of(arguments[name]) != before:
            raise LeftBehindError(f"changed its argument `{name}`")
    _empty(first)
    return called(**{name: json.loads(before) for name, before in given.items()})


def _text_of(value: object) -> bytes:
    try:
        return encode(value)
    except (NotJsonError, RecursionError):
        return b""


def _empty(answer: object) -> None:
    """Empty all lists and dicts of an answer, as whoever asked for it may."""
    waiting, seen = [answer], set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen or not isinstance(value, list | dict | tuple):
            continue
        seen.add(id(value))
        waiting += value.values() if isinstance(value, dict) else value
        if not isinstance(value, tuple):
            value.clear()
