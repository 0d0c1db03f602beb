"""The beginning of a JSON object -> the parameters, choices and paths that may come next."""

import json
from collections.abc import Iterator
from pathlib import Path

from toolwright.records import dataclass, field, replace
from toolwright.repl.offers import Offer, beginning_with
from toolwright.repl.path_completing import path_offers
from toolwright.types import Json, Schema


@dataclass(slots=True)
class _Place:
    """Where the text ends: how deep, in which string, behind which names of the object itself."""

    depth: int = 0
    string: str | None = None
    """What the string that is open holds so far."""
    word: str = ""
    """What stands behind the last sign, outside of strings."""
    keys: list[str] = field(default_factory=list)
    expects_key: bool = True
    last: str = ""
    """The string that was closed last."""
    done: bool = False
    """Whether a value is complete."""


def json_offers(typed: str, schema: Schema, workspace: Path) -> Iterator[Offer]:
    """Offer what may come next in the arguments of a tool; `schema` is that of its parameters."""
    at = _place(typed)
    members: dict[str, Schema] = schema.get("properties", {})
    left = [name for name in members if name not in at.keys]
    if not typed.strip():
        for name in left or ("",):
            text = f'{{"{name}": ' if name else "{}"
            yield Offer(text, len(typed), text.strip(), _about(members.get(name, {})))
    elif at.depth == 1 and at.expects_key and not at.done:
        yield from _keys(at, left, members)
    elif at.depth == 1 and at.done:
        for name in left:
            yield Offer(f', "{name}": ', 0, f'"{name}"', _about(members[name]))
        yield Offer("}", 0, "}", "the end")
    elif at.keys:
        yield from _values(at, members.get(at.keys[-1], {}), workspace)


def _keys(at: _Place, left: list[str], members: dict[str, Schema]) -> Iterator[Offer]:
    started = at.string or ""
    opening = "" if at.string is not None else '"'
    for name in left:
        if name.startswith(started):
            yield Offer(f'{opening}{name}": ', len(started), f'"{name}"', _about(members[name]))


def _values(at: _Place, schema: Schema, workspace: Path) -> Iterator[Offer]:
    if at.string is not None:
        choices = [(each, "") for each in _choices(schema) if isinstance(each, str)]
        yield from beginning_with(at.string, choices, '"')
        if not choices:
            for offer in path_offers(at.string, workspace):
                yield replace(offer, text=json.dumps(offer.text, ensure_ascii=False)[1:-1])
        return
    if at.depth == 1:
        yield from beginning_with(at.word, [(json.dumps(each), "") for each in _choices(schema)])


def _choices(schema: Schema) -> list[Json]:
    """Return the values that a parameter can have, where they are few, else its default."""
    if "enum" in schema:
        return list(schema["enum"])
    if schema.get("type") == "boolean":
        return [True, False]
    options = [choice for option in schema.get("anyOf", ()) for choice in _choices(option)]
    default = [schema["default"]] if "default" in schema else []
    return [*default, *(each for each in options if each not in default)]


def _about(schema: Schema) -> str:
    return str(schema.get("description") or schema.get("type") or "")


def _place(text: str) -> _Place:
    """Read a text that is JSON as far as it goes."""
    at, escaped = _Place(), False
    for sign in text:
        if at.string is not None:
            if sign == '"' and not escaped:
                at.last, at.string, at.done = at.string, None, not at.expects_key
            else:
                at.string += sign
            escaped = sign == "\\" and not escaped
        else:
            _outside(at, sign)
    at.done = at.done or (at.depth == 1 and not at.expects_key and _is_whole(at.word))
    return at


def _outside(at: _Place, sign: str) -> None:
    if sign == '"':
        at.string = ""
    elif sign in "{[":
        at.depth += 1
    elif sign in "}]":
        at.depth -= 1
        at.done = at.depth == 1
    elif sign == ":" and at.depth == 1:
        at.keys.append(at.last)
        at.expects_key, at.done, at.word = False, False, ""
    elif sign == "," and at.depth == 1:
        at.expects_key, at.done, at.word = True, False, ""
    elif not sign.isspace():
        at.word += sign


def _is_whole(word: str) -> bool:
    """Tell whether a word is a value to which nothing needs to be added."""
    return word in {"true", "false", "null"} or word.lstrip("-").replace(".", "", 1).isdigit()
