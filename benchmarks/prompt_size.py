"""How much longer the question about one step gets when the library grows from 10 to 1 000 tools."""

import tempfile
from pathlib import Path

from merging import function

from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.classify import classify
from toolwright.types import Plan, Prompt, Step

METHOD = "characters of the classify prompt for one step, 8 candidates shown"
STEP = Step(1, "Return the first values of a column.", ("take values", "head"))


def prompt_length(tools: int) -> int:
    """Return the characters of the prompt for STEP with a library of so many tools."""
    lengths: list[int] = []

    def answer(prompt: Prompt) -> str:
        lengths.append(len(prompt.text))
        return '{"matches": [{"step": 1, "verdict": "NOT_EXISTS", "tool": "", "reason": "measured"}]}'

    with tempfile.TemporaryDirectory() as folder:
        text = "\n\n".join(function(f"take_values_{number}") for number in range(tools))
        (Path(folder) / "tools.py").write_text(text, encoding="utf-8")
        index = Index(Store(Path(folder)))
        hits = index.search(STEP.description, STEP.keywords, 8)
        classify(ScriptedModel(answer), Plan("goal", (STEP,)), {1: hits}, lambda _text: None)
    return lengths[0]


def measure() -> list[tuple[str, str]]:
    """Return rows of (what, figure)."""
    small, large = prompt_length(10), prompt_length(1000)
    return [
        ("10 tools", f"{small} characters"),
        ("1 000 tools", f"{large} characters, ratio {large / small:.3f}"),
    ]
