"""Library text + names of functions -> the text without them, as an editor leaves it, and who calls them."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.bindings import Bindings, Import, bindings, words
from toolwright.library.imports import remove_imports
from toolwright.library.merge import ending_like, function_at, notes_below, owned_helpers
from toolwright.records import dataclass
from toolwright.syntax.chunks import BOM, parse, split
from toolwright.syntax.used import used_by

_TRAILING: Final = re.compile(r"(\r\n|\r(?!\n)|\n)(?:[ \t\f]*(?:\r\n|\r|\n))+\Z")
_BLANK_LINES: Final = re.compile(r"\A(?:[ \t\f]*(?:\r\n|\r|\n))+")


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes: functions, in the order of the file, private helpers nobody else uses, header imports."""

    text: str
    functions: tuple[str, ...]
    helpers: tuple[str, ...]
    imports: tuple[str, ...]


def callers(known: Bindings, name: str) -> tuple[str, ...]:
    """Return the definitions that use a function, in the order of the file; "" for code between them."""
    return tuple(
        chunk.name
        for index, chunk in enumerate(known.sections.chunks)
        if chunk.name != name and name in chunk.text and name in known.uses(index)
    )


def callers_of(known: Bindings, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the same for many functions at once, in one look through the library."""
    wanted = set(names)
    found: dict[str, list[str]] = {name: [] for name in wanted}
    for index, chunk in enumerate(known.sections.chunks):
        for name in known.uses(index) & wanted:
            if chunk.name != name:
                found[name].append(chunk.name)
    return {name: tuple(using) for name, using in found.items()}


def with_callers(known: Bindings, name: str) -> tuple[str, ...]:
    """Return a function and all that use it, directly or not, in the order of the file.

    Raises:
        LibraryError: one of them is no function, but a class or code between the functions.
        ToolNotFoundError: there is no such function.
    """
    function_at(known, name)
    wanted, waiting = {name}, [name]
    while waiting:
        called = waiting.pop()
        for caller in callers(known, called):
            chunk = known.definition(caller) if caller else None
            if chunk is None or chunk.kind != "function":
                where = f"`{caller}`" if caller else "code between the functions"
                raise LibraryError(
                    f"`{called}` is used by {where}, which is no function that could go with it",
                    hint=f"change {where} in tools.py first",
                )
            if caller not in wanted:
                wanted.add(caller)
                waiting.append(caller)
    return tuple(sorted(wanted, key=known.chunks.__getitem__))


def remove_functions(text: str, names: Collection[str]) -> Removal:
    """Take functions out, with the helpers and the header imports that only they used.

    Every other definition stays byte for byte. Imports that something else mentions, be it in a comment,
    stay.

    Raises:
        ToolNotFoundError: the library has no such function.
        SyntaxError: the library is not Python.
    """
    known = bindings(split(text))
    chunks = known.sections.chunks
    for name in names:
        function_at(known, name)
    # one that is defined twice would be there again if only the last one went
    places = {place for place, chunk in enumerate(chunks) if chunk.name in names and chunk.kind == "function"}
    helpers = owned_helpers(known, *places)
    going = places | helpers | notes_below(known, helpers)
    gone = [chunk.text for index, chunk in enumerate(chunks) if index in going]
    rest = "".join(chunk.text for index, chunk in enumerate(chunks) if index not in going)
    unused = _unused(known, gone, rest)
    header = remove_imports(known.sections.header, unused)
    if unused:
        header = _TRAILING.sub(r"\1", header)
    if not header.removeprefix(BOM).strip():
        rest = _BLANK_LINES.sub("", rest)
    return Removal(
        ending_like(header + rest, text),
        tuple(dict.fromkeys(chunks[place].name for place in sorted(places))),
        tuple(chunks[place].name for place in sorted(helpers) if chunks[place].name),
        tuple(map(str, unused)),
    )


def _unused(known: Bindings, gone: Iterable[str], rest: str) -> list[Import]:
    header = known.sections.header
    mentioned = frozenset().union(*map(words, gone)) - words(rest) - used_by(header)
    in_header = {
        name.asname or name.name.partition(".")[0]
        for node in parse(header).body
        if hasattr(node, "names")
        for name in node.names
    }
    found = {
        item
        for name in mentioned & in_header & known.imports.keys() - known.conditional.keys()
        for item in known.imports[name]
    }
    return sorted(found, key=str)
