"""A contract whose helper types stand in the way of the library is sent back before anybody writes to it."""

from pathlib import Path

from scripted_author import Author

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt

MINE = '"""Mine."""\n\nfrom typing import TypedDict\n\n\nclass _Row(TypedDict):\n    name: str\n'
OTHER = "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    value: int\n\n\n"


def test_a_stub_with_another_row_is_asked_for_again(tmp_path: Path) -> None:
    """The author is told to choose another name, and no attempt at the function is paid for in between."""
    (tmp_path / "tools.py").write_text(MINE, encoding="utf-8")
    told: list[str] = []

    def spoil(stage: str, reply: str, turn: int) -> str:
        if stage != "contract" or turn > 1:
            return reply
        return reply.replace("```python\ndef", f"```python\n{OTHER}def", 1).replace("-> int:", "-> _Row:", 1)

    author = Author(1, spoil=spoil)

    def answer(prompt: Prompt) -> str:
        if prompt.stage == "contract":
            told.append(prompt.text)
        return author.reply(prompt.text)

    report = Agent(tmp_path, ScriptedModel(answer)).run("Apply the operation")

    assert report.failure is None
    assert len(told) == 2
    assert "_Row" in told[1].rpartition("could not be used")[2]
    assert author.asked.count("generate") == 1
