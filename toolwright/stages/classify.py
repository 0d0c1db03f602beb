"""Plan + candidates from the index -> for every step the tool that does it, or none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast, get_args

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import json_object
from toolwright.protocols import Model
from toolwright.types import Hit, Match, MatchKind, Plan, Prompt, Step, Tool

_KINDS: Final = get_args(MatchKind)
SCHEMA: Final = {
    "type": "object",
    "properties": {
        "matches": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "step": {"type": "integer"},
                    "verdict": {"enum": list(_KINDS)},
                    "tool": {"type": "string"},
                    "reason": {"type": "string"},
                },
                "required": ["step", "verdict", "tool", "reason"],
            },
        },
    },
    "required": ["matches"],
}


def classify(
    model: Model,
    plan: Plan,
    candidates: Mapping[int, Sequence[Hit]],
    notice: Callable[[str], None],
) -> tuple[Match, ...]:
    """Decide for all steps in one call; without any candidate nobody is asked.

    `candidates` holds the best tools of the library by step number. A tool the model names although
    it was not among them counts as NOT_EXISTS, and `notice` is told.

    Raises:
        ReplyShapeError, ModelError: no verdicts could be had.
    """
    open_steps = [step for step in plan.steps if candidates.get(step.number)]
    if not open_steps:
        return tuple(_nothing_similar(step) for step in plan.steps)
    shown = "\n\n".join(_shown(step, candidates[step.number]) for step in open_steps)
    prompt = Prompt("classify", plan.goal, render("classify", goal=plan.goal, steps=shown), SCHEMA)
    decided = ask(model, prompt, lambda text: read_matches(open_steps, text))
    return tuple(
        checked(decided[step.number], candidates[step.number], notice)
        if step.number in decided
        else _nothing_similar(step)
        for step in plan.steps
    )


def read_matches(steps: Sequence[Step], text: str) -> dict[int, Match]:
    """Read the reply to a classify prompt: one verdict for every step, by step number.

    Raises:
        ReplyShapeError: a step is missing, twice or unknown, or a verdict is none of the three.
    """
    entries = json_object(text).get("matches")
    if not isinstance(entries, list):
        raise ReplyShapeError('"matches" must be a list')
    by_number = {step.number: step for step in steps}
    found: dict[int, Match] = {}
    for entry in entries:
        match = _read_match(entry, by_number)
        if match.step.number in found:
            raise ReplyShapeError(f"step {match.step.number} has two verdicts")
        found[match.step.number] = match
    missing = [str(number) for number in by_number if number not in found]
    if missing:
        raise ReplyShapeError(f"no verdict for step {', '.join(missing)}")
    return found


def _read_match(entry: Any, steps: Mapping[int, Step]) -> Match:
    number = entry.get("step") if isinstance(entry, dict) else None
    if type(number) is not int or number not in steps:
        raise ReplyShapeError(f"a match must name one of the steps {', '.join(map(str, steps))}")
    kind = entry.get("verdict")
    if kind not in _KINDS:
        raise ReplyShapeError(f"the verdict of step {number} must be one of {', '.join(_KINDS)}")
    tool = entry.get("tool") or ""
    reason = entry.get("reason") or ""
    if not isinstance(tool, str) or not isinstance(reason, str):
        raise ReplyShapeError(f"step {number}: tool and reason must be strings")
    if kind == "NOT_EXISTS":
        tool = ""
    elif not tool:
        raise ReplyShapeError(f"step {number} is {kind} but names no tool")
    return Match(steps[number], cast("MatchKind", kind), tool, " ".join(reason.split()))


def checked(match: Match, candidates: Sequence[Hit], notice: Callable[[str], None]) -> Match:
    """Take a verdict on a tool that was no candidate as NOT_EXISTS, and tell `notice`."""
    if not match.tool or match.tool in {hit.tool.name for hit in candidates}:
        return match
    notice(
        f"step {match.step.number}: the model chose `{match.tool}`, which was not among the candidates; "
        "taken as NOT_EXISTS"
    )
    return Match(match.step, "NOT_EXISTS", "", f"`{match.tool}` was not among the candidates")


def _nothing_similar(step: Step) -> Match:
    return Match(step, "NOT_EXISTS", "", "nothing similar in the library")


def _shown(step: Step, hits: Sequence[Hit]) -> str:
    words = f" (also: {', '.join(step.keywords)})" if step.keywords else ""
    return "\n".join([f"Step {step.number}: {step.description}{words}", *(_card(hit.tool) for hit in hits)])


def _card(tool: Tool) -> str:
    return f"- {tool.signature}\n  {tool.docstring.summary}"
