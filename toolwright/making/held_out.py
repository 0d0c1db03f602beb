"""Examples of the user and a function -> those that do not hold. Their answers stay on this side."""

import ast
from collections.abc import Sequence
from typing import Final

from toolwright.protocols import Sandbox
from toolwright.records import dataclass, replace
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.syntax.checking import mismatch
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import read_library
from toolwright.types import CallResult, Example, HeldOut, Json, Policy, Tool

EXAMPLE: Final = "the example "
"""How what is said to the user of an example that does not hold begins."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An example that does not hold, and what its call led to."""

    example: Example
    result: CallResult

    @property
    def call(self) -> str:
        """The call, as in Python."""
        return call_text(self.example.function, self.example.arguments)

    @property
    def got(self) -> str:
        """What came of the call, in words."""
        if self.result.status == "returned":
            return f"returned {short_text(self.result.value)}"
        return failure_text(self.result)

    @property
    def for_author(self) -> str:
        """The call and what came of it, unless that would tell the answer: the other one of two values."""
        telling = self.result.status == "returned" and isinstance(self.result.value, bool | None)
        return self.call if telling else f"{self.call} {self.got}"

    @property
    def for_user(self) -> str:
        """All of it, for the user, who knows the answer."""
        return f"{EXAMPLE}{self.call} {self.got}, not {short_text(self.example.expected)}"


def missed(sandbox: Sandbox, source: str, examples: Sequence[Example], policy: Policy) -> tuple[Missed, ...]:
    """Run the calls of examples against the library `source`; answers are equal as JSON.

    Raises:
        SandboxError: a call could not be tried.
    """
    alone = replace(policy, network=(), effects=())  # nothing serves an example
    found = []
    for example in examples:
        result = sandbox.call(source, example.function, example.arguments, alone)
        if result.status != "returned" or not same_json(result.value, example.expected):
            found.append(Missed(example, result))
    return tuple(found)


def possible(source: str, name: str, examples: Sequence[HeldOut]) -> tuple[Example, ...]:
    """Return those examples that are calls of a function of a text, with their arguments by name."""
    [tool] = _offered(source, name)
    found = [bound(example, tool) for example in examples]
    return tuple(example for example in found if not isinstance(example, str))


def impossible(source: str, name: str, examples: Sequence[HeldOut]) -> str:
    """Say which of the calls a function, or a stub of one, does not allow; "" where there is no such tool."""
    for tool in _offered(source, name):
        for example in examples:
            why = bound(example, tool)
            if isinstance(why, str):
                return f"the call {example.call(name)} must be possible: {why}"
    return ""


def _offered(source: str, name: str) -> list[Tool]:
    return [tool for tool in read_library(source, "the stub").tools if tool.name == name]


def bound(example: HeldOut, tool: Tool) -> Example | str:
    """Return the example with its arguments by name, or why it is not one of this tool.

    What is said of the answer is its kind at most.
    """
    positional = _positional(tool)
    if len(example.positional) > len(positional):
        return f"it takes at most {len(positional)} arguments by position"
    given = dict(zip(positional, example.positional, strict=False))
    twice = [name for name in example.named if name in given]
    if twice:
        return f"`{twice[0]}` would be given twice"
    arguments = given | dict(example.named)
    wrong = mismatch(arguments, tool.parameters)
    if wrong:
        return wrong
    if mismatch(example.expected, tool.returns):
        return f"the answer that is known would be {_kind(example.expected)}, which it does not return"
    return Example(tool.name, arguments, example.expected)


def _positional(tool: Tool) -> list[str]:
    for node in parse_text(tool.source).body:
        if isinstance(node, ast.FunctionDef) and node.name == tool.name:
            return [argument.arg for argument in node.args.args]
    return []


def _kind(value: Json) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "none"
