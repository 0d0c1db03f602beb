"""Step + a tool that is too specific -> contract of a wider version that keeps every old promise."""

import ast
from collections.abc import Sequence
from typing import Final, TypeAlias

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.protocols import Model
from toolwright.stages.contract import (
    Clash,
    Obtain,
    calls_known,
    doubts,
    no_clash,
    no_package,
    with_packages,
)
from toolwright.stages.replacement import old_tree, read_replacement
from toolwright.stages.rules import RULES, Rule
from toolwright.syntax.checking import described
from toolwright.syntax.covering import covers
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import read_library
from toolwright.types import Contract, Prompt, Step, Tool

_Parameter: TypeAlias = tuple[str, str, str | None]
"""Name, kind, and the text of the default."""

_POSITIONAL: Final = "positional"


def widen_contract(
    model: Model,
    step: Step,
    tool: Tool,
    old_tests: str,
    surroundings: Sequence[str],
    obtain: Obtain = no_package,
    *,
    rules: Sequence[Rule] = RULES,
    clash: Clash = no_clash,
    calls: Sequence[str] = (),
    dispute: str = "",
) -> Contract:
    """Ask for the contract of a wider `tool`; its tests are the old ones, unchanged, and the new ones.

    `clash`, `calls` and `dispute` are as for a new one.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
        LibraryError: the old tests are not Python.
    """
    old_tree(tool, old_tests)
    text = render(
        "widen",
        name=tool.name,
        source=tool.source,
        old_tests=old_tests,
        step=step.description,
        keywords=", ".join(step.keywords) or "none",
        plan="\n".join(surroundings),
        calls=calls_known(calls),
        dispute=doubts(dispute),
    )
    return ask(
        model,
        Prompt("widen", step.description, text),
        lambda reply: with_packages(read_widened(reply, step, tool, old_tests, rules, clash), obtain),
    )


def read_widened(
    text: str,
    step: Step,
    tool: Tool,
    old_tests: str,
    rules: Sequence[Rule] = RULES,
    clash: Clash = no_clash,
) -> Contract:
    """Read a widen reply: stub and additional tests.

    Raises:
        ReplyShapeError: the stub breaks an old promise, or the tests do not stand beside the old ones.
        LibraryError: the old tests are not Python.
    """

    def broken(stub: str) -> str:
        return broken_promise(tool.source, stub, tool.name) or _narrower(tool, stub) or clash(tool.name, stub)

    return read_replacement(text, step, tool, old_tests, rules, broken)


def broken_promise(old_source: str, new_source: str, name: str) -> str:
    """Return "" when every old call still means the same parameters, else what the new signature breaks."""
    old, new = arguments_of(old_source, name), arguments_of(new_source, name)
    positional = [parameter for parameter in new if parameter[1] == _POSITIONAL]
    for place, parameter in enumerate(old):
        kept = positional[place : place + 1] if parameter[1] == _POSITIONAL else new
        if parameter not in kept:
            return f"the old parameter `{parameter[0]}` must keep its name, place, kind and default"
    for parameter in new:
        if parameter not in old and parameter[2] is None:
            return f"the new parameter `{parameter[0]}` needs a default that gives the old behaviour"
    return ""


def _narrower(tool: Tool, stub: str) -> str:
    """Return "" when the new types let pass all that the old ones do."""
    wider = next(new for new in read_library(stub, "the stub").tools if new.name == tool.name)
    for name, old in tool.parameters["properties"].items():
        if not covers(wider.parameters["properties"][name], old):
            return f"the parameter `{name}` must still take what it took: {described(old)}"
    if not covers(tool.returns, wider.returns):
        return f"the answer must still be {described(tool.returns)}"
    return ""


def arguments_of(source: str, name: str) -> list[_Parameter]:
    """List name, kind and default of every parameter, in order."""
    for node in parse_text(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [*_positional(node.args), *_keyword_only(node.args)]
    raise ReplyShapeError(f"the stub does not define `{name}`")


def _positional(arguments: ast.arguments) -> list[_Parameter]:
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults)
    return [_parameter(a, _POSITIONAL, d) for a, d in zip(arguments.args, defaults, strict=True)]


def _keyword_only(arguments: ast.arguments) -> list[_Parameter]:
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [_parameter(a, "keyword", default) for a, default in pairs]


def _parameter(argument: ast.arg, kind: str, default: ast.expr | None) -> _Parameter:
    return argument.arg, kind, None if default is None else ast.unparse(default)
