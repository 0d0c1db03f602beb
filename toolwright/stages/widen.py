"""Step + a tool that is too specific -> contract of a wider version that keeps every old promise."""

import ast
from collections.abc import Sequence
from typing import TypeAlias

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import python_blocks
from toolwright.protocols import Model
from toolwright.stages.contract import check_stub, check_tests
from toolwright.types import Contract, Prompt, Step, Tool

_Parameter: TypeAlias = tuple[str, str, str | None]
"""Name, kind, and the text of the default."""


def widen_contract(
    model: Model, step: Step, tool: Tool, old_tests: str, surroundings: Sequence[str]
) -> Contract:
    """Ask for the contract of a wider `tool`; its tests are the old ones, unchanged, and the new ones.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
    """
    text = render(
        "widen",
        name=tool.name,
        source=tool.source,
        old_tests=old_tests,
        step=step.description,
        keywords=", ".join(step.keywords) or "none",
        plan="\n".join(surroundings),
    )
    return ask(
        model,
        Prompt("widen", step.description, text),
        lambda reply: read_widened(reply, step, tool, old_tests),
    )


def read_widened(text: str, step: Step, tool: Tool, old_tests: str) -> Contract:
    """Read a widen reply: stub and additional tests.

    Raises:
        ReplyShapeError: the stub breaks an old promise, or the tests do not stand beside the old ones.
    """
    blocks = python_blocks(text)
    if len(blocks) != 2:  # noqa: PLR2004 - stub and tests
        raise ReplyShapeError(f"expected two ```python blocks (stub, tests), found {len(blocks)}")
    stub, new_tests = blocks
    check_stub(tool.name, stub)
    broken = broken_promise(tool.source, stub, tool.name)
    if broken:
        raise ReplyShapeError(broken)
    clashing = check_tests(tool.name, new_tests) & check_tests(tool.name, old_tests)
    if clashing:
        raise ReplyShapeError(f"the old tests already have {', '.join(sorted(clashing))}; choose other names")
    return Contract(tool.name, stub, join_tests(old_tests, new_tests), step, replaces=tool.name)


def broken_promise(old_source: str, new_source: str, name: str) -> str:
    """Return "" when every old call still means the same parameters, else what the new signature breaks."""
    old, new = _arguments(old_source, name), _arguments(new_source, name)
    for position, parameter in enumerate(old):
        if position >= len(new) or new[position] != parameter:
            return f"the old parameter `{parameter[0]}` must keep its name, place, kind and default"
    for parameter in new[len(old) :]:
        if parameter[2] is None:
            return f"the new parameter `{parameter[0]}` needs a default that gives the old behaviour"
    return ""


def join_tests(old: str, new: str) -> str:
    """Put new tests under old ones, whose text stays as it is; repeated import lines are dropped."""
    body = new.strip("\n").split("\n")
    known = set(old.split("\n"))
    kept = [line for line in body if not (line.startswith(("import ", "from ")) and line in known)]
    return old.rstrip("\n") + "\n\n\n" + "\n".join(kept).strip("\n") + "\n"


def _arguments(source: str, name: str) -> list[_Parameter]:
    """List name, kind and default of every parameter, in order."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [*_positional(node.args), *_keyword_only(node.args)]
    raise ReplyShapeError(f"the stub does not define `{name}`")


def _positional(arguments: ast.arguments) -> list[_Parameter]:
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults)
    return [_parameter(a, "positional", d) for a, d in zip(arguments.args, defaults, strict=True)]


def _keyword_only(arguments: ast.arguments) -> list[_Parameter]:
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [_parameter(a, "keyword", default) for a, default in pairs]


def _parameter(argument: ast.arg, kind: str, default: ast.expr | None) -> _Parameter:
    return argument.arg, kind, None if default is None else ast.unparse(default)
