"""Step -> contract: what the missing tool promises, and the tests that will judge it."""

import ast
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import python_blocks
from toolwright.protocols import Model
from toolwright.redaction import looks_like_key
from toolwright.stages.review import finding_text, review_source
from toolwright.stages.rules import RULES, Rule
from toolwright.stages.rules.naming import why_not_a_name
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.fair_tests import unfair
from toolwright.syntax.names import bindings, free_names, is_standard_module
from toolwright.syntax.parsing import parse_and_compile
from toolwright.syntax.promised_errors import disagreement
from toolwright.syntax.reading import read_library
from toolwright.syntax.requirements import Requirement, covers, requirements
from toolwright.syntax.shown import has_checkable, other_doctests
from toolwright.types import Contract, Prompt, Step

_TAKEN_SHOWN: Final = 60
_OF_TESTS: Final = ("pytest", "hypothesis", "pytest_httpserver", "werkzeug")


Clash: TypeAlias = Callable[[str, str], str]
"""Given the name and the text of a stub, says why it could never be merged, "" when it could."""


Obtain: TypeAlias = Callable[[str, Sequence[str]], str]
"""Given a tool's name and what it requires, sees to it that this is installed, or says why it is not."""


def no_package(_name: str, _entries: Sequence[str]) -> str:
    """Answer where whatever is required counts as there."""
    return ""


def no_clash(_name: str, _stub: str) -> str:
    """Answer for a library in which nothing stands in the way."""
    return ""


def draft_contract(
    model: Model,
    step: Step,
    surroundings: Sequence[str],
    *,
    taken: frozenset[str],
    name: str = "",
    clash: Clash = no_clash,
    obtain: Obtain = no_package,
    rules: Sequence[Rule] = RULES,
    calls: Sequence[str] = (),
    dispute: str = "",
    precedents: Sequence[str] = (),
) -> Contract:
    """Ask for signature, docstring and tests of a new tool.

    `surroundings` are lines that show the plan with the signatures known so far; `name` is the name
    the user insists on, "" for a free choice; `clash` knows the library, `obtain` the packages. `calls` are
    those whose answers the user knows, `dispute` says what was wrong with an earlier contract, `precedents`
    are functions of similar steps that went well at once.

    Raises:
        ReplyShapeError, ModelError: no usable contract could be had.
    """
    text = render(
        "contract",
        step=step.description,
        keywords=", ".join(step.keywords) or "none",
        plan="\n".join(surroundings),
        name_rule=f"\nThe function is called `{name}`.\n" if name else "",
        calls=calls_known(calls),
        dispute=doubts(dispute),
        precedents=_went_well(precedents),
        taken=", ".join(sorted(taken)[:_TAKEN_SHOWN]) or "none",
    )
    return ask(
        model,
        Prompt("contract", step.description, text),
        lambda reply: with_packages(
            read_contract(reply, step, taken=taken, name=name, clash=clash, rules=rules), obtain
        ),
    )


def calls_known(calls: Sequence[str]) -> str:
    """Return the part of a prompt that shows calls whose answers are held out."""
    if not calls:
        return ""
    listed = "\n".join(f"- {call}" for call in calls)
    return (
        "\nThe user knows the answers to these calls, which must be possible as they are written "
        f"(`NAME` stands for the function's name); nobody is shown the answers:\n{listed}\n"
    )


def _went_well(precedents: Sequence[str]) -> str:
    if not precedents:
        return ""
    return (
        "\nA similar step of an earlier goal, and the function that met its contract at the first attempt; "
        "keep to its conventions where they fit, not to its task:\n" + "\n".join(precedents)
    )


def doubts(dispute: str) -> str:
    """Return the part of a prompt that says why the contract is written anew."""
    return f"\n{dispute}\n" if dispute else ""


def with_packages(contract: Contract, obtain: Obtain) -> Contract:
    """Return the contract when what it requires can be had.

    Raises:
        ReplyShapeError: the user wants the tool to do without.
    """
    why = obtain(contract.name, requires(contract.stub, contract.name))
    if why:
        raise ReplyShapeError(why)
    return contract


def requires(stub: str, name: str) -> tuple[str, ...]:
    """Return the entries of the `Requires:` line of a stub."""
    tree = parsed("the stub is", stub)
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    return parse_docstring(ast.get_docstring(function)).requires


def read_contract(
    text: str,
    step: Step,
    *,
    taken: frozenset[str],
    name: str = "",
    clash: Clash = no_clash,
    rules: Sequence[Rule] = RULES,
) -> Contract:
    """Read a contract reply: two Python blocks, stub and tests.

    Raises:
        ReplyShapeError: a block is missing, or the stub or the tests are not what was asked for.
    """
    stub, tests = two_blocks(text)
    function = _only_function(stub)
    if name and function.name != name:
        raise ReplyShapeError(f"the function must be called `{name}`, not `{function.name}`")
    why = why_not_a_name(function.name, taken)
    if why:
        raise ReplyShapeError(why)
    check_stub(function.name, stub, rules)
    why = clash(function.name, stub)
    if why:
        raise ReplyShapeError(f"the stub: {why}")
    beside = {node.name for node in parsed("the stub is", stub).body if isinstance(node, ast.ClassDef)}
    check_tests(function.name, tests, requires(stub, function.name), taken | beside)
    check_promises(function.name, stub, tests)
    return Contract(function.name, stub, tests, step)


