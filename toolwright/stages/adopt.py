"""A function somebody wrote by hand -> its contract: types and docstring that it lacks, and tests."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.protocols import Model
from toolwright.stages.contract import (
    Obtain,
    calls_known,
    check_tests,
    doubts,
    no_package,
    parsed,
    requires,
    two_blocks,
    with_packages,
)
from toolwright.stages.replacement import check_beside, join_tests
from toolwright.stages.widen import arguments_of
from toolwright.types import Contract, Prompt, Step

Unfit: TypeAlias = Callable[[str], str]
"""Given a stub, says why the function cannot have its types and docstring, "" when it can."""


def fits_all(_stub: str) -> str:
    """Answer where whatever is said of a function will do."""
    return ""


def adopt_contract(
    model: Model,
    step: Step,
    name: str,
    source: str,
    *,
    old_tests: str = "",
    unfit: Unfit = fits_all,
    obtain: Obtain = no_package,
    calls: Sequence[str] = (),
    dispute: str = "",
) -> Contract:
    """Ask for the contract of the function `name` of the module text `source`, as it is.

    `old_tests` are those that it has, "" when it has none: they stay, and the new ones stand below them.
    `calls` are those whose answers the user knows, `dispute` says what was wrong with an earlier contract.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
    """
    text = render(
        "adopt",
        source=source,
        old_tests=_old(old_tests),
        calls=calls_known(calls),
        dispute=doubts(dispute),
    )
    return ask(
        model,
        Prompt("adopt", name, text),
        lambda reply: with_packages(read_adopted(reply, step, name, source, old_tests, unfit), obtain),
    )


def read_adopted(
    text: str, step: Step, name: str, source: str, old_tests: str = "", unfit: Unfit = fits_all
) -> Contract:
    """Read an adopt reply: stub and tests.

    Raises:
        ReplyShapeError: the stub is not one of this function, or the tests cannot be used.
    """
    stub, tests = two_blocks(text)
    parsed("the stub is", stub)
    if arguments_of(stub, name) != arguments_of(source, name):
        raise ReplyShapeError(f"parameters of `{name}`, their order and their defaults must stay as they are")
    why = unfit(stub)
    if why:
        raise ReplyShapeError(why)
    check_tests(name, tests, requires(stub, name))
    if old_tests:
        check_beside(name, parsed("the old tests are", old_tests), parsed("the tests are", tests))
        tests = join_tests(old_tests, tests)
        parsed("old and additional tests in one file are", tests)
    return Contract(name, stub, tests, step, replaces=name)


def _old(tests: str) -> str:
    if not tests:
        return ""
    return (
        "\nIt has these tests, which stay as they are. Yours are put below them: they check what is not "
        "checked yet, and every test, helper and constant has a name that is not used there.\n"
        f"```python\n{tests.rstrip()}\n```\n"
    )
