"""A candidate's helpers beside those of a library -> the candidate with new names for those that clash.

A helper that says the same under the same name is shared. One that says something else, or that the library
uses for something it does not define, gets a name of its own, with all its uses.
"""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from toolwright.library.bindings import Bindings, words
from toolwright.library.candidate import Part, Parts, meaning, take_apart
from toolwright.syntax.chunks import parse
from toolwright.syntax.names import BUILTIN_NAMES
from toolwright.syntax.renaming import rename_globals
from toolwright.syntax.used import used_by


def with_own_helpers(
    library: Bindings, source: str, replaces: str = "", owned: AbstractSet[int] = frozenset()
) -> Parts:
    """Take a candidate apart, its helpers renamed where their names mean something else in the library.

    `owned` are chunks of helpers that go with the function `replaces`: those are written anew in their place.
    What cannot be renamed stays as it is; the merge then refuses it, and its author chooses another name.

    Raises:
        MergeClashError: it cannot be taken apart.
    """
    parts = take_apart(source)
    names = _new_names(library, parts, replaces, owned)
    if not names:
        return parts
    try:
        return take_apart(rename_globals(source, names))
    except (ValueError, SyntaxError):
        return parts


def _new_names(library: Bindings, parts: Parts, replaces: str, owned: AbstractSet[int]) -> dict[str, str]:
    renamed = [part for part in parts.helpers if not _fits(library, part, replaces, owned)]
    while True:
        gone = {name for part in renamed for name in part.names}
        # a shared helper that calls one that is renamed would call the library's
        more = [
            part
            for part in parts.helpers
            if part not in renamed
            and _is_there(library, part)
            and gone & words(part.text) & used_by(part.text)
        ]
        if not more:
            break
        renamed += more
    taken = {name for part in parts.helpers for name in part.names}.union(words(parts.function.text))
    return {
        name: _free_name(library, parts.name, name, taken)
        for part in renamed
        for name in part.names
        if name.startswith("_") and name not in BUILTIN_NAMES
    }


def _fits(library: Bindings, part: Part, replaces: str, owned: AbstractSet[int]) -> bool:
    """Tell whether a helper is new, or the library's own, or takes the place of one that goes."""
    if not _is_there(library, part):
        return not any(_is_read(library, name, replaces) for name in part.names)
    places = {library.chunks.get(name) for name in part.names}
    place = places.pop() if len(places) == 1 else None
    if place is None or any(name in library.header for name in part.names):
        return False
    chunk = library.sections.chunks[place]
    if place in owned:
        return part.names == (chunk.name,)
    return meaning(chunk.text) == part.meaning and not _is_state(part)


def _is_there(library: Bindings, part: Part) -> bool:
    return any(library.binds(name) for name in part.names)


def _is_read(library: Bindings, name: str, replaces: str) -> bool:
    """Tell whether another chunk reads a name that the library does not bind, such as after `global`."""
    return any(
        name in chunk.text and chunk.name != replaces and name in used_by(chunk.text)
        for chunk in library.sections.chunks
    )


def _is_state(part: Part) -> bool:
    """Tell whether a constant begins empty, to be filled: two functions must not fill the same one."""
    return part.is_constant and any(map(_begins_empty, _values(part)))


def _values(part: Part) -> Iterator[ast.expr]:
    for node in parse(part.text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield node.value


def _begins_empty(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set" | "deque" | "defaultdict" | "Counter")):
            return True
    return False


def _free_name(library: Bindings, tool: str, name: str, taken: set[str]) -> str:
    stem = f"_{tool}_{name.strip('_')}"
    number, found = 1, stem
    while found in taken or library.binds(found) or _is_read(library, found, ""):
        number += 1
        found = f"{stem}_{number}"
    taken.add(found)
    return found
