"""A contract that went well at once makes the next one like it better, and changes nothing for strangers."""

import json
from pathlib import Path

import pytest
from slug_author import contract, run, stub

from toolwright.types import Prompt

SAID = "The words in lower case, joined by hyphens."
SILENT = "The words, joined."


class Careless:
    """Forgets to promise what its tests ask for, unless it is shown a contract that does promise it."""

    def __init__(self, name: str, sign: str, step: str) -> None:
        self.name, self.sign, self.step = name, sign, step
        self.contracts: list[str] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        if prompt.stage == "decompose":
            return json.dumps({"wants": "tool", "steps": [{"step": self.step, "keywords": []}]})
        if prompt.stage in {"classify", "reclassify"}:
            verdict = {"verdict": "NOT_EXISTS", "tool": "", "reason": "another one is wanted"}
            return json.dumps({"matches": [{"step": 1, **verdict}]})
        if prompt.stage == "contract":
            self.contracts.append(prompt.text)
            knows = self.name == "slugify" or SAID in prompt.text
            tests = (
                f'assert {self.name}("One Two") == "one{self.sign}two"',
                f'assert {self.name}("x") == "x"',
            )
            return contract(*tests, name=self.name).replace(SAID, SAID if knows else SILENT)
        promised = SAID in prompt.text or "One Two" in prompt.text.partition("failed")[2]
        body = f'return "{self.sign}".join(title{".lower()" if promised else ""}.split())'
        return f"```python\n{stub(self.name, body).replace(SAID, SAID if SAID in prompt.text else SILENT)}```"


def make(library: Path, name: str, sign: str, step: str) -> tuple[int, list[str]]:
    """Make a function; return how many versions that took, and what the author of its contract was asked."""
    library.mkdir(exist_ok=True)
    author = Careless(name, sign, step)
    report = run(author, library, goal=f"Make a {name} function")
    assert report.status == "made", report.failure
    return report.steps[0].attempts, author.contracts


@pytest.mark.slow
def test_a_function_that_went_well_at_once_helps_the_next_contract(tmp_path: Path) -> None:
    """With the memory the second function is kept in its first version, without it in its second."""
    slug, tag = "Turn a title into a slug.", "Turn a title of a page into a tag."
    assert make(tmp_path / "with", "slugify", "-", slug)[0] == 1
    helped, prompts = make(tmp_path / "with", "tagify", "_", tag)
    alone, plain = make(tmp_path / "without", "tagify", "_", tag)
    assert (helped, alone) == (1, 2)
    assert "the function that met its contract at the first attempt" in prompts[0]
    assert "def slugify" in prompts[0]
    assert "def slugify" not in plain[0]


@pytest.mark.slow
def test_strangers_are_asked_as_if_there_were_no_memory(tmp_path: Path) -> None:
    """Where nothing similar went well the prompt is the same, but for the names that are taken."""
    make(tmp_path / "with", "slugify", "-", "Turn a title into a slug.")
    _, prompts = make(tmp_path / "with", "monogram", "_", "Write the initials of somebody.")
    _, plain = make(tmp_path / "without", "monogram", "_", "Write the initials of somebody.")
    assert prompts[0].replace("used: slugify", "used: none") == plain[0]
