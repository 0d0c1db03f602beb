"""Goal -> plan: the generic, atomic steps that reach it."""

from collections.abc import Sequence
from typing import Any, Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import json_object
from toolwright.protocols import Model
from toolwright.types import Plan, Prompt, Step, Tool
from toolwright.types.planning import LONGEST_STEP, MOST_KEYWORDS, MOST_STEPS

_EARLIER: Final = (
    "An earlier plan for this goal ran to its end, and this was still missing or wrong: {missing}\n"
    "Plan it so that this is reached."
)

_WHOLE: Final = (
    "These functions of the library do several such steps at once. Where the goal, or a part of it, is just "
    "what one of them does, that part is one step:"
)

_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "wants": {"enum": ["result", "tool"]},
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "step": {"type": "string"},
                    "keywords": {"type": "array", "items": {"type": "string"}},
                    "uses": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["step", "keywords"],
            },
        },
    },
    "required": ["wants", "steps"],
}


def decompose(model: Model, goal: str, missing: str = "", whole: Sequence[Tool] = ()) -> Plan:
    """Ask for the steps of a goal.

    `missing` says what an earlier plan did not reach; `whole` are tools that do several steps at once.

    Raises:
        ReplyShapeError: no usable plan, also when asked again.
        ModelError: no reply could be had.
    """
    earlier = f"\n{_EARLIER.format(missing=missing)}\n" if missing else ""
    known = "".join(f"- {tool.signature}: {tool.docstring.summary}\n" for tool in whole)
    composed = f"\n{_WHOLE}\n{known}" if whole else ""
    prompt = Prompt(
        "decompose", goal, render("decompose", goal=goal, earlier=earlier, whole=composed), _SCHEMA
    )
    return ask(model, prompt, lambda text: read_plan(goal, text))


def read_plan(goal: str, text: str) -> Plan:
    """Read the reply to a decompose prompt.

    Raises:
        ReplyShapeError: it is not a plan; says what is wrong.
    """
    reply = json_object(text)
    entries = reply.get("steps")
    if not isinstance(entries, list) or not entries:
        raise ReplyShapeError('"steps" must be a list with at least one step')
    if len(entries) > MOST_STEPS:
        raise ReplyShapeError(f"{len(entries)} steps are too many; at most {MOST_STEPS}")
    wants = reply.get("wants", "result")
    if wants not in ("result", "tool"):
        raise ReplyShapeError(f'"wants" must be "result" or "tool", not {wants!r}')
    steps = tuple(_read_step(number, entry) for number, entry in enumerate(entries, start=1))
    return Plan(goal, steps, wants)


def _read_step(number: int, entry: Any) -> Step:
    if not isinstance(entry, dict):
        raise ReplyShapeError(f'step {number} must be an object with "step" and "keywords"')
    description = entry.get("step")
    if not isinstance(description, str) or not description.strip():
        raise ReplyShapeError(f'step {number}: "step" must be a sentence')
    if len(description) > LONGEST_STEP:
        raise ReplyShapeError(f"step {number} is longer than {LONGEST_STEP} characters")
    keywords = entry.get("keywords", [])
    if not isinstance(keywords, list) or not all(isinstance(word, str) for word in keywords):
        raise ReplyShapeError(f'step {number}: "keywords" must be a list of strings')
    words = tuple(" ".join(word.split()) for word in keywords if word.strip())[:MOST_KEYWORDS]
    return Step(number, " ".join(description.split()), words, _read_uses(number, entry.get("uses")))


def _read_uses(number: int, uses: Any) -> tuple[int, ...] | None:
    """Read which earlier steps a step uses; None where that is not said."""
    if uses is None:
        return None
    if not isinstance(uses, list) or not all(type(each) is int and 0 < each < number for each in uses):
        raise ReplyShapeError(f'step {number}: "uses" must be a list of numbers of earlier steps')
    return tuple(sorted(set(uses)))
