"""Library text + candidate source -> library text with the candidate in it; and out again.

Only the header (for imports) and the candidate go through LibCST. Everything else is moved as whole chunks of
text, so that it stays byte for byte, whatever its newlines, tabs and comments.
"""

import ast
import re
from collections.abc import Collection, Iterable, Sequence

from toolwright.errors import MergeClashError, ToolNotFoundError
from toolwright.library.bindings import Bindings, bindings, words
from toolwright.library.candidate import Part, Parts, meaning
from toolwright.library.clashes import check_imports, check_names, missing_imports
from toolwright.library.imports import add_imports
from toolwright.library.sharing import with_own_helpers
from toolwright.syntax.chunks import BOM, Chunk, split

_NEWLINE = re.compile(r"\r\n|\r|\n")


def add_tool(text: str, candidate_source: str) -> str:
    """Add a candidate's function, with the helpers and imports it brings, at the end of a library.

    Helpers that are there already are shared; those whose names mean something else there are renamed.

    Raises:
        MergeClashError: a name is taken, or the candidate is not one function with its helpers; the text says
            what the author should rename.
        SyntaxError: the library is not Python.
    """
    library = bindings(split(text))
    parts = with_own_helpers(library, candidate_source)
    check_names(library, parts)
    chunks = [chunk.text for chunk in library.sections.chunks]
    place = len(chunks)
    if chunks and not chunks[-1].strip():
        place -= 1  # blank lines at the end of the file stay there
    return _with_candidate(text, library, parts, chunks, place)


def replace_tool(text: str, name: str, candidate_source: str) -> str:
    """Put a candidate in the place of the function `name`, and its helpers in the place of the old ones.

    A comment directly above the old function stays unless the candidate brings one. Helpers that only the old
    function used go.

    Raises:
        ToolNotFoundError: the library has no such function.
        MergeClashError, SyntaxError: as for `add_tool`.
    """
    library = bindings(split(text))
    place = function_at(library, name)
    owned = owned_helpers(library, place)
    parts = with_own_helpers(library, candidate_source, name, owned)
    if parts.name != name:
        raise MergeClashError(f"the function that replaces `{name}` is called `{parts.name}`; keep the name")
    check_names(library, parts, replaced=place, owned=owned)
    chunks = [chunk.text for chunk in library.sections.chunks]
    kept = {library.chunks[name] for part in parts.helpers for name in part.names if name in library.chunks}
    for index in (owned - kept) | notes_below(library, owned - kept):
        chunks[index] = ""
    return _with_candidate(text, library, parts, chunks, place, replaced=library.sections.chunks[place])


def remove_tool(text: str, name: str) -> str:
    """Take the function `name` out, with the helpers that nothing else uses any more. Imports stay.

    Raises:
        ToolNotFoundError: the library has no such function.
        SyntaxError: the library is not Python.
    """
    library = bindings(split(text))
    place = function_at(library, name)
    gone = {place, *owned_helpers(library, place)}
    kept = [chunk.text for index, chunk in enumerate(library.sections.chunks) if index not in gone]
    return ending_like(library.sections.header + "".join(kept), text)


def function_at(library: Bindings, name: str) -> int:
    """Return the chunk of a function.

    Raises:
        ToolNotFoundError: the library has no such function.
    """
    place = library.chunks.get(name)
    if place is None or library.sections.chunks[place].kind != "function":
        raise ToolNotFoundError(f"tools.py has no function `{name}`")
    return place


def owned_helpers(library: Bindings, *places: int) -> set[int]:
    """Return the chunks of `_private` names that functions reach and that nothing else mentions."""
    chunks = library.sections.chunks
    names: dict[int, set[str]] = {}
    for name, index in library.chunks.items():
        names.setdefault(index, set()).add(name)
    private = {index for index, bound in names.items() if all(name.startswith("_") for name in bound)}
    owned: set[int] = set()
    waiting = set(places)
    while waiting:
        mentioned = words(chunks[waiting.pop()].text)
        found = {library.chunks[name] for name in mentioned if name in library.chunks} & private
        waiting |= found - owned - set(places)
        owned |= found - set(places)
    while True:
        rest = [
            chunk.text for index, chunk in enumerate(chunks) if index not in owned and index not in places
        ]
        wanted = {name for index in owned for name in names[index]}
        elsewhere = _mentioned([library.sections.header, *rest], wanted)
        used = {index for index in owned if names[index] & elsewhere}
        if not used:
            return owned
        owned -= used


