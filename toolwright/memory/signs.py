"""A failure -> what it shows apart from its words: its kind, how the answer was wrong, what the code does.

Two functions about different things with the same mistake share few words; that both raise `KeyError`, or
both return what is right but for capitals, they share. Signs were chosen, and weighed, on kinds of mistake in
`benchmarks/lessons` that are not reported.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from math import sqrt
from operator import itemgetter
from typing import Any, Final, TypeAlias

from toolwright.memory.wrongness import wrongness
from toolwright.records import dataclass
from toolwright.syntax.parsing import parse_text

_RULE: Final = re.compile(r"\[([a-z][a-z-]+)\]\s*$")
_RAISED: Final = re.compile(r"failed: (?:[\w.]*\.)?(\w*(?:Error|Exception|Crashed|Warning)|error)\b:?(.*)$")
_COMPARED: Final = re.compile(r"failed: (?:AssertionError: )?assert (.+)$")
_VALUE: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?")
_WORD: Final = re.compile(r"[a-z]{3,}")
_LONGEST: Final = 20_000
_KIND, _SHOWN, _DONE = 0.2, 0.3, 0.2

_NEAREST: Final = 40
"""Failures whose signs are looked at, 0.5 ms each."""
MOST: Final = _KIND + _SHOWN + _DONE
"""What `agreement` is at most."""

Names: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Signs:
    """The kind of a failure (a rule, an exception), what is shown of it, and what its code does."""

    kind: str
    shown: Names
    done: Names


def signs_of(message: str, source: str) -> Signs:
    """Return the signs of a failure: what its author was told, and the refused version."""
    kind, shown = _told(message.partition("\n")[0])
    return Signs(kind, frozenset((kind, *shown)), frozenset(_done(source)))


def agreement(one: Signs, other: Signs) -> float:
    """Return how far the signs of two failures agree, from 0 to `MOST`."""
    same = _KIND if one.kind == other.kind else 0.0
    return same + _SHOWN * _common(one.shown, other.shown) + _DONE * _common(one.done, other.done)


def closest(
    scored: Sequence[tuple[float, Any]], asked: Signs, *, floor: float, weight: float = 1.0
) -> Sequence[tuple[float, Any]]:
    """Add to the likeness of failures how far their signs agree with those `asked`, times `weight`.

    What is returned is as alike as `floor` at least.
    """
    near = sorted((pair for pair in scored if pair[0] + weight * MOST >= floor), key=itemgetter(0))
    found = (
        (score + weight * agreement(asked, signs_of(row.message, row.source)), row)
        for score, row in near[-_NEAREST:]
    )
    return [(score, row) for score, row in found if score >= floor]


def _common(one: Names, other: Names) -> float:
    return len(one & other) / sqrt(len(one) * len(other)) if one and other else 0.0


def _told(first: str) -> tuple[str, Iterator[str]]:
    """Return the kind and what else the first line says."""
    rule = _RULE.search(first)
    if rule:
        return f"rule {rule[1]}", iter(())
    if "DID NOT RAISE" in first:
        return "not raised", iter(())
    compared = _COMPARED.search(first)
    if compared:
        return "compared", wrongness(compared[1])
    raised = _RAISED.search(first)
    if raised:
        said = _WORD.findall(_VALUE.sub(" ", raised[2].lower()))
        return f"raised {raised[1]}", (f"said {word}" for word in said)
    return "other", iter(())


def _done(source: str) -> Iterator[str]:
    """Name what code calls and which constructs it has; what does not parse has none."""
    try:
        tree = parse_text(source) if len(source) <= _LONGEST else ast.Module([], [])
    except SyntaxError:
        return
    for node in ast.walk(tree):
        yield from _of_node(node)


def _of_node(node: ast.AST) -> Iterator[str]:
    operators: list[Any] = []
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            yield f"calls .{name}"
        case ast.Call(func=ast.Name(id=name)):
            yield f"calls {name}"
        case ast.Subscript(slice=part):
            yield "slice" if isinstance(part, ast.Slice) else "index"
        case ast.Compare():
            operators = node.ops
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            operators = [node.op]
        case ast.For() | ast.While() | ast.Try() | ast.With() | ast.Return() | ast.If() | ast.IfExp():
            yield type(node).__name__
        case ast.Lambda() | ast.ListComp() | ast.DictComp() | ast.SetComp() | ast.GeneratorExp():
            yield type(node).__name__
    for operator in operators:
        yield f"{type(node).__name__} {type(operator).__name__}"
