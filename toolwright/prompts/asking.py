"""A model, a prompt, a reader -> what the reader makes of the reply; a wrong shape is sent back twice."""

from collections.abc import Callable
from typing import Final, TypeVar

from toolwright.errors import ModelError, ReplyShapeError
from toolwright.prompts import Filled
from toolwright.protocols import Model
from toolwright.records import replace
from toolwright.types import Prompt

Answer = TypeVar("Answer")

ASKS: Final = 3
_SHOWN: Final = 4000


def ask(model: Model, prompt: Prompt, read: Callable[[str], Answer]) -> Answer:
    """Ask until `read` accepts the reply.

    Raises:
        ReplyShapeError: the reply had the wrong shape three times; says what was wrong the last time.
        ModelError: no reply could be had.
    """
    asked = prompt
    for left in reversed(range(ASKS)):
        said = ""
        try:
            said = model.complete(asked).text
            return read(said)
        except ModelError as error:
            if error.kind != "empty" or not left:
                raise
            wrong = "it held no answer, only thoughts"
        except ReplyShapeError as error:
            if not left:
                raise ReplyShapeError(
                    f"the model's answer for {prompt.stage} ({_short(prompt.subject)}) "
                    f"could not be used, asked {ASKS} times: {error}",
                    hint="try again, or another model with `--model SERVER:NAME`",
                ) from error
            wrong = str(error)
        asked = replace(prompt, text=_again(prompt.text, said, wrong))
    raise AssertionError("unreachable: the last round returns or raises")


def _again(text: str, said: str, wrong: str) -> str:
    shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}\n[...]"
    quoted = f"\n\nYour last answer was:\n{shown}" if said else ""
    complaint = f"Your last answer could not be used: {wrong}\nAnswer again, in the shape asked for."
    tail = _sendable(f"{quoted}\n\n{complaint}")
    whole = _sendable(text) + tail
    return Filled(whole, text.name, text.values, tail) if isinstance(text, Filled) else whole


def _sendable(text: str) -> str:
    """Replace half surrogate pairs, which a reply can hold but no request."""
    return text.encode("utf-8", "replace").decode()


def _short(subject: str, limit: int = 60) -> str:
    return subject if len(subject) <= limit else subject[: limit - 1] + "…"
