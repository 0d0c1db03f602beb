"""An author of one function, `slugify`, whose contracts and versions a test chooses; every prompt is kept."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt, Report

GOAL = "Turn a title into a slug"
RIGHT = 'return "-".join(title.lower().split())'
CASED = 'return "-".join(title.split())'
UNDERSCORED = 'return "_".join(title.lower().split())'
GOOD_TESTS = ('assert slugify("One Two") == "one-two"', 'assert slugify("x") == "x"')


def stub(name: str = "slugify", body: str = "...", returns: str = "str") -> str:
    """Return the function with some body."""
    return (
        f"def {name}(title: str) -> {returns}:\n"
        '    """Turn a title into a slug.\n\n'
        "    Args:\n        title: Any text.\n\n"
        "    Returns:\n        The words in lower case, joined by hyphens.\n\n"
        "    Raises: nothing\n\n"
        f'    Example:\n        >>> {name}("b") is None\n        False\n\n'
        f'    Keywords: slug\n    """\n    {body}\n'
    )


def contract(*asserts: str, name: str = "slugify", returns: str = "str") -> str:
    """Return the reply with a contract, a test for each assertion."""
    tests = "\n\n\n".join(f"def test_{n}():\n    {line}" for n, line in enumerate(asserts, 1))
    tests = f"from tools import {name}\n\n\n{tests}\n"
    written = f"```python\n{stub(name, returns=returns)}```\n\n```python\n{tests}```"
    return written.replace("slugify(", f"{name}(")


class SlugAuthor:
    """Answers with these contracts and versions in turn, the last ones again and again."""

    def __init__(
        self,
        contracts: Sequence[str] = (contract(*GOOD_TESTS),),
        versions: Sequence[str] = (RIGHT,),
        apart: Sequence[str] = (RIGHT,),
        name: str = "slugify",
    ) -> None:
        self._replies = {"contract": contracts, "generate": versions, "apart": apart}
        self._name = name
        self.prompts: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        self.prompts.append(prompt)
        if prompt.stage == "decompose":
            return json.dumps(
                {"wants": "result", "steps": [{"step": "Turn a title into a slug.", "keywords": []}]}
            )
        if prompt.stage == "classify":
            tool = {"verdict": "EXISTS_AND_GENERIC", "tool": self._name, "reason": "it does that"}
            return json.dumps({"matches": [{"step": 1, **tool}]})
        if prompt.stage == "bind":
            return json.dumps({"calls": [{"step": 1, "arguments": {"title": {"literal": "My Title"}}}]})
        replies = self._replies[prompt.stage]
        reply = replies[min(self.asked(prompt.stage), len(replies)) - 1]
        return reply if prompt.stage == "contract" else f"```python\n{stub(self._name, reply)}```"

    def asked(self, stage: str) -> int:
        """Return how often a stage has asked."""
        return sum(prompt.stage == stage for prompt in self.prompts)

    def said(self, stage: str) -> list[str]:
        """Return the prompts of a stage."""
        return [prompt.text for prompt in self.prompts if prompt.stage == stage]


def run(author: Callable[[Prompt], str], library: Path, goal: str = GOAL, **how: object) -> Report:
    """Run a goal with this author; notices go into `notices` when that is given."""
    settings = {key: how.pop(key) for key in ("attempts", "samples", "fresh", "embedder") if key in how}
    heard = how.pop("heard", [])
    settings["mutation_threshold"] = 0  # how good these tests are is not the question here
    agent = Agent(library, ScriptedModel(author), listeners=[heard.append], **settings)
    return agent.run(goal, **how)
