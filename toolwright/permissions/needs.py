"""A tool and the library around it -> the permissions that it and the functions it calls declare."""

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from toolwright.types import PERMISSIONS, Permission, Tool

if TYPE_CHECKING:
    from toolwright.library.bindings import Bindings

_DEFINED: Final = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_WORD: Final = re.compile(r"\w+")
_DECLARATION: Final = re.compile(
    r"permissions:(.*?)(?=^(?:async |def |class |@)|\Z)", re.DOTALL | re.MULTILINE
)
"""From a declaration to the next definition: what follows it, and more."""


def needs(source: str, tool: Tool) -> frozenset[Permission]:
    """Return what a call of `tool` may touch: by its own `Permissions:` line and those of what it calls.

    `source` is the text of the library. A word that is no permission grants nothing.
    """
    own = _known(tool.docstring.permissions)
    others = set(_DEFINED.findall(source)) & set(_WORD.findall(tool.source)) - {tool.name}
    if not others or _mentioned(source) <= own:
        return own
    from toolwright.library.bindings import bindings
    from toolwright.syntax.chunks import split

    return needs_in(bindings(split(source)), tool)


def needs_in(known: "Bindings", tool: Tool) -> frozenset[Permission]:
    """Return the same where it is known who binds which name: what to ask with of many tools."""
    own, reached = _known(tool.docstring.permissions), known.reach([tool.name])
    return own.union(
        *(_declared(text) for name, text in reached.items() if name != tool.name and not name.startswith("_"))
    )


def declared(texts: Iterable[str]) -> tuple[Permission, ...]:
    """Return the permissions that definitions declare, in the order of the documentation."""
    found = frozenset[Permission]().union(*(_declared(text) for text in texts))
    return tuple(permission for permission in PERMISSIONS if permission in found)


def _mentioned(source: str) -> frozenset[Permission]:
    """Return every permission that the library could declare anywhere: most calls need no closer look."""
    declarations = _DECLARATION.findall(source.lower())
    return _known(word for each in declarations for word in _WORD.findall(each))


def _declared(text: str) -> frozenset[Permission]:
    """Read the permissions off the text of a definition; other texts declare none."""
    if "permissions:" not in text.lower():
        return frozenset()
    from toolwright.syntax.docstring import parse_docstring

    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    words = [parse_docstring(ast.get_docstring(node, clean=False)).permissions for node in functions]
    return _known(word for each in words for word in each)


def _known(words: Iterable[str]) -> frozenset[Permission]:
    declared = {word.lower() for word in words}
    return frozenset(permission for permission in PERMISSIONS if permission in declared)