def notes_below(library: Bindings, places: Collection[int]) -> set[int]:
    """Return the texts that stand directly below constants and say what they are."""
    chunks = library.sections.chunks
    return {
        place + 1
        for place in places
        if chunks[place].kind == "other" and place + 1 < len(chunks) and _is_text(chunks[place + 1])
    }


def _is_text(chunk: Chunk) -> bool:
    if chunk.name or chunk.kind != "other":
        return False
    match ast.parse(chunk.text).body:
        case [ast.Expr(ast.Constant(str()))]:
            return True
    return False


def _mentioned(texts: Iterable[str], names: set[str]) -> set[str]:
    """Return which of `names` stand in any of the texts, be it in a comment: better kept than missed."""
    together = "\n".join(texts)
    return {name for name in names if name in together and re.search(rf"\b{re.escape(name)}\b", together)}


def _with_candidate(
    text: str,
    library: Bindings,
    parts: Parts,
    chunks: list[str],
    place: int,
    replaced: Chunk | None = None,
) -> str:
    check_imports(library, parts)
    match = _NEWLINE.search(text)
    newline = match.group() if match else "\n"
    new_helpers = []
    for part in parts.helpers:
        index = library.chunks.get(part.names[0])
        if index is None:
            new_helpers.append(part)
        elif meaning(chunks[index]) != part.meaning:
            chunks[index] = _in_place_of(chunks[index], part, newline)
    header = add_imports(library.sections.header, missing_imports(library, parts), newline)
    if header != library.sections.header:
        header = _apart(header, next(filter(None, chunks), ""), newline, wide=not library.header)
    function = parts.function
    before = header + "".join(chunks[:place])
    if replaced is None:
        added = _blocks([*new_helpers, function], newline, at_start=not before.removeprefix(BOM))
        after = "".join(chunks[place:])
    else:
        added = _blocks(new_helpers, newline, at_start=not before.removeprefix(BOM))
        if meaning(replaced.text) == function.meaning:
            added += replaced.text
        else:
            added += _in_place_of(replaced.text, function, newline)
        after = "".join(chunks[place + 1 :])
    if added and before.removeprefix(BOM) and not before.endswith(("\n", "\r")):
        added = newline + added
    return ending_like(before + added + after, text)


def _apart(header: str, below: str, newline: str, *, wide: bool) -> str:
    """End a changed header so that what stands below it starts on a line, if `wide` two blank lines below."""
    if not below:
        return header
    if not header.endswith(("\n", "\r")):
        header += newline
    return header + newline * 2 if wide and not below[0].isspace() else header


def _blocks(parts: Sequence[Part], newline: str, *, at_start: bool) -> str:
    """Write parts one after the other: two blank lines between them, none between constants."""
    written = ""
    above: Part | None = None
    for part in parts:
        if (above is None and at_start) or (above is not None and above.is_constant and part.is_constant):
            gap = ""
        else:
            gap = newline * 2
        written += gap + part.text.replace("\n", newline)
        above = part
    return written


def _in_place_of(old: str, part: Part, newline: str) -> str:
    """Write a part with the blank lines above `old`, and its comments unless the part has its own."""
    kept = ""
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", old):
        is_comment = line.lstrip(" \t\f").startswith("#")
        if line.strip() and not (is_comment and not part.has_comment):
            break
        kept += line
    return kept + part.text.replace("\n", newline)


def ending_like(text: str, model: str) -> str:
    """End a text without a newline if `model` does."""
    if not model.removeprefix(BOM) or model.endswith(("\n", "\r")):
        return text
    return re.sub(r"(\r\n|\r|\n)\Z", "", text)
