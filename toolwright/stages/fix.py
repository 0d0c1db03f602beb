"""A kept tool + calls that it answers wrongly -> the contract of the repaired tool."""

from collections.abc import Sequence

from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.protocols import Model
from toolwright.stages.contract import (
    Clash,
    Obtain,
    doubts,
    no_clash,
    no_package,
    with_packages,
)
from toolwright.stages.replacement import old_tree, read_replacement
from toolwright.stages.review import stub_signature
from toolwright.stages.rules import RULES, Rule
from toolwright.types import Contract, Prompt, Step, Tool


def fix_contract(
    model: Model,
    step: Step,
    tool: Tool,
    old_tests: str,
    wrong: Sequence[str],
    *,
    purpose: str = "",
    obtain: Obtain = no_package,
    rules: Sequence[Rule] = RULES,
    clash: Clash = no_clash,
    dispute: str = "",
) -> Contract:
    """Ask for the contract of a repaired `tool`; its tests are the old ones, unchanged, and the new ones.

    `wrong` are lines, each a call with what came of it; `purpose` is the goal that the tool was made for.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
        LibraryError: the old tests are not Python.
    """
    old_tree(tool, old_tests)
    text = render(
        "fix",
        name=tool.name,
        source=tool.source,
        purpose=purpose or step.description,
        calls="\n".join(f"- {line}" for line in wrong),
        old_tests=old_tests,
        dispute=doubts(dispute),
    )
    return ask(
        model,
        Prompt("fix", tool.name, text),
        lambda reply: with_packages(read_fixed(reply, step, tool, old_tests, rules, clash), obtain),
    )


def read_fixed(
    text: str,
    step: Step,
    tool: Tool,
    old_tests: str,
    rules: Sequence[Rule] = RULES,
    clash: Clash = no_clash,
) -> Contract:
    """Read a fix reply: stub and additional tests.

    Raises:
        ReplyShapeError: the stub has another signature, or the tests do not stand beside the old ones.
        LibraryError: the old tests are not Python.
    """

    def broken(stub: str) -> str:
        if stub_signature(Contract(tool.name, stub, "", step)) != tool.signature:
            return f"the signature must stay as it is: {tool.signature}"
        why = clash(tool.name, stub)
        return f"the stub: {why}" if why else ""

    return read_replacement(text, step, tool, old_tests, rules, broken)
