"""A library text, its index and the name of a tool -> the part of the library that a call needs, at once."""

from toolwright.library.index.keeping import WORTH, catalogue_of
from toolwright.library.parting import part_in
from toolwright.library.place import Place, sha
from toolwright.library.reached import Part
from toolwright.types import NotOffered


def part_for_call(
    place: Place, text: str, data: bytes, name: str, worth: int = WORTH
) -> Part | NotOffered | None:
    """Return the part of a library that a call of a tool needs, or why none may call it; None for all of it.

    `data` are the bytes of the text. The index of a text of fewer than `worth` characters is not opened.

    Raises:
        LibrarySyntaxError: the library is not Python; names file and line.
        ToolNotFoundError: it has no such function; names the nearest.
    """
    key = ""
    if len(text) >= worth:
        from toolwright.library.index.finding import indexed_part

        key = sha(data)
        part = indexed_part(place, text, key, name)
        if part is not None:
            return part
    catalogue = catalogue_of(place, text, key, worth)
    if name in catalogue.offered:
        return part_in(catalogue, [name])
    for other in catalogue.not_offered:
        if other.name == name:
            return other
    from toolwright.syntax.nearest import tool_not_found

    raise tool_not_found(name, catalogue.offered)
