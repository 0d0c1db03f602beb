"""A step, its contract and kept tools that pass the contract's tests -> whether one of them does the step."""

from collections.abc import Callable, Sequence

from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.protocols import Model
from toolwright.records import replace
from toolwright.stages.classify import SCHEMA, checked, read_matches
from toolwright.syntax.stubs import stub_of
from toolwright.types import Contract, Hit, Match, Prompt, Tool


def reclassify(
    model: Model, goal: str, contract: Contract, passing: Sequence[Tool], notice: Callable[[str], None]
) -> Match:
    """Have the step of a contract classified again, now that it is known which tools pass its tests.

    A tool the model names although it is none of them counts as NOT_EXISTS, and `notice` is told.

    Raises:
        ReplyShapeError, ModelError: no verdict could be had.
    """
    step = contract.step
    text = render(
        "reclassify",
        goal=goal,
        number=str(step.number),
        step=step.description,
        wanted=contract.stub.rstrip(),
        passing="\n".join(f"```python\n{_promise(tool)}\n```" for tool in passing),
    )
    prompt = Prompt("reclassify", step.description, text, SCHEMA)
    match = ask(model, prompt, lambda reply: read_matches([step], reply))[step.number]
    match = checked(match, [Hit(tool, 0.0) for tool in passing], notice)
    if match.kind == "NOT_EXISTS":
        return match
    return replace(match, reason=f"passes the tests written for this step: {match.reason}".rstrip(": "))


def _promise(tool: Tool) -> str:
    return stub_of(tool.source, tool.name).rstrip() or tool.signature
