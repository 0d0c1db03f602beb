"""A run that went well, a goal of the same shape -> that run with the new literals, where that is sure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolwright.records import replace
from toolwright.syntax.literals import GoalLiteral, goal_literals, goal_shape
from toolwright.types import Argument, Binding, Given, Json, RememberedRun

_SHORTEST_STEM: Final = 3
"""Shorter names stand inside other words by chance."""


def with_literals_of(goal: str, run: RememberedRun) -> RememberedRun | None:
    """Return `run` as it would be for `goal`, None when that cannot be known without thinking.

    A literal may differ when it stands in the old goal once, was bound verbatim to exactly one argument,
    and nothing else that the run used was made from it.
    """
    old, new = goal_literals(run.plan.goal), goal_literals(goal)
    if goal_shape(goal) != goal_shape(run.plan.goal):
        return None
    changes = [(was, now) for was, now in zip(old, new, strict=True) if was.text != now.text]
    times = Counter(literal.text for literal in old)
    bindings = list(run.bindings)
    for was, now in changes:
        places = list(_places(run.bindings, was))
        if times[was.text] > 1 or len(places) != 1 or _left_over(was, run, old):
            return None
        index, name = places[0]
        arguments: Mapping[str, Argument] = bindings[index].arguments
        value = _as_before(arguments[name], now)
        if value is None:
            return None
        bindings[index] = replace(bindings[index], arguments={**arguments, name: Given(value)})
    changed = tuple((was.text, now.text) for was, now in changes)
    return replace(run, plan=replace(run.plan, goal=goal), bindings=tuple(bindings), changed=changed)


def _places(bindings: tuple[Binding, ...], literal: GoalLiteral) -> Iterator[tuple[int, str]]:
    """Find the arguments that are this literal and nothing else: (index of the binding, parameter)."""
    for index, binding in enumerate(bindings):
        for name, argument in binding.arguments.items():
            if isinstance(argument, Given) and _is(argument.value, literal):
                yield index, name


def _is(value: Json, literal: GoalLiteral) -> bool:
    if isinstance(value, str):
        return value == literal.text
    return not isinstance(value, bool) and not isinstance(literal.value, str) and value == literal.value


def _as_before(argument: Argument, literal: GoalLiteral) -> Json:
    """Write the new literal as the old one was given: as a text or as a number."""
    as_text = isinstance(argument, Given) and isinstance(argument.value, str)
    return literal.text if as_text else literal.value


def _left_over(was: GoalLiteral, run: RememberedRun, literals: tuple[GoalLiteral, ...]) -> bool:
    """Tell whether something made from the old value would stay, such as `sales-sums.json`."""
    steps = [word for step in run.plan.steps for word in (step.description, *step.keywords)]
    if any(_mentions(text, was) for text in steps):
        return True
    values: list[str] = []
    for binding in run.bindings:
        for argument in binding.arguments.values():
            if isinstance(argument, Given) and any(_is(argument.value, literal) for literal in literals):
                continue  # it is in the goal itself, and changes when that says so
            values += _texts(argument.value if isinstance(argument, Given) else _loose_text(argument))
    return any(_mentions(text, was) or _made_from(text, was) for text in values)


def _loose_text(argument: Any) -> str:
    return str(getattr(argument, "name", "") or getattr(argument, "path", ""))


def _texts(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _mentions(text: str, was: GoalLiteral) -> bool:
    if was.sort == "number":
        return re.search(rf"(?<![\d.]){re.escape(was.text)}(?!\d|\.\d)", text) is not None
    return _holds(text, was.text)


def _made_from(text: str, was: GoalLiteral) -> bool:
    """Tell whether a value holds the old file's name, with its suffix or without, a folder or the host."""
    if was.sort in {"number", "text"}:
        return False
    place = was.text.partition("://")[2] or was.text
    parts = [part for part in re.split(r"[/?#]", place.partition("?")[0]) if part.strip(".~")]
    stems = [part.lstrip(".").partition(".")[0] for part in parts[-1:]]
    return any(_holds(text.casefold(), part.casefold()) for part in (*parts, *stems) if part)


def _holds(text: str, part: str) -> bool:
    """Look for a part of a text: anywhere when it is long, as a word of its own when it is short."""
    if len(part) >= _SHORTEST_STEM:
        return part in text
    return text == part or part in re.split(r"\W+|_", text)
