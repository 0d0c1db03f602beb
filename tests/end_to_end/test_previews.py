"""What a model gets to see of real values when a step fails on them."""

from pathlib import Path

import pytest
from scripted_author import Author

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt

START = 987_654
SECOND = 2 * START + 1


def _spoiled(stage: str, reply: str, _turn: int) -> str:
    if stage == "bind":
        return reply.replace('{"literal": 1}', f'{{"literal": {START}}}')
    guard = "    if number > 1_000_000:\n        raise ValueError(f'cannot take {number}')\n"
    return reply.replace("    return number * 2 + 2", f"{guard}    return number * 2 + 2")


@pytest.mark.parametrize("preview", [True, False])
def test_a_failed_step_shows_values_only_where_that_is_allowed(tmp_path: Path, preview: bool) -> None:
    """The question for other arguments quotes answer and message, or with previews off neither."""
    author = Author(2, spoil=_spoiled)
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        if prompt.stage == "rebind":
            asked.append(prompt.text)
        return author.reply(prompt.text)

    report = Agent(tmp_path, ScriptedModel(answer), preview=preview).run("Apply the operations")

    assert report.failure.message.endswith(f"cannot take {SECOND}")
    [question] = asked
    assert "ValueError" in question
    assert (str(SECOND) in question) is preview
