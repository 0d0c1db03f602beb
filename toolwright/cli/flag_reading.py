"""Words that were typed after a tool's name -> the arguments of the call, each checked by its schema."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from toolwright.cli.asked_tool import strict_json
from toolwright.cli.call_words import IGNORED, UNSAFE, VALUED
from toolwright.cli.flags import Flag, flags_of, kind_of, options_of, shown_json, wanted, words_of
from toolwright.errors import UsageError
from toolwright.sandbox.cells.wire import NotJsonError, encode
from toolwright.syntax.checking import mismatch
from toolwright.types import Json, Schema, Tool

_LONGEST_SHOWN: Final = 60
_NARROW_FIRST: Final = ("null", "boolean", "integer", "number", "array", "object", "string")
"""Of the types that a text could be, the one that says most about it is meant."""
_RANK: Final = {kind: rank for rank, kind in enumerate(_NARROW_FIRST)}


def read_flags(words: Sequence[str], tool: Tool) -> dict[str, Any]:
    """Read the arguments of a call from what was typed after the tool's name.

    Raises:
        UsageError: a word is no flag, lacks its value or has one that does not fit; a needed one is missing.
    """
    known, waiting = words_of(tool), list(words)
    typed: list[tuple[Flag, Json | _Text]] = []
    while waiting:
        word, equals, text = waiting.pop(0).partition("=")
        if word not in known:
            raise _unknown(word, known, tool)
        flag, negative = known[word]
        if not negative and (equals or not flag.is_switch):
            if not equals and (not waiting or waiting[0].partition("=")[0] in known):
                raise _wrong(tool, f"{word} needs a value: {wanted(flag)}")
            typed.append((flag, _Text(text if equals else waiting.pop(0))))
        elif equals:
            raise _wrong(tool, f"{word} takes no value")
        else:
            typed.append((flag, not negative if flag.is_switch else None))
    try:
        given = {flag.name: _value(flag, [told for one, told in typed if one == flag]) for flag, _ in typed}
    except _FlagError as error:
        raise _wrong(tool, str(error)) from None
    for flag in flags_of(tool):
        if flag.required and flag.name not in given:
            raise _wrong(tool, f"{flag.word} is missing: it takes {wanted(flag)}")
    try:
        encode(given)
    except NotJsonError as error:
        raise _wrong(tool, f"the value of {error.where} is {error.what}, which JSON cannot carry") from None
    return given


class _Text(str):
    """What was typed as a value, not read yet."""

    __slots__ = ()


def _value(flag: Flag, told: Sequence[Json | _Text]) -> Json:
    """Return the value of a parameter from all that was typed for it: one, or the items of a list."""
    if flag.is_list and all(isinstance(each, _Text) for each in told):
        return _list(flag, [str(each) for each in told])
    if len(told) > 1:
        raise _FlagError(f"{flag.word} is given twice, and takes one value")
    (only,) = told
    if not isinstance(only, _Text):
        return only
    if flag.secret and only.lstrip().startswith('{"secret"'):
        return _secret(flag, only)
    return _fitting(flag, str(only), flag.schema)


class _FlagError(Exception):
    """What was typed does not fit; the text says what would."""


def _list(flag: Flag, texts: list[str]) -> Json:
    """Return the items of a list, unless it is the whole list as JSON."""
    if len(texts) == 1 and texts[0].lstrip().startswith("["):
        for whole in _json(texts[0]):
            if not mismatch(whole, flag.array):
                return whole
    return [_fitting(flag, text, flag.array.get("items", {})) for text in texts]


def _secret(flag: Flag, text: str) -> Json:
    value = _strict(flag, text)
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("secret"), str):
        return value
    raise _FlagError(f'{flag.word} takes a text, or {{"secret": "NAME"}}')


def _strict(flag: Flag, text: str) -> Json:
    try:
        return strict_json(text)
    except ValueError as error:
        raise _FlagError(f"{flag.word} is not JSON: {error}") from None


def _fitting(flag: Flag, text: str, schema: Schema) -> Json:
    said = ""
    for option in sorted(options_of(schema), key=lambda one: _RANK.get(kind_of(one), 0)):
        for value in _readings(text, option, schema):
            wrong = mismatch(value, schema, flag.name)
            if not wrong:
                return value
            said = wrong
    if {kind_of(option) for option in options_of(schema)} <= {"array", "object", "null"}:
        value = _strict(flag, text)
        raise _FlagError(f"{flag.word} does not fit: {said or mismatch(value, schema, flag.name)}")
    raise _FlagError(f"{flag.word} takes {wanted(flag, schema)}, not {_shown(text)}{_nearest(text, schema)}")


def _readings(text: str, option: Schema, schema: Schema) -> Iterator[Json]:
    """Yield what a text could mean as a value of one type."""
    match kind_of(option):
        case "enum":
            yield from (
                one for one in option["enum"] if text == (one if isinstance(one, str) else shown_json(one))
            )
        case "integer":
            if re.fullmatch(r"[+-]?[0-9]{1,4000}", text):
                yield int(text)
        case "number":
            if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
                yield from (number for number in [float(text)] if math.isfinite(number))
        case "boolean":
            yield from ([text == "true"] if text in {"true", "false"} else [])
        case "null":
            texts = any(kind_of(one) == "string" for one in options_of(schema))
            yield from ([None] if text == "null" and not texts else [])
        case "string":
            yield text
        case _:
            yield from _json(text)


def _json(text: str) -> Iterator[Json]:
    try:
        yield strict_json(text)
    except ValueError:
        return


def _nearest(text: str, schema: Schema) -> str:
    import difflib

    choices = [one for option in options_of(schema) for one in option.get("enum", ()) if isinstance(one, str)]
    nearest = difflib.get_close_matches(text, choices, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""


def _unknown(word: str, known: Mapping[str, object], tool: Tool) -> UsageError:
    import difflib

    if not word.startswith("-"):
        return _wrong(tool, f"{_shown(word)} is no flag, and every argument of {tool.name} has one")
    nearest = difflib.get_close_matches(word, known, n=1)
    offer = f"; did you mean {nearest[0]}?" if nearest else ""
    if word in VALUED or word in IGNORED or word == UNSAFE:
        return UsageError(
            f"{tool.name} has no flag {word}{offer}",
            hint=f"python agent.py {word} ... call {tool.name}: options of the program stand before the name",
        )
    return _wrong(tool, f"{tool.name} has no flag {word}{offer}")


def _wrong(tool: Tool, message: str) -> UsageError:
    asked = "-h" if "help" in tool.parameters["properties"] else "--help"
    return UsageError(message, hint=f"python agent.py call {tool.name} {asked}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")
