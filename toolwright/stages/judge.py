"""Goal + what its steps answered -> whether that answers the goal, in the opinion of the model."""

import json
from collections.abc import Sequence
from typing import Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import json_object
from toolwright.protocols import Model
from toolwright.stages.previews import Redact, preview
from toolwright.types import Judgement, Prompt, StepReport

_LONGEST: Final = 600
_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "answers": {"type": "boolean"},
        "sentence": {"type": "string"},
        "missing": {"type": "string"},
    },
    "required": ["answers", "sentence", "missing"],
}


def judge(
    model: Model, goal: str, steps: Sequence[StepReport], *, values: bool, redact: Redact = str
) -> Judgement:
    """Ask whether the results answer the goal; `values` says whether the model may see pieces of them.

    `redact` masks what no model sees.

    Raises:
        ReplyShapeError: no usable judgement, also when asked again.
        ModelError: no reply could be had.
    """
    calls = "\n".join(_shown(step, redact, values=values) for step in steps)
    prompt = Prompt("judge", goal, render("judge", goal=goal, calls=calls), _SCHEMA)
    return ask(model, prompt, read_judgement)


def read_judgement(text: str) -> Judgement:
    """Read the reply to a judge prompt.

    Raises:
        ReplyShapeError: it is not a judgement; says what is wrong. A no without a reason is none.
    """
    reply = json_object(text)
    answers = reply.get("answers")
    if not isinstance(answers, bool):
        raise ReplyShapeError('"answers" must be true or false')
    sentence, missing = (_sentence(reply.get(name), name) for name in ("sentence", "missing"))
    if not answers and not missing:
        raise ReplyShapeError('"missing" must say what is missing when "answers" is false')
    return Judgement(answers, sentence, "" if answers else missing)


def _sentence(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ReplyShapeError(f'"{name}" must be a string')
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _shown(step: StepReport, redact: Redact, *, values: bool) -> str:
    result = step.result.value if step.result else None
    if values:
        arguments = preview(dict(step.arguments), allowed=True, redact=redact)
    else:
        arguments = json.dumps({name: preview(v, allowed=False) for name, v in step.arguments.items()})
    return (
        f"{step.step.number}. {step.step.description}\n   {step.tool}({arguments})\n"
        f"   -> {preview(result, allowed=values, redact=redact)}"
    )
