"""A module text + new names for what its top level binds -> the text with all their uses renamed."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from toolwright.syntax.parsing import BOM, parse_text
from toolwright.syntax.resolving import Occurrence, occurrences

_Edit: TypeAlias = tuple[int, str]
"""Offset in bytes, and the name that stands there now."""

_DEFINED: Final = re.compile(rb"(?:async\s+)?(?:def|class)\s+")


def rename_globals(source: str, names: Mapping[str, str]) -> str:
    """Rename names of the module, wherever they are read, written or declared, quoted annotations included.

    Local variables of the same name, attributes, names of keyword arguments, other strings and comments
    stay as they are.

    Raises:
        ValueError: a name is used in a way that is not renamed: bound by an import or `except`, or read in
            the body of a class that also has one of its own.
        SyntaxError: the text is not Python.
    """
    if not names:
        return source
    tree = parse_text(source)
    text = source.removeprefix(BOM)
    edits = dict(_edits(tree, names, _Places(tree, text)))
    data = text.encode()
    for start in sorted(edits, reverse=True):
        old = edits[start].encode()
        if data[start : start + len(old)] != old:
            raise ValueError(f"`{edits[start]}` is used in a way that cannot be renamed")
        data = data[:start] + names[edits[start]].encode() + data[start + len(old) :]
    renamed = data.decode()
    if ast.dump(parse_text(renamed)) != ast.dump(tree):  # whose nodes were renamed too
        raise ValueError(f"{', '.join(names)} cannot be renamed")
    return (BOM if source.startswith(BOM) else "") + renamed


class _Places:
    """Where the nodes of a tree begin and end in its text, in bytes."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        self.data = text.encode()
        lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", self.data)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        # Python 3.11 does not say where in an f-string a name stands
        self._strings: dict[int, ast.JoinedStr] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                for inner in ast.walk(node):
                    self._strings.setdefault(id(inner), node)

    def start(self, node: ast.AST) -> int:
        return self._starts[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        return self._starts[getattr(node, "end_lineno", 1) - 1] + int(getattr(node, "end_col_offset", 0))

    def string_around(self, node: ast.AST) -> ast.JoinedStr | None:
        return self._strings.get(id(node))

    def words(self, node: ast.AST, name: str) -> Iterator[int]:
        """Find a word anywhere in the text of a node, unless it is an attribute."""
        pattern = re.compile(rb"(?<![\w.])" + name.encode() + rb"(?!\w)")
        for found in pattern.finditer(self.data, self.start(node), self.end(node)):
            yield found.start()


def _edits(tree: ast.Module, names: Mapping[str, str], places: _Places) -> Iterator[_Edit]:
    """List the edits, and rename in the tree too."""
    for one in [one for one in occurrences(tree) if one.name in names]:
        scope = one.home
        if scope.is_class and isinstance(getattr(one.node, "ctx", None), ast.Load):
            raise ValueError(f"`{one.name}` is also read in a class that binds it")
        if scope.parent is None:
            yield from _edit(one, names[one.name], places)
    for node in ast.walk(tree):
        noted = getattr(node, "annotation", None) or getattr(node, "returns", None)
        for inner in ast.walk(noted) if isinstance(noted, ast.AST) else ():
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                for old, new in names.items():
                    inner.value = re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, inner.value)
                    yield from ((start, old) for start in places.words(inner, old))


def _edit(one: Occurrence, new: str, places: _Places) -> Iterator[_Edit]:
    node, old = one.node, one.name
    around = places.string_around(node)
    match node:
        case ast.Name(id=written) if written == old and around is not None:
            node.id = new
            yield from ((start, old) for start in places.words(around, old))
        case ast.Name(id=written) if written == old:
            node.id = new
            yield places.start(node), old
        case (
            ast.FunctionDef(name=written) | ast.AsyncFunctionDef(name=written) | ast.ClassDef(name=written)
        ) if written == old:
            node.name = new
            found = _DEFINED.match(places.data, places.start(node))
            yield found.end() if found else -1, old
        case ast.Global():
            node.names[one.index] = new
            yield from ((start, old) for start in places.words(node, old))
        case _:
            raise ValueError(f"`{old}` is bound in a way that cannot be renamed")
