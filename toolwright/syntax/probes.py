"""A tool's parameters and its recorded calls in, further calls that its types allow out: always the same."""

import ast
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from toolwright.syntax.checking import mismatch
from toolwright.types import Json, Schema

_SEED: Final = 20_011
_MOST_RECORDED: Final = 25
_MOST_BASES: Final = 4
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
    parameters: Schema, recorded: Sequence[Mapping[str, Json]], literals: Sequence[Json], most: int
) -> tuple[Mapping[str, Json], ...]:
    """Return at most `most` sets of arguments, none of them recorded.

    First come recorded ones with one argument near a literal of the function, where its boundaries are, then
    their neighbours, then some by the types alone. `parameters` is the JSON Schema of the arguments as one
    object.
    """
    known = {repr(sorted(arguments.items())) for arguments in recorded}

    def fresh(made: Iterable[Mapping[str, Json]], room: int) -> list[Mapping[str, Json]]:
        found: dict[str, Mapping[str, Json]] = {}
        for arguments in made:
            key = repr(sorted(arguments.items()))
            if key not in known and not mismatch(dict(arguments), parameters):
                found.setdefault(key, arguments)
        known.update(found)
        every = list(found.values())
        return every if len(every) <= room else [every[n * len(every) // room] for n in range(room)]

    at_boundaries = fresh(_at(literals, recorded), most // 2)
    others = fresh((*_around(parameters, recorded), *_by_type(parameters, most)), most - len(at_boundaries))
    return (*at_boundaries, *others)


def literals_of(source: str) -> tuple[Json, ...]:
    """List the numbers and texts in the code of a module, docstrings left out.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source)
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in said]
    values = [each.value for each in constants if type(each.value) in {int, float, str}]
    return tuple({repr(value): value for value in values}.values())


def _at(literals: Sequence[Json], recorded: Sequence[Mapping[str, Json]]) -> Iterator[dict[str, Json]]:
    for arguments in recorded[:_MOST_BASES]:
        for name, value in arguments.items():
            for literal in literals:
                if isinstance(literal, str) == isinstance(value, str) and not isinstance(value, list | dict):
                    near = (literal,) if isinstance(literal, str) else (literal, literal + 1, literal - 1)
                    yield from ({**arguments, name: each} for each in near)


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
