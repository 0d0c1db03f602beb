"""The rule that a text file is read and written in a named encoding, not in the one of the machine."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.types import Finding

_OPENING: Final = frozenset({"open", "io.open"})
_PLACES: Final = {"read_text": 0, "write_text": 1}
"""Methods of paths, with the place of `encoding` among their arguments."""
_REMEDY: Final = "takes the encoding of the machine; say `encoding='utf-8'`"


def _encoding(subject: Subject) -> Iterator[Finding]:
    for use in subject.uses.mentions:
        if use.name in _OPENING and use.call is not None and _is_text(use.call) and not _told(use.call, 3):
            yield Finding("encoding", use.line, f"`{ast.unparse(use.call)}` {_REMEDY}")
    for node, _ in subject.uses.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="read_text" | "write_text" as method)) if not _told(
                node, _PLACES[method]
            ):
                yield Finding("encoding", node.lineno, f"`{ast.unparse(node)}` {_REMEDY}")


def _is_text(call: ast.Call) -> bool:
    """Tell whether a file is surely opened for text."""
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    match given:
        case []:
            return not any(word.arg is None for word in call.keywords)
        case [ast.Constant(value=str(mode))]:
            return "b" not in mode
    return False


def _told(call: ast.Call, place: int) -> bool:
    """Tell whether an encoding is among the arguments, as far as one can see."""
    unseen = any(isinstance(each, ast.Starred) for each in call.args)
    return unseen or len(call.args) > place or any(word.arg in {None, "encoding"} for word in call.keywords)


def _tool(body: str, above: str = "") -> str:
    return f'{above}def tool(path: str) -> str:\n    """Say.\n\n    Permissions: read\n    """\n    {body}\n'


_PATH: Final = "from pathlib import Path\n\n\n"

ENCODING: Final = Rule(
    "encoding",
    _encoding,
    about="text files are opened with an `encoding`: without one the machine decides",
    good=(
        _tool("with open(path, encoding='utf-8') as file:\n        return file.read()"),
        _tool("with open(path, 'rb') as file:\n        return file.read().decode()"),
        _tool("return Path(path).read_text(encoding='utf-8')", _PATH),
        _tool("return Path(path).read_text('utf-8')", _PATH),
    ),
    bad=(
        _tool("with open(path) as file:\n        return file.read()"),
        _tool("with open(path, mode='r') as file:\n        return file.read()"),
        _tool("return Path(path).read_text()", _PATH),
    ),
)
