"""A function called, also twice in one process, and what that leaves behind in; a complaint or answer out."""

import json
from collections.abc import Callable
from typing import Final

from toolwright.sandbox.cells.wire import NotJsonError, encode

CHANGED: Final = "changed its argument"


class LeftBehindError(Exception):
    """A call changed what it was given."""


def call_twice(called: Callable[..., object], arguments: dict[str, object]) -> object:
    """Return what the second of two equal calls answers, after the caller has emptied the first answer.

    Raises:
        LeftBehindError: the first call changed its arguments.
        Exception: whatever the second call raises.
    """
    given = _written(arguments)
    try:
        first = called(**arguments)
    except Exception:  # noqa: BLE001 - the second call raises it again, or the comparison tells
        first = None
    _check_unchanged(arguments, given)
    _empty(first)
    return called(**{name: json.loads(before) for name, before in given.items()})


def call_watched(called: Callable[..., object], arguments: dict[str, object]) -> object:
    """Return what a call answers.

    Raises:
        LeftBehindError: it changed its arguments.
        Exception: whatever the call raises.
    """
    given = _written(arguments)
    answer = called(**arguments)
    _check_unchanged(arguments, given)
    return answer


def _written(arguments: dict[str, object]) -> dict[str, bytes]:
    return {name: encode(value) for name, value in arguments.items()}


def _check_unchanged(arguments: dict[str, object], given: dict[str, bytes]) -> None:
    for name, before in given.items():
        if _text_of(arguments[name]) != before:
            raise LeftBehindError(f"{CHANGED} `{name}`")


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
