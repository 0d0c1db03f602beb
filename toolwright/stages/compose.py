"""A run that went well -> the words for the one function that does all of it, chosen by the model."""

import keyword
from collections.abc import Callable, Sequence
from typing import Any, Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import json_object
from toolwright.protocols import Model
from toolwright.stages.composition.parameters import Slot
from toolwright.stages.composition.run import GoodRun
from toolwright.stages.composition.source import Words
from toolwright.stages.previews import Redact, preview
from toolwright.stages.rules.naming import why_not_a_name
from toolwright.types import Prompt

_LONGEST: Final = 300
_MOST_KEYWORDS: Final = 8
_TAKEN_SHOWN: Final = 60

_TEXT: Final = {"type": "string"}
_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "summary": _TEXT,
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": _TEXT, "meaning": _TEXT},
                "required": ["name", "meaning"],
            },
        },
        "returns": _TEXT,
        "keywords": {"type": "array", "items": _TEXT},
    },
    "required": ["name", "summary", "parameters", "returns", "keywords"],
}

Check = Callable[[Words], str]
"""Says what is wrong with words that are well-formed, "" when nothing is."""


def name_composed(
    model: Model,
    run: GoodRun,
    slots: Sequence[Slot],
    *,
    taken: frozenset[str],
    name: str = "",
    values: bool = True,
    redact: Redact = str,
    check: Check = lambda _words: "",
) -> Words:
    """Ask what the composed function and its parameters are called.

    `name` is the name the user insists on; `values` says whether the model may see pieces of values, which
    `redact` masks; `check`
    holds the whole function against the rules.

    Raises:
        ReplyShapeError: no usable words, also when asked again.
        ModelError: no reply could be had.
    """
    calls = "\n".join(
        f"- {step.description} ({tool.name}: {tool.docstring.summary})" for step, tool in run.calls
    )
    shown = "\n".join(
        f"{number}. {slot.annotation}, {seen}: {slot.about}".rstrip(": ")
        for number, slot in enumerate(slots, start=1)
        for seen in [preview(slot.value, allowed=values, redact=redact)]
    )
    text = render(
        "compose",
        goal=run.goal,
        calls=calls,
        parameters=shown or "none",
        taken=", ".join(sorted(taken)[:_TAKEN_SHOWN]) or "none",
    )

    def read(reply: str) -> Words:
        words = read_words(reply, len(slots), taken=taken, name=name)
        wrong = check(words)
        if wrong:
            raise ReplyShapeError(wrong)
        return words

    return ask(model, Prompt("compose", run.goal, text, _SCHEMA), read)


def read_words(text: str, parameters: int, *, taken: frozenset[str], name: str = "") -> Words:
    """Read the reply to a compose prompt for so many parameters.

    Raises:
        ReplyShapeError: it is not what was asked for; says what is wrong.
    """
    reply = json_object(text)
    chosen = name or _line(reply.get("name"), "name")
    why = why_not_a_name(chosen, taken)
    if why:
        raise ReplyShapeError(why)
    entries = reply.get("parameters")
    if not isinstance(entries, list) or len(entries) != parameters:
        raise ReplyShapeError(f'"parameters" must be a list of {parameters}')
    named = tuple(_parameter(entry) for entry in entries)
    if len({one for one, _ in named}) < parameters:
        raise ReplyShapeError("each parameter must have another name")
    words = reply.get("keywords")
    if not isinstance(words, list) or not words:
        raise ReplyShapeError('"keywords" must be a list of words')
    return Words(
        chosen,
        _line(reply.get("summary"), "summary"),
        named,
        _line(reply.get("returns"), "returns"),
        tuple(_line(word, "keywords").replace(",", " ") for word in words)[:_MOST_KEYWORDS],
    )


def _parameter(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict):
        raise ReplyShapeError('every parameter must be an object with "name" and "meaning"')
    name = _line(entry.get("name"), "name")
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower() or name.startswith("_"):
        raise ReplyShapeError(f"{name!r} cannot be the name of a parameter; write it in snake_case")
    return name, _line(entry.get("meaning"), "meaning")


def _line(value: Any, what: str) -> str:
    line = " ".join(value.split()) if isinstance(value, str) else ""
    if not line:
        raise ReplyShapeError(f'"{what}" must be a text that is not empty')
    if len(line) > _LONGEST:
        raise ReplyShapeError(f'"{what}" is longer than {_LONGEST} characters')
    return line
