"""Step -> contract: what the missing tool promises, and the tests that will judge it."""

import ast
from collections.abc import Sequence
from typing import Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import python_blocks
from toolwright.protocols import Model
from toolwright.stages.review import finding_text, review_source
from toolwright.stages.rules.naming import why_not_a_name
from toolwright.types import Contract, Prompt, Step

_BLOCKS: Final = 2
_TAKEN_SHOWN: Final = 60


def draft_contract(
    model: Model,
    step: Step,
    surroundings: Sequence[str],
    *,
    taken: frozenset[str],
    name: str = "",
) -> Contract:
    """Ask for signature, docstring and tests of a new tool.

    `surroundings` are lines that show the plan with the signatures known so far; `name` is the name
    the user insists on, "" for a free choice.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
    """
    text = render(
        "contract",
        step=step.description,
        keywords=", ".join(step.keywords) or "none",
        plan="\n".join(surroundings),
        name_rule=f"\nThe function is called `{name}`.\n" if name else "",
        taken=", ".join(sorted(taken)[:_TAKEN_SHOWN]) or "none",
    )
    return ask(
        model,
        Prompt("contract", step.description, text),
        lambda reply: read_contract(reply, step, taken=taken, name=name),
    )


def read_contract(text: str, step: Step, *, taken: frozenset[str], name: str = "") -> Contract:
    """Read a contract reply: two Python blocks, stub and tests.

    Raises:
        ReplyShapeError: a block is missing, or the stub or the tests are not what was asked for.
    """
    stub, tests = _two_blocks(text)
    function = _only_function(stub)
    if name and function.name != name:
        raise ReplyShapeError(f"the function must be called `{name}`, not `{function.name}`")
    why = why_not_a_name(function.name, taken)
    if why:
        raise ReplyShapeError(why)
    check_stub(function.name, stub)
    check_tests(function.name, tests)
    return Contract(function.name, stub, tests, step)


def check_stub(name: str, stub: str) -> None:
    """Hold the stub to the rules that the finished function must meet.

    Raises:
        ReplyShapeError: it breaks some; lists them all.
    """
    findings = review_source(name, stub)
    if findings:
        raise ReplyShapeError("the stub: " + "; ".join(finding_text(finding) for finding in findings))


def check_tests(name: str, tests: str) -> frozenset[str]:
    """Check that a test file can judge the tool `name`; return the names of its tests.

    Raises:
        ReplyShapeError: it does not parse, import or call the tool, or holds no test function.
    """
    try:
        tree = ast.parse(tests)
        compile(tree, "tests", "exec")
    except (SyntaxError, ValueError) as error:
        raise ReplyShapeError(f"the tests are not Python: {error}") from None
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "tools"
        for alias in node.names
    }
    if name not in imported:
        raise ReplyShapeError(f"the tests must have `from tools import {name}`")
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    if any(node.name == name for node in defined):
        raise ReplyShapeError(f"the tests define their own `{name}`; they must test the imported one")
    names = frozenset(node.name for node in defined if node.name.startswith(("test", "Test")))
    if not names:
        raise ReplyShapeError("the test file holds no function that begins with `test_`")
    if not any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)):
        raise ReplyShapeError(f"no test calls `{name}`")
    return names


def _two_blocks(text: str) -> tuple[str, str]:
    blocks = python_blocks(text)
    if len(blocks) < _BLOCKS:
        raise ReplyShapeError(f"expected two ```python blocks (stub, tests), found {len(blocks)}")
    return blocks[-2], blocks[-1]


def _only_function(stub: str) -> ast.FunctionDef:
    try:
        tree = ast.parse(stub)
    except (SyntaxError, ValueError) as error:
        raise ReplyShapeError(f"the stub is not Python: {error}") from None
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    if len(public) != 1:
        raise ReplyShapeError(f"the first block must hold exactly one public function, found {len(public)}")
    return public[0]
