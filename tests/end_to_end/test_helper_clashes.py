"""A helper type of a new tool that is named like another one of the library gets a name of its own."""

from pathlib import Path

from scripted_author import Author

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel

MINE = '"""Mine."""\n\nfrom typing import TypedDict\n\n\nclass _Row(TypedDict):\n    name: str\n'
OTHER = "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    value: int\n\n\n"


def test_another_row_is_renamed_without_asking_anybody(tmp_path: Path) -> None:
    """Nobody is asked again; the row that was there stays, and the new tool uses its own throughout."""
    (tmp_path / "tools.py").write_text(MINE, encoding="utf-8")

    def spoil(stage: str, reply: str, _turn: int) -> str:
        if stage not in {"contract", "generate"}:
            return reply
        typed = reply.replace("```python\ndef", f"```python\n{OTHER}def", 1)
        typed = typed.replace("(number: int)", "(number: int, row: _Row | None = None)", 1)
        return typed.replace("Any whole number.", "Any whole number.\n        row: May be left out.", 1)

    author = Author(1, spoil=spoil)
    model = ScriptedModel(lambda prompt: author.reply(prompt.text))
    report = Agent(tmp_path, model).run("Apply the operation")

    assert report.failure is None
    assert author.asked.count("contract") == author.asked.count("generate") == 1
    text = (tmp_path / "tools.py").read_text(encoding="utf-8")
    assert text.startswith(MINE)
    assert "class _apply_op_1_Row(TypedDict):" in text
    assert "row: _apply_op_1_Row | None = None" in text
