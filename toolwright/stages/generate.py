"""Contract -> candidate: the function somebody writes who sees signature, docstring and tests."""

import ast
from collections.abc import Sequence

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import python_blocks
from toolwright.protocols import Model
from toolwright.stages.rules import RULES, Rule
from toolwright.syntax.parsing import parse_text
from toolwright.types import Candidate, Contract, Prompt


def generate(
    model: Model,
    contract: Contract,
    *,
    attempt: int = 1,
    previous: Candidate | None = None,
    reasons: Sequence[str] = (),
    old_source: str = "",
    repairs: bool = False,
    rules: Sequence[Rule] = RULES,
    earlier: Sequence[str] = (),
    lessons: Sequence[str] = (),
) -> Candidate:
    """Ask for the function of a contract; `previous` and `reasons` carry the last refusal back.

    `old_source` is the function as it is now, to be made more generic or, with `repairs`, right.
    `earlier` says in a line each why the versions before that one were refused, `lessons` what mended similar
    failures of other functions. Of `rules` its author is
    told those that are not ours, as far as they say what they are about.

    Raises:
        ReplyShapeError, ModelError: no function could be had.
    """
    text = render(
        "generate",
        own_rules=_own(rules),
        stub=contract.stub,
        tests=contract.tests,
        old=_old(old_source, repairs=repairs),
        feedback=_feedback(previous, reasons, earlier, lessons),
    )
    prompt = Prompt("generate", contract.name, text)
    source = ask(model, prompt, lambda reply: read_function(reply, contract.name))
    return Candidate(contract.name, source, contract.tests, attempt)


def read_function(text: str, name: str) -> str:
    """Read a generate reply: the last Python block that defines `name`.

    Raises:
        ReplyShapeError: there is none.
    """
    blocks = python_blocks(text)
    if not blocks:
        raise ReplyShapeError("expected one ```python block with the function, found none")
    for block in reversed(blocks):
        if _defines(block, name):
            return block
    raise ReplyShapeError(f"the ```python block does not define `{name}` at its top level")


def _defines(source: str, name: str) -> bool:
    try:
        body = parse_text(source).body
    except SyntaxError:
        return f"def {name}(" in source  # a syntax error is for review to report, with its line
    return any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name == name for n in body)


def _is_own(rule: Rule) -> bool:
    return rule.name not in {each.name for each in RULES}


def _old(source: str, *, repairs: bool) -> str:
    if not source:
        return ""
    task = "which has a fault that you find and mend" if repairs else "which you make more generic"
    return f"\nThe function as it is now, {task}:\n```python\n{source}```\n"


def _own(rules: Sequence[Rule]) -> str:
    return "".join(f"- {rule.about}\n" for rule in rules if rule.about and _is_own(rule))


def generate_apart(model: Model, contract: Contract, rules: Sequence[Rule] = RULES) -> Candidate:
    """Ask for another function of a contract, from signature and docstring alone.

    Raises:
        ReplyShapeError, ModelError: no function could be had.
    """
    prompt = Prompt("apart", contract.name, render("apart", own_rules=_own(rules), stub=contract.stub))
    source = ask(model, prompt, lambda reply: read_function(reply, contract.name))
    return Candidate(contract.name, source, contract.tests)


def _feedback(
    previous: Candidate | None, reasons: Sequence[str], earlier: Sequence[str], lessons: Sequence[str]
) -> str:
    if previous is None:
        return ""
    listed = "\n".join(f"- {reason}" for reason in reasons)
    before = f"{_before(earlier)}{_learned(lessons)}"
    return (
        f"\nThe last version was refused:\n```python\n{previous.source}```\n"
        f"Because:\n{listed}\n{before}Find the cause and write the whole function again.\n"
    )


def _learned(lessons: Sequence[str]) -> str:
    if not lessons:
        return ""
    return "Similar failures of earlier functions, and what mended them:\n" + "".join(lessons)


def _before(earlier: Sequence[str]) -> str:
    if not earlier:
        return ""
    listed = "\n".join(f"- {line}" for line in earlier)
    return f"Versions before it were refused too:\n{listed}\n"
