"""A docstring's doctests -> examples the trusted side can check: calls with literals and literal answers."""

import ast
from typing import TYPE_CHECKING

from toolwright.syntax.checking import is_json
from toolwright.syntax.parsing import literal, parse_expression, parse_text
from toolwright.types import Example, Json, Tool

if TYPE_CHECKING:
    import doctest


def docstring_examples(tool: Tool) -> tuple[Example, ...]:
    """Return the doctests of a pure tool that are one plain call with a plain answer.

    Tools that touch files, the network or the clock have none: their examples only illustrate.
    """
    if tool.docstring.permissions or tool.docstring.varies:
        return ()
    found = []
    for shown in doctests(tool.docstring.example):
        arguments = _plain_call(shown.source, tool)
        expected = _plain_value(shown.want)
        if arguments is not None and expected is not None:
            found.append(Example(tool.name, arguments, expected[0]))
    return tuple(found)


def is_plain(shown: "doctest.Example", tool: Tool) -> bool:
    """Tell whether a doctest is one plain call with a plain answer."""
    import doctest

    pattern = bool(shown.options.get(doctest.ELLIPSIS)) and "..." in shown.want
    return (
        not pattern and _plain_call(shown.source, tool) is not None and _plain_value(shown.want) is not None
    )


def doctests(text: str, *, patterns: bool = False) -> list["doctest.Example"]:
    """List the doctests that are run and mean what they show: none that is skipped, no pattern with `...`.

    With `patterns` those are there too.
    """
    import doctest

    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []
    return [
        example
        for example in examples
        if not example.options.get(doctest.SKIP)
        and (patterns or not (example.options.get(doctest.ELLIPSIS) and "..." in example.want))
    ]


def _plain_call(source: str, tool: Tool) -> dict[str, Json] | None:
    """Return the arguments by name when this is a call of the tool with plain values, else None."""
    try:
        call = parse_expression(source)
    except SyntaxError:
        return None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != tool.name:
        return None
    positional, known = _parameters(tool)
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in known}
    given = dict(zip(positional, call.args, strict=False))
    if len(given) < len(call.args) or len(named) < len(call.keywords) or given.keys() & named.keys():
        return None
    values = {name: _plain(node) for name, node in (given | named).items()}
    return {name: value[0] for name, value in values.items() if value} if all(values.values()) else None


def _parameters(tool: Tool) -> tuple[list[str], frozenset[str]]:
    """Return the names that may be given by position, and all names."""
    for node in parse_text(tool.source).body:
        if isinstance(node, ast.FunctionDef):
            return [argument.arg for argument in node.args.args], frozenset(tool.parameters["properties"])
    return [], frozenset()


def _plain_value(want: str) -> tuple[Json] | None:
    try:
        return _plain(parse_expression(want))
    except SyntaxError:
        return None


def _plain(node: ast.expr) -> tuple[Json] | None:
    """Return a JSON value in a tuple of one, so that None is told from no value."""
    try:
        value = literal(node)
    except ValueError:
        return None
    return (value,) if is_json(value) else None
