"""A catalogue and names of functions -> the part of the library that calls of them need."""

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from toolwright.library.bindings import words
from toolwright.library.catalogue import Catalogue
from toolwright.library.reached import Found, Part, part_of
from toolwright.syntax.cutting import newlines

# Tests that name the module, or a module by text, may ask it for anything.
_WHOLE: Final = re.compile(
    r"\btools\s*\.|\bimport\s+tools\b|\bimport_module\b|__import__|\btools\s+import\s*[(\s]*\*"
)


def part_in(catalogue: Catalogue, names: Iterable[str]) -> Part | None:
    """Return what calls of some functions need; None when that is all of the library."""
    if not catalogue.is_plain:
        return None
    return part_of(catalogue.sections.header, _InText(catalogue), *names)


def run_with(catalogue: Catalogue, name: str, *texts: str, lines: bool = False) -> str:
    """Return what is needed of a library where a function is run by texts such as its tests.

    That is what the function reaches, and whatever the texts mention; all of it where a part would not do.
    With `lines` everything stands on the line where it stands in the library.
    """
    if not any(_WHOLE.search(text) for text in texts):
        known = catalogue.bindings.chunks
        mentioned = {word for text in texts for word in words(text) if word in known}
        part = part_in(catalogue, sorted({name, *mentioned}))
        if part is not None:
            return part.runs if lines else part.shown
    return catalogue.sections.text


class _InText:
    """Chunks by the names they bind, out of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._known = catalogue.bindings
        self._tops: list[int] = []

    def __call__(self, name: str) -> Found | None:
        index = self._known.chunks.get(name)
        if index is None:
            return None
        chunks = self._known.sections.chunks
        if not self._tops:
            self._tops = [0, *accumulate(newlines(chunk.text, 0, len(chunk.text)) for chunk in chunks)]
        return chunks[index].text, self._tops[index]
