"""A tool's parameters and its recorded calls in, further calls that its types allow out: always the same."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolwright.syntax.checking import mismatch
from toolwright.types import Json, Schema

_SEED: Final = 20_011
_MOST_RECORDED: Final = 25
_DEEPEST: Final = 4
_TEXTS: Final = ("", "a", " ", "Hello World", "a,b;c", "x\ny", "äöü", "0", "-1.5", "2024-02-29", "A1 b2")
_NUMBERS: Final = (0, 1, -1, 2, 3, 10, 100)
_SIMPLE: Final[Mapping[str, Sequence[Json]]] = {
    "string": _TEXTS,
    "integer": _NUMBERS,
    "number": (*_NUMBERS, 0.5, -2.25),
    "boolean": (True, False),
}


def probes(
    parameters: Schema, recorded: Sequence[Mapping[str, Json]], most: int
) -> tuple[Mapping[str, Json], ...]:
    """Return at most `most` sets of arguments: neighbours of the recorded ones, then some by the types alone.

    `parameters` is the JSON Schema of the arguments as one object. None of the recorded calls comes again.
    """
    found: dict[str, Mapping[str, Json]] = {}
    known = {repr(sorted(arguments.items())) for arguments in recorded}
    for arguments in (*_around(parameters, recorded), *_by_type(parameters, most)):
        key = repr(sorted(arguments.items()))
        if key not in known and not mismatch(dict(arguments), parameters):
            found.setdefault(key, arguments)
    every = list(found.values())
    if len(every) <= most:
        return tuple(every)
    return tuple(every[place * len(every) // most] for place in range(most))


def _around(parameters: Schema, recorded: Sequence[Mapping[str, Json]]) -> Iterator[dict[str, Json]]:
    """Change one argument of a recorded call a little, or leave one out that has a default."""
    required = parameters.get("required", ())
    for arguments in recorded[:_MOST_RECORDED]:
        for name, value in arguments.items():
            if name not in required:
                yield {other: kept for other, kept in arguments.items() if other != name}
            for near in _near(value, 0):
                yield {**arguments, name: near}


def _near(value: Json, depth: int) -> Iterator[Json]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, value - 1, -value, type(value)())
        case str():
            yield from ("", value[1:], value[:-1], value + value, value.swapcase(), value + " ")
        case list():
            yield from ([], value[1:], value[:-1], value[::-1], value + value)
            for place, item in enumerate(value[:3] if depth < _DEEPEST else ()):
                for near in _near(item, depth + 1):
                    yield [*value[:place], near, *value[place + 1 :]]
        case dict():
            yield from _near_object(value, depth)


def _near_object(value: Mapping[str, Json], depth: int) -> Iterator[Json]:
    for key, item in list(value.items())[:3]:
        yield {other: kept for other, kept in value.items() if other != key}
        for near in _near(item, depth + 1) if depth < _DEEPEST else ():
            yield {**value, key: near}


def _by_type(parameters: Schema, most: int) -> Iterator[dict[str, Json]]:
    chance = random.Random(_SEED)  # noqa: S311 - the same ones each time, nothing to guess
    required = parameters.get("required", ())
    for _ in range(most // 2):
        yield {
            name: _value(schema, chance, 0)
            for name, schema in parameters.get("properties", {}).items()
            if name in required or chance.random() < 0.5  # noqa: PLR2004 - half of them
        }


def _value(schema: Schema, chance: random.Random, depth: int) -> Json:
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if "anyOf" in schema:
        return _value(chance.choice(schema["anyOf"]), chance, depth)
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items", {})
        size = chance.randrange(4) if depth < _DEEPEST else 0
        return [_value(items, chance, depth + 1) for _ in range(size)]
    if kind == "object":
        return _object(schema, chance, depth)
    choices = _SIMPLE.get(kind or "")
    return chance.choice(choices) if choices else None


def _object(schema: Schema, chance: random.Random, depth: int) -> dict[str, Json]:
    if "properties" in schema:
        return {name: _value(each, chance, depth + 1) for name, each in schema["properties"].items()}
    inner = schema.get("additionalProperties")
    if not isinstance(inner, dict) or depth >= _DEEPEST:
        return {}
    return {name: _value(inner, chance, depth + 1) for name in ("a", "b")[: chance.randrange(3)]}
