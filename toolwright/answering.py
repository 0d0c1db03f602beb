"""Bindings with questions -> bindings with values: given by --value, or typed by the user and checked."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.parts import Parts
from toolwright.records import replace
from toolwright.syntax.checking import described, mismatch
from toolwright.types import Argument, Binding, Failure, Given, Json, Schema, Step, Tool, Unknown

_ASKED_AT_MOST: Final = 3
_WORDS: Final[Mapping[str, Json]] = {"yes": True, "y": True, "no": False, "n": False}


def answered(
    bindings: Sequence[Binding],
    calls: Sequence[tuple[Step, Tool]],
    parts: Parts,
    values: Mapping[str, str],
) -> list[Binding] | Failure:
    """Give every argument that nobody can know from the goal a value, before the first step runs.

    `values` are texts by PARAMETER or TOOL.PARAMETER; what is not among them is asked of the user.
    """
    done = []
    for binding, (_, tool) in zip(bindings, calls, strict=True):
        arguments: dict[str, Argument] = {}
        for name, argument in binding.arguments.items():
            arguments[name] = argument
            if isinstance(argument, Unknown):
                given = _value(binding, name, argument, tool.parameters["properties"][name], parts, values)
                if isinstance(given, Failure):
                    return given
                arguments[name] = given
        done.append(replace(binding, arguments=arguments))
    return done


def _value(
    binding: Binding,
    name: str,
    unknown: Unknown,
    schema: Schema,
    parts: Parts,
    values: Mapping[str, str],
) -> Given | Failure:
    where = f"step {binding.step}, {binding.tool}, argument `{name}`"
    typed = values.get(f"{binding.tool}.{name}", values.get(name))
    if typed is not None:
        value = read_value(typed, schema)
        wrong = mismatch(value, schema)
        return _failed(binding, f"{where}: {wrong}", "bad_value") if wrong else Given(value)
    wrong = ""
    for _ in range(_ASKED_AT_MOST):
        before = f"{wrong}; " if wrong else ""
        said = parts.ask(f"{where}: {before}{unknown.question} ({described(schema)}; [Enter] gives up)")
        if said is None:
            break
        value = read_value(said, schema)
        wrong = mismatch(value, schema)
        if not wrong:
            return Given(value)
    if wrong:
        return _failed(binding, f"{where}: {wrong}", "bad_value")
    return replace(
        _failed(binding, f"{where} cannot be known from the goal: {unknown.question}", "unknown_value"),
        hint=f"python agent.py --value {name}=... gives it, or say it in the goal",
    )


def read_value(text: str, schema: Schema) -> Json:
    """Take a text as it is where a text fits, else as JSON, yes or no, or a list with commas."""
    if not mismatch(text, schema):
        return text
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        value = _WORDS.get(text.strip().lower(), text)
    items = next((one["items"] for one in schema.get("anyOf", [schema]) if "items" in one), None)
    if mismatch(value, schema) and isinstance(items, dict):
        listed = [read_value(part.strip(), items) for part in text.split(",") if part.strip()]
        return listed if not mismatch(listed, schema) else value
    return value


def _failed(binding: Binding, message: str, kind: str) -> Failure:
    return Failure("bind", message, kind=kind, step=binding.step, tool=binding.tool)


def asks_nothing(bindings: Sequence[Binding]) -> bool:
    """Tell whether bindings hold no answer that only the user could give."""
    return not any(isinstance(a, Unknown) for binding in bindings for a in binding.arguments.values())
