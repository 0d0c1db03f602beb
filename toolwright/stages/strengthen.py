"""Contract + faults that its tests let pass -> the same tests with more below them."""

import ast
from collections.abc import Sequence
from typing import Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import python_blocks
from toolwright.protocols import Model
from toolwright.stages.contract import check_tests, parsed, requires
from toolwright.stages.replacement import check_beside, join_tests
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import unix_lines
from toolwright.types import Contract, MutantOutcome, Prompt

_MOST_SHOWN: Final = 12


def strengthen(
    model: Model,
    contract: Contract,
    survivors: Sequence[MutantOutcome],
    disagreed: Sequence[str] = (),
) -> str:
    """Ask for tests that notice what survived; returns the tests of `contract`, unchanged, and the new ones.

    `disagreed` are tests of an earlier answer that the function fails. "" when the contract promises nothing
    about the survivors.

    Raises:
        ReplyShapeError, ModelError: no usable tests could be had.
    """
    text = render(
        "strengthen",
        name=contract.name,
        stub=_ended(contract.stub),
        tests=_ended(contract.tests),
        survivors="\n".join(_fault(contract.name, each) for each in survivors[:_MOST_SHOWN]),
        disagreed=_disagreed(disagreed),
    )
    return ask(model, Prompt("strengthen", contract.name, text), lambda reply: read_stronger(reply, contract))


def read_stronger(text: str, contract: Contract) -> str:
    """Read a strengthen reply: one block of additional tests, or NONE.

    Raises:
        ReplyShapeError: the tests cannot be used, or do not stand beside the old ones.
    """
    blocks = python_blocks(text)
    if not blocks and text.strip().strip(".`*").upper().endswith("NONE"):
        return ""
    if len(blocks) != 1:
        raise ReplyShapeError(f"expected one ```python block of additional tests, found {len(blocks)}")
    (added,) = blocks
    check_tests(contract.name, added, requires(contract.stub, contract.name))
    check_beside(contract.name, parse_text(contract.tests), parsed("the tests are", added))
    joined = join_tests(contract.tests, added)
    parsed("old and additional tests in one file are", joined)
    return joined


def without(tests: str, names: Sequence[str]) -> str:
    """Take the functions and classes of these names out of a test file."""
    lines = unix_lines(tests)
    for node in reversed(ast.parse(tests).body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines).rstrip("\n") + "\n"


def _fault(name: str, outcome: MutantOutcome) -> str:
    said = f"- {outcome.mutant.change}"
    if outcome.call is None:
        return said
    call = ", ".join(f"{key}={value!r}" for key, value in outcome.call.items())
    return f"{said}; seen with {name}({call})"


def _disagreed(tests: Sequence[str]) -> str:
    if not tests:
        return ""
    return (
        "\nThese tests of your last answer were left out, because the function fails them:\n"
        + "\n".join(tests)
        + "\nA test that the docstring demands comes again under the same name: then the function is at "
        "fault. Leave out the others.\n"
    )


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
