"""The text of a library + examples -> the text in which a function answers those calls as the user says.

It serves to find what contradicts an example: whatever held before, and does not hold in such a library.
"""

import ast
from collections.abc import Sequence
from typing import Final

from toolwright.library.bindings import bindings
from toolwright.syntax.chunks import split
from toolwright.syntax.parsing import parse_text
from toolwright.types import Example

_DUMPED: Final = "_supposed_json.dumps([{}], sort_keys=True)"


def supposing(text: str, name: str, examples: Sequence[Example]) -> str:
    """Return a library whose function `name` answers all other calls as it does now.

    Raises:
        KeyError: there is no such function.
    """
    sections = split(text)
    place = bindings(sections).chunks[name]
    tree = parse_text(sections.chunks[place].text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = 1 if ast.get_docstring(node) is not None else 0
            node.body[first:first] = parse_text(_answers(node.args, examples)).body
    chunks = [chunk.text for chunk in sections.chunks]
    chunks[place] = f"\n\n{ast.unparse(tree)}\n"
    return sections.header + "".join(chunks)


def _answers(arguments: ast.arguments, examples: Sequence[Example]) -> str:
    names = [argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)]
    optional = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [
        *zip(optional, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    defaults = {argument.arg: ast.unparse(value) for argument, value in pairs if value}
    lines = [
        "import json as _supposed_json",
        "try:",
        f"    _supposed_call = {_DUMPED.format(', '.join(names))}",
        "except (TypeError, ValueError):",
        "    _supposed_call = ''  # what is no JSON is in no example",
    ]
    for example in examples:
        given = defaults | {name: repr(value) for name, value in example.arguments.items()}
        there = ", ".join(given[name] for name in names)
        lines += [
            f"if _supposed_call == {_DUMPED.format(there)}:",
            f"    return {example.expected!r}",
        ]
    return "\n".join(lines)
