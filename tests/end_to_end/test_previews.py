"""What a model gets to see of real values when a step fails on them."""

from pathlib import Path

import pytest
from scripted_author import Author

from toolwright import Agent
from toolwright.events import Notice
from toolwright.models.scripted import ScriptedModel
from toolwright.redaction import Redactor
from toolwright.stages.previews import LONGEST, announced, preview
from toolwright.types import Prompt

START = 987_654
SECOND = 2 * START + 1


def _spoiled(stage: str, reply: str, _turn: int) -> str:
    if stage == "bind":
        return reply.replace('{"literal": 1}', f'{{"literal": {START}}}')
    guard = "    if number > 1_000_000:\n        raise ValueError(f'cannot take {number}')\n"
    return reply.replace("    return number * 2 + 2", f"{guard}    return number * 2 + 2")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_failed_step_shows_values_only_where_that_is_allowed(tmp_path: Path, allowed: bool) -> None:
    """Asking for other arguments quotes answer and message, which is said, or with previews off neither."""
    author = Author(2, spoil=_spoiled)
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        if prompt.stage == "rebind":
            asked.append(prompt.text)
        return author.reply(prompt.text)

    said: list[str] = []
    agent = Agent(
        tmp_path,
        ScriptedModel(answer),
        preview=allowed,
        listeners=[lambda event: said.append(event.message) if isinstance(event, Notice) else None],
    )
    report = agent.run("Apply the operations")

    assert report.failure.message.endswith(f"cannot take {SECOND}")
    [question] = asked
    assert "ValueError" in question
    assert (str(SECOND) in question) is allowed
    shown = (
        "scripted:model is shown the result of step 1 and the message; with --no-preview types and sizes only"
    )
    assert (shown in said) is allowed


def test_what_a_model_is_shown_of_a_value() -> None:
    """Capped after secrets are masked, so that no half of one is left at the edge; the length is said."""
    secret = "hush-0123456789"
    redact = Redactor([secret]).redact
    value = {"text": "x" * (LONGEST - 14) + secret, "token": secret}
    seen = preview(value, allowed=True, redact=redact)
    assert not any(secret[: length + 4] in seen for length in range(len(secret)))
    assert seen.endswith("characters in all)")
    assert announced({"a result": "x" * 5000, "another": 1}, "m") == (
        f"m is shown the first {LONGEST} of the 5,002 characters of a result and another; "
        "with --no-preview types and sizes only"
    )
    assert preview([secret], allowed=False) == "a list of 1, the first is a string of 15 characters"
