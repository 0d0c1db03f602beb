"""The texts of a tool and of its tests + a new name -> both with it, examples in the docstring too."""

import ast
import re

from toolwright.syntax.parsing import parse_text
from toolwright.syntax.renaming import rename_globals


def renamed_source(source: str, old: str, new: str) -> str:
    """Rename a function wherever it is meant, in the calls that its docstring shows too.

    Raises:
        ValueError: it is used in a way that is not renamed.
        SyntaxError: the text is not Python.
    """
    text = rename_globals(source, {old: new})
    lines = text.split("\n")
    for node in ast.walk(parse_text(text)):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            said = node.body[0]
            for index in range(said.lineno - 1, said.end_lineno or said.lineno):
                lines[index] = re.sub(rf"(?<![\w.]){old}(?=\()", new, lines[index])
    return "\n".join(lines)


def renamed_tests(tests: str, old: str, new: str) -> str:
    """Let tests import a function by its new name; in them it keeps the old one.

    Raises:
        SyntaxError: the text is not Python.
    """
    data = tests.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits = [
        (starts[alias.lineno - 1] + alias.col_offset, alias)
        for node in ast.walk(parse_text(tests))
        if isinstance(node, ast.ImportFrom) and node.module == "tools"
        for alias in node.names
        if alias.name == old
    ]
    for start, alias in sorted(edits, key=lambda edit: edit[0], reverse=True):
        named = new if alias.asname else f"{new} as {old}"
        data = data[:start] + named.encode() + data[start + len(old.encode()) :]
    return re.sub(rf"\btools\.{old}\b", f"tools.{new}", data.decode())
