"""A failure that was mended once is mended sooner the next time, and never later where none is similar."""

import json
import re
from pathlib import Path

import pytest
from slug_author import contract, run, stub

from toolwright.types import Prompt


class Forgetful:
    """Forgets about case, tries this and that, and knows what to do when it is shown a mend with `lower`."""

    def __init__(self, name: str, sign: str) -> None:
        self.name = name
        self.sign = sign
        self.prompts: list[str] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        if prompt.stage == "decompose":
            step = {"step": f"Turn a title into a {self.name} text.", "keywords": []}
            return json.dumps({"wants": "tool", "steps": [step]})
        if prompt.stage in {"classify", "reclassify"}:
            verdict = {"verdict": "NOT_EXISTS", "tool": "", "reason": "another one is wanted"}
            return json.dumps({"matches": [{"step": 1, **verdict}]})
        if prompt.stage == "contract":
            asserts = (
                f'assert {self.name}("One Two") == "one{self.sign}two"',
                f'assert {self.name}("x") == "x"',
            )
            return contract(*asserts, name=self.name)
        assert prompt.stage in {"generate", "apart"}, prompt.stage
        if prompt.stage == "apart":
            return f"```python\n{stub(self.name, 'return title')}```"
        self.prompts.append(prompt.text)
        knows = re.search(r"^\+.*lower\(\)", prompt.text, re.MULTILINE) or len(self.prompts) > 2
        body = f'return "{self.sign}".join(title{".lower()" if knows else ""}.split())  # {len(self.prompts)}'
        return f"```python\n{stub(self.name, body)}```"


def attempts(library: Path, name: str, sign: str) -> tuple[int, list[str]]:
    """Make a function; return how many versions that took, and what its author was asked."""
    author = Forgetful(name, sign)
    report = run(author, library, goal=f"Make a {name} function")
    assert report.status == "made", report.failure
    return report.steps[0].attempts, author.prompts


@pytest.mark.slow
def test_a_mend_is_shown_to_the_author_of_a_similar_failure(tmp_path: Path) -> None:
    """With the memory the second function takes fewer versions than without, and the prompt says why."""
    first, second = tmp_path / "with", tmp_path / "without"
    first.mkdir()
    second.mkdir()
    taught, _ = attempts(first, "slugify", "-")
    assert taught == 3
    helped, prompts = attempts(first, "tagify", "_")
    alone, plain = attempts(second, "tagify", "_")
    assert (helped, alone) == (2, 3)
    assert "Similar failures of earlier functions, and what mended them:" in prompts[1]
    assert "verify refused `slugify`" in prompts[1]
    assert prompts[0] == plain[0]
    assert "Similar failures" not in "".join(plain)
