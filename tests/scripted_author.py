"""Replies to a whole goal, computed from the prompts: a model that is always right, unless told otherwise.

The goal is `GOAL`: start from a number and apply N operations, one step each. Operation `i` multiplies
by two and adds `i`, so the result of N steps is known. `spoil` may change a reply on its way out.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST_WORDS = {
    "Split a goal": "decompose",
    "A library holds tested": "classify",
    "Write the contract": "contract",
    "A function is wanted": "reclassify",
    "Write one Python function that does": "apart",
    "Write one Python function": "generate",
    "A goal will be reached": "bind",
    "A goal was given": "judge",
    "A library has a Python function that gives wrong": "fix",
    "A person wrote a Python function by hand": "adopt",
}


def expected(steps: int, start: int = 1) -> int:
    """Return what a goal of so many steps leads to."""
    value = start
    for number in range(1, steps + 1):
        value = value * 2 + number
    return value


@dataclass
class Author:
    """Answers prompts for a goal of `steps` steps; `asked` lists the stages in the order they came."""

    steps: int
    prefix: str = "op"
    start: int = 1
    spoil: Callable[[str, str, int], str] = lambda _stage, reply, _turn: reply
    asked: list[str] = field(default_factory=list)

    def __call__(self, body: dict) -> str:
        """Return the reply to a chat-completions request."""
        return self.reply(body["messages"][-1]["content"])

    def reply(self, prompt: str) -> str:
        """Return the reply to a prompt."""
        stage = next(stage for words, stage in FIRST_WORDS.items() if prompt.startswith(words))
        self.asked.append(stage)
        reply = getattr(self, f"_{stage}")(prompt)
        return self.spoil(stage, reply, self.asked.count(stage))

    def _decompose(self, _prompt: str) -> str:
        steps = [
            {"step": f"Apply {self.prefix} operation number {n} to a number.", "keywords": [f"operation {n}"]}
            for n in range(1, self.steps + 1)
        ]
        return json.dumps({"wants": "result", "steps": steps})

    def _classify(self, prompt: str) -> str:
        matches = []
        for number in map(int, re.findall(r"^Step (\d+):", prompt, re.MULTILINE)):
            name = f"apply_{self.prefix}_{number}"
            there = f"- {name}(" in prompt
            matches.append(
                {
                    "step": number,
                    "verdict": "EXISTS_AND_GENERIC" if there else "NOT_EXISTS",
                    "tool": name if there else "",
                    "reason": "it is this very operation" if there else "another operation",
                }
            )
        return json.dumps({"matches": matches})

    def _reclassify(self, prompt: str) -> str:
        number = int(re.search(r"^Step (\d+):", prompt, re.MULTILINE)[1])
        verdict = {"verdict": "NOT_EXISTS", "tool": "", "reason": "another operation"}
        return json.dumps({"matches": [{"step": number, **verdict}]})

    def _contract(self, prompt: str) -> str:
        number = int(re.search(r"operation number (\d+) to a number\.\nOther words", prompt)[1])
        name = f"apply_{self.prefix}_{number}"
        tests = (
            f"from tools import {name}\n\n\n"
            f"def test_small_numbers():\n    assert {name}(0) == {number}\n"
            f"    assert {name}(1) == {2 + number}\n\n\n"
            f"def test_negative_numbers():\n    assert {name}(-3) == {number - 6}\n"
        )
        return f"```python\n{self.stub(number)}    ...\n```\n\n```python\n{tests}```"

    def _generate(self, prompt: str) -> str:
        number = int(re.findall(rf"def apply_{self.prefix}_(\d+)\(", prompt)[-1])
        return f"```python\n{self.stub(number)}    return number * 2 + {number}\n```"

    def _judge(self, _prompt: str) -> str:
        return json.dumps({"answers": True, "sentence": "All operations were applied.", "missing": ""})

    _apart = _generate

    def _bind(self, _prompt: str) -> str:
        calls = [
            {
                "step": n,
                "arguments": {"number": {"step": n - 1, "path": ""} if n > 1 else {"literal": self.start}},
            }
            for n in range(1, self.steps + 1)
        ]
        return json.dumps({"calls": calls})

    def stub(self, number: int) -> str:
        """Return signature and docstring of an operation."""
        name = f"apply_{self.prefix}_{number}"
        return (
            f"def {name}(number: int) -> int:\n"
            f'    """Apply {self.prefix} operation number {number} to a number.\n\n'
            "    Args:\n        number: Any whole number.\n\n"
            f"    Returns:\n        Twice the number, plus {number}.\n\n"
            "    Raises: nothing\n\n"
            f"    Example:\n        >>> {name}(2)\n        {4 + number}\n\n"
            f'    Keywords: operation {number}\n    """\n'
        )
