"""A library text, its index and the name of a tool -> the part of the library that a call needs, at once."""

from toolwright.library.catalogue import Catalogue
from toolwright.library.index.keeping import WORTH, catalogue_of
from toolwright.library.place import Place
from toolwright.library.reached import Found, Part, is_plain, part_of
from toolwright.syntax.cutting import newlines


def part_for_call(place: Place, text: str, sha: str, name: str, worth: int = WORTH) -> Part | None:
    """Return the part of a library that a call of a tool needs; None when it needs all of it.

    The index of a text of fewer than `worth` characters is not opened.

    Raises:
        LibrarySyntaxError: the library is not Python; names file and line.
    """
    if len(text) >= worth:
        from toolwright.library.index.finding import indexed_part

        part = indexed_part(place, text, sha, name)
        if part is not None:
            return part
    catalogue = catalogue_of(place, text, sha, worth)
    if name not in catalogue.offered or not is_plain(catalogue.bindings):
        return None
    return part_of(catalogue.sections.header, _InText(catalogue), name)


class _InText:
    """Chunks by the names they bind, out of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._known = catalogue.bindings

    def __call__(self, name: str) -> Found | None:
        index = self._known.chunks.get(name)
        if index is None:
            return None
        chunks = self._known.sections.chunks
        above = sum(newlines(chunk.text, 0, len(chunk.text)) for chunk in chunks[:index])
        return chunks[index].text, above
