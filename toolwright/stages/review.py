"""Candidate + contract -> findings: everything that can be held against it without running it."""

import ast

from toolwright.stages.rules import RULES, Subject
from toolwright.syntax.signature import signature_text
from toolwright.types import Candidate, Contract, Finding


def review_candidate(
    candidate: Candidate, contract: Contract, *, taken: frozenset[str], callable_tools: frozenset[str]
) -> tuple[Finding, ...]:
    """Apply every rule; an empty tuple means that the candidate may be run.

    `taken` are the names it may not bind, `callable_tools` the tools of the library it may call.
    """
    return review_source(
        candidate.name,
        candidate.source,
        signature=stub_signature(contract),
        taken=taken,
        callable_tools=callable_tools,
    )


def review_source(
    name: str,
    source: str,
    *,
    signature: str = "",
    taken: frozenset[str] = frozenset(),
    callable_tools: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Apply every rule to a function or a stub called `name`."""
    try:
        tree = ast.parse(source)
        compile(tree, "candidate", "exec")
    except SyntaxError as error:
        return (Finding("syntax", error.lineno or 1, f"not Python: {error.msg}"),)
    except (ValueError, RecursionError) as error:
        return (Finding("syntax", 1, f"not Python: {error}"),)
    subject = Subject(name, source, tree, signature, taken, callable_tools)
    return tuple(finding for rule in RULES for finding in rule.check(subject))


def stub_signature(contract: Contract) -> str:
    """Return the signature a contract promises, as one line of text."""
    for node in ast.parse(contract.stub).body:
        if isinstance(node, ast.FunctionDef) and node.name == contract.name:
            return signature_text(node)
    raise ValueError(f"the contract of {contract.name} holds no such function")


def finding_text(finding: Finding) -> str:
    """Write a finding as one line for its author."""
    return f"line {finding.line}: {finding.message} [{finding.rule}]"
