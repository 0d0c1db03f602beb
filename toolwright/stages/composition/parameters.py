"""A run -> the parameters of the function that is composed from it: the literals that came from the goal."""

from collections.abc import Iterator

from toolwright.records import dataclass
from toolwright.stages.composition.run import GoodRun
from toolwright.syntax.annotation import annotation_text
from toolwright.syntax.literals import goal_literals
from toolwright.types import Given, Json


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes: an argument of a step."""

    step: int
    argument: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter-to-be: the value it had in the run, its annotation, and the arguments it goes to."""

    value: Json
    annotation: str
    about: str
    places: tuple[Place, ...]


def slots(run: GoodRun) -> tuple[Slot, ...]:
    """Return the parameters in the order of their first use; equal values of one type are one parameter."""
    found: dict[tuple[str, str], Slot] = {}
    tools = {step.number: tool for step, tool in run.calls}
    for place, value in _given(run):
        if not _from_goal(value, run.goal):
            continue
        tool = tools[place.step]
        annotation = annotation_text(tool.parameters["properties"][place.argument])
        key = (repr(value), annotation)
        known = found.get(key)
        about = tool.docstring.args.get(place.argument, "")
        found[key] = Slot(
            value,
            annotation,
            known.about if known else about,
            (*(known.places if known else ()), place),
        )
    return tuple(found.values())


def _given(run: GoodRun) -> Iterator[tuple[Place, Json]]:
    for binding in run.bindings:
        for name, argument in binding.arguments.items():
            if isinstance(argument, Given):
                yield Place(binding.step, name), argument.value


def _from_goal(value: Json, goal: str) -> bool:
    """Tell whether a value stands in the goal; what follows from its words, such as an order, stays fixed."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return any(value == literal.value for literal in goal_literals(goal) if literal.sort == "number")
    return isinstance(value, str) and value != "" and _stands_in(value, goal)


def _stands_in(text: str, goal: str) -> bool:
    at = goal.find(text)
    while at >= 0:
        before, after = goal[:at][-1:], goal[at + len(text) :][:1]
        if not (text[0].isalnum() and before.isalnum()) and not (text[-1].isalnum() and after.isalnum()):
            return True
        at = goal.find(text, at + 1)
    return False
