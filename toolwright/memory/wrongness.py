"""A comparison that failed, as text -> in which ways what was returned differs from what was wanted."""

import re
from collections.abc import Iterator
from typing import Any, Final

from toolwright.syntax.parsing import literal, parse_expression

_LONGEST: Final = 400
_TRIES: Final = 12
_DEEPEST: Final = 2
_NEAR: Final = 0.05
_LARGEST: Final = 1e100
_OPERATOR: Final = re.compile(r" (?:==|is|!=) ")
_KINDS: Final = {
    bool: "bool",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
    type(None): "null",
}


def wrongness(compared: str) -> Iterator[str]:
    """Yield words for the ways, of `'ab' == 'AB'` for example `case`; of what cannot be read only that."""
    for got, wanted in _sides(compared.partition(" +  where")[0][:_LONGEST]):
        yield from _ways(got, wanted)
        return
    yield "unread"


def _sides(text: str) -> Iterator[tuple[Any, Any]]:
    """Yield both values; what the tests say about them after the second one is left out."""
    for operator, _ in zip(_OPERATOR.finditer(text), range(_TRIES), strict=False):
        try:
            got = literal(parse_expression(text[: operator.start()]))
        except (ValueError, SyntaxError):
            continue
        words = text[operator.end() :]
        while words:
            try:
                wanted = literal(parse_expression(words))
            except (ValueError, SyntaxError):
                words = words.rpartition(" ")[0]
            else:
                yield got, wanted
                return


def _ways(got: Any, wanted: Any, depth: int = 0) -> Iterator[str]:
    kind, other = (_KINDS.get(type(value), "other") for value in (got, wanted))
    if kind != other:
        yield f"{kind} for {other}"
        return
    yield kind
    match kind:
        case "bool":
            yield f"{got}"
        case "number":
            yield from _of_numbers(got, wanted)
        case "text":
            yield from _of_texts(got, wanted)
        case "list":
            yield from _of_lists(got, wanted)
    if depth < _DEEPEST:
        for inner in _first_inside(got, wanted):
            yield from (f"in {way}" for way in _ways(*inner, depth + 1))


def _of_numbers(got: float, wanted: float) -> Iterator[str]:
    yield "more" if got > wanted else "less"
    if max(abs(got), abs(wanted)) > _LARGEST:  # too large to be taken from a float
        return
    if abs(got - wanted) == 1:
        yield "by one"
    if got == -wanted:
        yield "sign"
    if got == 0:
        yield "zero"
    if (got % 1 == 0) != (wanted % 1 == 0):
        yield "fraction"
    if abs(got - wanted) < abs(wanted) * _NEAR:
        yield "near"


def _of_texts(got: str, wanted: str) -> Iterator[str]:
    yield _length(len(got), len(wanted))
    if got.lower() == wanted.lower():
        yield "case"
    if got.split() == wanted.split():
        yield "blanks" if got.strip() != wanted.strip() else "blanks around"
    if sorted(got) == sorted(wanted):
        yield "order"
    if not got:
        yield "empty"
    elif wanted in got:
        yield "too much"
    elif got in wanted:
        yield "too little"


def _of_lists(got: list[Any], wanted: list[Any]) -> Iterator[str]:
    yield _length(len(got), len(wanted))
    ours, theirs = [repr(value) for value in got], [repr(value) for value in wanted]
    if sorted(ours) == sorted(theirs):
        yield "order"
    if len(ours) > 1 and ours == theirs[::-1]:
        yield "reversed"
    if {*ours} == {*theirs} and len(ours) != len(theirs):
        yield "twice"
    if not got:
        yield "empty"


def _length(got: int, wanted: int) -> str:
    return "longer" if got > wanted else "shorter" if got < wanted else "as long"


def _first_inside(got: Any, wanted: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the first pair of values inside of two lists or objects that differ."""
    if isinstance(got, dict):
        pairs = [(got[key], wanted[key]) for key in wanted if key in got]
    elif isinstance(got, list):
        pairs = list(zip(got, wanted, strict=False))
    else:
        return
    yield from [pair for pair in pairs if pair[0] != pair[1]][:1]
