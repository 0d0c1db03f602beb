"""The text of a library -> its chunks and what each says; of a changed text only what changed is parsed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolwright.library.bindings import Bindings, bindings, rebinds
from toolwright.syntax.chunks import Chunk, Sections, cut, recut, remember
from toolwright.syntax.inert import is_inert
from toolwright.syntax.reading import BELOW, collector_off, parse
from toolwright.syntax.said import (
    Definition,
    Said,
    definitions_in,
    is_public_function,
    read_function_chunk,
    read_other_chunk,
    tool_of,
)
from toolwright.syntax.schema import Definitions
from toolwright.types import NotOffered, Tool


class Catalogue:
    """A library taken apart: its sections, what header and chunks say, so what is offered and what not."""

    def __init__(
        self,
        sections: Sections,
        header: Said,
        said: tuple[Said, ...],
        lost: frozenset[str] = frozenset(),
    ) -> None:
        """Put together what was read; `said` goes with the chunks of `sections`.

        Of a catalogue that is not complete, `lost` are the names whose definitions it may lack.
        """
        self.lost = lost
        self.sections = sections
        self.header = header
        self.said = said
        self._plain: bool | None = None
        self._uses = {index: one.uses for index, one in enumerate(said) if one.uses is not None}
        self.offered, self.not_offered = _listed(header, sections.chunks, said)

    @property
    def bindings(self) -> Bindings:
        """Who binds which name."""
        found = bindings(self.sections)
        if self._uses:
            found.known_uses.update(self._uses)
            self._uses = {}
        return found

    @property
    def is_plain(self) -> bool:
        """Tell whether a part of the library does the same without the rest."""
        if self._plain is None:
            chunks = zip(self.sections.chunks, self.said, strict=True)
            inert = all(is_inert(c.text) if one.inert is None else one.inert for c, one in chunks)
            self._plain = inert and is_inert(self.sections.header) and not rebinds(self.bindings)
        return self._plain

    def tool(self, name: str) -> Tool:
        """Return an offered tool.

        Raises:
            KeyError: there is none of that name.
        """
        index = self.offered[name]
        return tool_of(self.sections.chunks[index], self.said[index])


class Tools(Mapping[str, Tool]):
    """Tools of a catalogue by name, in the order of the file; each is put together when it is asked for."""

    def __init__(self, catalogue: Catalogue, names: Iterable[str]) -> None:
        """Offer some names of what the catalogue offers."""
        self._catalogue = catalogue
        self._names = dict.fromkeys(names)
        self._made: dict[str, Tool] = {}

    def __getitem__(self, name: str) -> Tool:
        found = self._made.get(name)
        if found is None:
            if name not in self._names:
                raise KeyError(name)
            found = self._made[name] = self._catalogue.tool(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def read_catalogue(
    text: str, filename: str, old: Catalogue | None = None, *, wholly: bool = False
) -> Catalogue:
    """Read a library text; of what `old` has read already nothing is parsed again.

    `wholly` also says what every chunk uses, which is otherwise found out when it is asked for.

    Raises:
        LibrarySyntaxError: the text is not Python; names file and line.
    """
    with collector_off():
        try:
            sections = recut(old.sections, text) if old else cut(text)
            made = _read(sections, old, wholly=wholly)
        except SyntaxError:
            parse(text, filename)  # says what is wrong, and where
            made = _read(cut(text, trusting=False), None, wholly=wholly)
    remember(text, made.sections)
    return made


def _read(sections: Sections, old: Catalogue | None, *, wholly: bool) -> Catalogue:
    known = (
        {chunk.text: said for chunk, said in zip(old.sections.chunks, old.said, strict=True)} if old else {}
    )
    same_header = old is not None and old.sections.header == sections.header
    header = old.header if old and same_header else read_other_chunk(sections.header)
    said: list[Said | None] = [
        None
        if is_public_function(chunk)
        else known.get(chunk.text) or read_other_chunk(chunk.text, wholly=wholly)
        for chunk in sections.chunks
    ]
    defined = _Definitions(sections, header, said)
    changed = defined.differing(old) if old else frozenset()
    for index, chunk in enumerate(sections.chunks):
        if said[index] is None:
            kept = known.get(chunk.text)
            if kept is None or not changed.isdisjoint(kept.asked):
                kept = read_function_chunk(chunk, defined.find, wholly=wholly)
            said[index] = kept
    return Catalogue(sections, header, tuple(one for one in said if one is not None))


def marks(catalogue: Catalogue, digests: Sequence[str]) -> list[str]:
    """Return, from the hash of each chunk's text, a hash of everything that what it says depends on."""
    from hashlib import blake2b

    defined = _Definitions(catalogue.sections, catalogue.header, catalogue.said).texts
    found = []
    for digest, said in zip(digests, catalogue.said, strict=True):
        looked_up = [(name, defined[name]) for name in said.asked if name in defined]
        if looked_up:
            found.append(blake2b(repr((digest, looked_up)).encode(), digest_size=16).hexdigest())
        else:
            found.append(digest)
    return found


class _Definitions:
    """Which chunk defines each class and alias; of several the last."""

    def __init__(self, sections: Sections, header: Said, said: Iterable[Said | None]) -> None:
        self.texts = dict.fromkeys(header.defines, sections.header)
        for chunk, one in zip(sections.chunks, said, strict=True):
            if one is not None and one.defines:
                self.texts.update(dict.fromkeys(one.defines, chunk.text))
        self._parsed: dict[str, Definitions] = {}

    def find(self, name: str) -> Definition | None:
        text = self.texts.get(name)
        if text is None:
            return None
        if text not in self._parsed:
            self._parsed[text] = definitions_in(text)
        return self._parsed[text][name]

    def differing(self, old: Catalogue) -> frozenset[str]:
        """Return the names that are not, or may not be, defined by the same text."""
        mine, theirs = self.texts, _Definitions(old.sections, old.header, old.said).texts
        names = mine.keys() | theirs.keys()
        return old.lost.union(name for name in names if mine.get(name) != theirs.get(name))


def _listed(
    header: Said, chunks: Iterable[Chunk], said: Iterable[Said]
) -> tuple[dict[str, int], tuple[NotOffered, ...]]:
    """Return the index of each offered tool, and what is not: the last definition of a name counts."""
    offered: dict[str, int] = {}
    others: dict[str, NotOffered] = {}
    for line, name in header.below:
        others.setdefault(name, NotOffered(name, BELOW, header.lines[0] + 1 + line))
    lines: dict[str, int] = {}
    for index, (chunk, one) in enumerate(zip(chunks, said, strict=True)):
        if one.is_function:
            offered.pop(chunk.name, None)
            others.pop(chunk.name, None)
            lines[chunk.name] = chunk.line
            if one.tool:
                offered[chunk.name] = index
            else:
                others[chunk.name] = NotOffered(chunk.name, one.reason, chunk.line)
            continue
        for line, names in one.binds:
            for name in sorted(offered.keys() & names):
                del offered[name]
                again = f"is bound again on line {chunk.line + line}"
                others[name] = NotOffered(name, again, lines[name])
        for line, name in one.below:
            others.setdefault(name, NotOffered(name, BELOW, chunk.line + line))
    return offered, tuple(others.values())