def check_stub(name: str, stub: str, rules: Sequence[Rule] = RULES) -> None:
    """Hold the stub to the rules that the finished function must meet.

    Raises:
        ReplyShapeError: it breaks some; lists them all.
    """
    findings = review_source(name, stub, rules=rules)
    if findings:
        raise ReplyShapeError("the stub: " + "; ".join(finding_text(finding) for finding in findings))


def check_tests(
    name: str, tests: str, required: Sequence[str] = (), offered: AbstractSet[str] | None = None
) -> frozenset[str]:
    """Check that a test file can judge the tool `name`; return the names of its tests.

    What is wrong here could never be mended by changing the tool, so it is said before anybody writes one.
    `offered` are the names that tests may import from tools, None when they are not known.

    Raises:
        ReplyShapeError: it does not parse, lacks names, does not import or use the tool, holds no test, or
            does what tests may not do; then every such line is named.
    """
    tree = parsed("the tests are", tests)
    imported = {alias.name for node in ast.walk(tree) for alias in _from_tools(node)}
    if name not in imported:
        raise ReplyShapeError(f"the tests must have `from tools import {name}`")
    if any(name in bindings(node) for node in tree.body if not _from_tools(node)):
        raise ReplyShapeError(f"the tests define their own `{name}`; they must test the imported one")
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names = [defined_name for defined_name in defined if defined_name.startswith(("test", "Test"))]
    if not names:
        raise ReplyShapeError("the test file holds no function that begins with `test_`")
    twice = [one for one, count in Counter(names).items() if count > 1]
    if twice:
        raise ReplyShapeError(f"`{twice[0]}` is defined twice in the tests; the first one would never run")
    findings = unfair(tree, name, offered)
    if findings:
        raise ReplyShapeError("the tests: " + "; ".join(finding_text(finding) for finding in findings))
    if not any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)):
        raise ReplyShapeError(f"no test calls `{name}`")
    if looks_like_key(tests):
        raise ReplyShapeError(
            "the tests hold a text that looks like a key; give the tool a dummy, such as `dummy-secret-NAME`"
        )
    foreign = sorted(_foreign(tree, requirements(required)))
    if foreign:
        raise ReplyShapeError(
            f"the tests import {', '.join(foreign)}; they may import the standard library, "
            f"{', '.join(_OF_TESTS)}, and what the tool declares under `Requires:`"
        )
    missing = sorted(free_names(tests))
    if missing:
        raise ReplyShapeError(f"the tests use {', '.join(missing)} without defining or importing it")
    return frozenset(names)


def check_promises(name: str, stub: str, tests: str) -> None:
    """Hold what the docstring says of exceptions and examples against tests and stub.

    Raises:
        ReplyShapeError: tests and `Raises:` name different exceptions, or nothing that it shows can be tried.
    """
    [tool] = [tool for tool in read_library(stub, "the stub").tools if tool.name == name]
    why = disagreement(stub, tool.docstring.raises, tests)
    if why:
        raise ReplyShapeError(why)
    if not has_checkable(tool):
        raise ReplyShapeError(
            f"the docstring needs a doctest that is a call of `{name}` with its answer, and is not skipped"
        )
    for shown in other_doctests(tool):
        missing = sorted(free_names(f"{stub}\n\n\n{shown.source}"))
        if missing:
            raise ReplyShapeError(
                f"the doctest `{shown.text}` uses {', '.join(missing)}, which nothing defines; "
                "best it is one call with literal values and its answer"
            )


def _foreign(tree: ast.Module, required: Sequence[Requirement]) -> set[str]:
    """Return the modules that tests import and must not."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return {
        module
        for module in found - {"tools", *_OF_TESTS}
        if not is_standard_module(module) and not any(covers(each, module) for each in required)
    }


def two_blocks(text: str) -> tuple[str, str]:
    """Return stub and tests of a reply.

    Raises:
        ReplyShapeError: it does not hold exactly two Python blocks.
    """
    blocks = python_blocks(text)
    if len(blocks) != 2:  # noqa: PLR2004 - stub and tests
        raise ReplyShapeError(f"expected two ```python blocks (stub, tests), found {len(blocks)}")
    return blocks[0], blocks[1]


def parsed(what: str, source: str) -> ast.Module:
    """Parse and compile a part of a reply; `what` begins the complaint.

    Raises:
        ReplyShapeError: it is not Python; names the line.
    """
    try:
        return parse_and_compile(source)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        raise ReplyShapeError(f"{what} not Python: {error.msg}{where}") from None


def _from_tools(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.ImportFrom) and node.module == "tools" else []


def _only_function(stub: str) -> ast.FunctionDef:
    tree = parsed("the stub is", stub)
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    if len(public) != 1:
        raise ReplyShapeError(f"the first block must hold exactly one public function, found {len(public)}")
    return public[0]
