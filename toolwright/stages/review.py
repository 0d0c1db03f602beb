"""Candidate + contract -> findings: everything that can be held against it without running it."""

import ast
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from toolwright.stages.rules import RULES, Rule, Subject
from toolwright.syntax.parsing import parse_and_compile, parse_text
from toolwright.syntax.signature import signature_text
from toolwright.types import Candidate, Contract, Finding

_LONGEST: Final = 100_000


def review_candidate(
    candidate: Candidate,
    contract: Contract,
    *,
    taken: frozenset[str],
    callable_tools: frozenset[str],
    needs: Mapping[str, Collection[str]] = MappingProxyType({}),
    rules: Sequence[Rule] = RULES,
) -> tuple[Finding, ...]:
    """Apply every rule; an empty tuple means that the candidate may be run.

    `taken` are the names it may not bind, `callable_tools` the tools of the library it may call,
    `needs` the permissions that those need.
    """
    return review_source(
        candidate.name,
        candidate.source,
        signature=stub_signature(contract),
        docstring=stub_docstring(contract),
        taken=taken,
        callable_tools=callable_tools,
        needs=needs,
        rules=rules,
        tests=candidate.tests,
    )


def review_source(
    name: str,
    source: str,
    *,
    signature: str = "",
    docstring: str = "",
    taken: frozenset[str] = frozenset(),
    callable_tools: frozenset[str] = frozenset(),
    needs: Mapping[str, Collection[str]] = MappingProxyType({}),
    rules: Sequence[Rule] = RULES,
    tests: str = "",
) -> tuple[Finding, ...]:
    """Apply every rule to a function or a stub called `name`."""
    if len(source) > _LONGEST:
        return (Finding("size", 1, f"{len(source)} characters; a tool has at most {_LONGEST}"),)
    try:
        tree = parse_and_compile(source)
    except SyntaxError as error:
        return (Finding("syntax", error.lineno or 1, f"not Python: {error.msg}"),)
    subject = Subject(name, source, tree, signature, taken, callable_tools, docstring, needs, tests)
    return tuple(dict.fromkeys(finding for rule in rules for finding in rule.check(subject)))


def stub_signature(contract: Contract) -> str:
    """Return the signature a contract promises, as one line of text."""
    return signature_text(_stub(contract))


def stub_docstring(contract: Contract) -> str:
    """Return the docstring a contract promises, as one cleaned text."""
    return ast.get_docstring(_stub(contract)) or ""


def _stub(contract: Contract) -> ast.FunctionDef:
    for node in parse_text(contract.stub).body:
        if isinstance(node, ast.FunctionDef) and node.name == contract.name:
            return node
    raise ValueError(f"the contract of {contract.name} holds no such function")


def finding_text(finding: Finding) -> str:
    """Write a finding as one line for its author."""
    return f"line {finding.line}: {finding.message} [{finding.rule}]"
