"""A docstring's doctests -> examples the trusted side can check: calls with literals and literal answers."""

import ast
import doctest

from toolwright.types import Example, Tool


def docstring_examples(tool: Tool) -> tuple[Example, ...]:
    """Return the doctests of a pure tool that are one plain call with a plain answer.

    Tools that touch files, the network or the clock have none: their examples only illustrate.
    """
    if tool.docstring.permissions or tool.docstring.varies:
        return ()
    names = list(tool.parameters["properties"])
    found = []
    for shown in _doctests(tool.docstring.example):
        arguments = _plain_call(shown.source, tool.name, names)
        expected = _plain_value(shown.want)
        if arguments is not None and expected is not None:
            found.append(Example(tool.name, arguments, expected[0]))
    return tuple(found)


def _doctests(text: str) -> list[doctest.Example]:
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []


def _plain_call(source: str, name: str, parameters: list[str]) -> dict[str, object] | None:
    try:
        call = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != name:
        return None
    if len(call.args) > len(parameters) or any(keyword.arg is None for keyword in call.keywords):
        return None
    given = dict(zip(parameters, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        return {key: ast.literal_eval(value) for key, value in given.items()}
    except ValueError:
        return None


def _plain_value(want: str) -> tuple[object] | None:
    """Return the expected value in a tuple of one, so that an expected None is told from no value."""
    try:
        return (ast.literal_eval(want.strip()),)
    except (ValueError, SyntaxError):
        return None
