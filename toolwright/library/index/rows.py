"""The rows of an index and the text of the library -> its catalogue, without parsing what was read before."""

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from toolwright.library.catalogue import Catalogue
from toolwright.library.index.schema import meta_of
from toolwright.records import dataclass
from toolwright.syntax.cutting import Chunk, Sections, cut, newlines
from toolwright.syntax.said import Said, read_other_chunk

if TYPE_CHECKING:
    import sqlite3

_SELECT: Final = (
    "SELECT start, size, line, top, name, kind, digest, tool, reason, first, past, asked, binds, "
    "defines, uses, inert, outline FROM piece ORDER BY start"
)


_Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a library: its text, what it says, its lines."""

    text: str
    said: Said
    lines: int

    @classmethod
    def of(cls, meta: dict[str, str], text: str) -> "_Header":
        """Read it off what the index says and the library."""
        said = Said(**_unpacked(meta["header_binds"], meta["header_defines"]))
        return cls(text[: int(meta["header_size"])], said, int(meta["header_lines"]))


def digest(text: str) -> str:
    """Return a hash of the text of a chunk."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def load(db: "sqlite3.Connection", text: str, sha: str) -> tuple[Catalogue, bool] | None:
    """Return the catalogue of a text and whether it is all of it; None when the index has none.

    Where the text was changed since the index was made, the catalogue holds the chunks at its beginning and
    at its end that were not: a catalogue to go on from.
    """
    meta = meta_of(db)
    if not meta:
        return None
    header = _Header.of(meta, text)
    rows = db.execute(_SELECT).fetchall()
    front, back = 0, len(rows)
    if digest(header.text) == meta["header_digest"]:
        while front < len(rows) and _stands(text, len(header.text) + rows[front][0], rows[front]):
            front += 1
        if front == len(rows) and meta["library"] == sha:
            made = _catalogue(text, header, [(len(header.text) + row[0], row) for row in rows])
            return made, made.sections.text == text
    if all(row[5] == "other" for row in rows[:front]):  # where the header ends is not certain either
        return _scattered(text, rows), False
    by = len(text) - sum(rows[-1][:2])
    while back > front and _stands(text, rows[back - 1][0] + by, rows[back - 1]):
        back -= 1
    placed = [(len(header.text) + row[0], row) for row in rows[:front]]
    if back < len(rows):  # their lines are those of a text in which they follow the ones in front
        up = rows[back][3] - rows[front][3]
        placed += [(row[0] + by, (*row[:2], row[2] - up, *row[3:])) for row in rows[back:]]
    return _catalogue(text, header, placed, _defined(rows[front:back])), False


def _scattered(text: str, rows: list[_Row]) -> Catalogue:
    """Return the catalogue of the chunks that stand anywhere in a text still.

    Raises:
        SyntaxError: the text is not Python.
    """
    sections = cut(text)
    known = {row[6]: row for row in rows}
    lines = newlines(sections.header, 0, len(sections.header))
    at, placed = len(sections.header), []
    for chunk in sections.chunks:
        row = known.get(digest(chunk.text))
        if row is not None:
            placed.append((at, (*row[:2], chunk.line - lines, *row[3:])))
        at += len(chunk.text)
    header = _Header(sections.header, read_other_chunk(sections.header), lines)
    return _catalogue(text, header, placed, _defined(rows))


def _defined(rows: list[_Row]) -> frozenset[str]:
    return frozenset(name for row in rows for name in row[13].split())


def _stands(text: str, at: int, row: _Row) -> bool:
    return at >= 0 and digest(text[at : at + row[1]]) == row[6]


def _catalogue(
    text: str, header: "_Header", placed: list[tuple[int, _Row]], lost: frozenset[str] = frozenset()
) -> Catalogue:
    chunks, said = [], []
    for at, row in placed:
        (
            _,
            size,
            line,
            _,
            name,
            kind,
            _,
            tool,
            reason,
            first,
            past,
            asked,
            binds,
            defines,
            used,
            inert,
            outlined,
        ) = row
        chunks.append(Chunk(name, kind, text[at : at + size], header.lines + line))
        rest = {
            **_unpacked(binds, defines),
            "uses": frozenset(used.split()),
            "inert": bool(inert),
            "outline": outlined,
        }
        said.append(Said(tool, reason, (first, past), tuple(asked.split()), **rest))
    return Catalogue(Sections(header.text, tuple(chunks)), header.said, tuple(said), lost)


def packed(said: Said) -> tuple[str, str]:
    """Return what a chunk binds and defines as it is written into a row."""
    bound = json.dumps([said.binds, said.below]) if said.binds else ""
    return bound, " ".join(said.defines)


def _unpacked(binds: str, defines: str) -> dict[str, Any]:
    bound, below = json.loads(binds) if binds else ((), ())
    return {
        "binds": tuple((line, tuple(names)) for line, names in bound),
        "below": tuple((line, name) for line, name in below),
        "defines": tuple(defines.split()),
    }
