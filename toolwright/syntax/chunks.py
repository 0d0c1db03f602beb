"""Module text -> its header and chunks; of a text that was changed since, only the changed part is cut anew.

Where chunks of the text before stand unchanged at the beginning and at the end, what lies between them is cut
together with the definition on either side. If that part is whole by itself and those two come out as they
were, the cuts are those that the text as a whole would get; otherwise the whole is cut.
"""

from collections import deque
from typing import Final

from toolwright.syntax.cutting import Chunk, Kind, Sections, cut, cut_below
from toolwright.syntax.parsing import BOM, parse

__all__ = ["BOM", "Chunk", "Kind", "Sections", "cut", "parse", "recut", "remember", "split"]

_REMEMBERED: Final = 4
_SHORT: Final = 20_000
"""Characters that are cut as fast as they are compared."""

# One commit takes the same text, and texts that differ by a function, apart several times.
_short: Final[deque[tuple[str, Sections]]] = deque(maxlen=_REMEMBERED)
_long: Final[deque[tuple[str, Sections]]] = deque(maxlen=_REMEMBERED)


def split(text: str) -> Sections:
    """Take a module text apart; `split(text).text == text`, byte for byte.

    Raises:
        SyntaxError: the text is not Python (not every text that is not Python is noticed).
    """
    recent = [*(_short if len(text) < _SHORT else _long)]
    for known, sections in reversed(recent):
        if known == text:
            return sections
    sections = recut(recent[-1][1], text) if recent and len(text) >= _SHORT else cut(text)
    remember(text, sections)
    return sections


def remember(text: str, sections: Sections) -> None:
    """Let `split` know a text that was taken apart otherwise."""
    (_short if len(text) < _SHORT else _long).append((text, sections))


def recut(old: Sections, text: str) -> Sections:
    """Take a text apart that is much like one that was taken apart before.

    Raises:
        SyntaxError: as for `split`.
    """
    top = next((index for index, chunk in enumerate(old.chunks) if chunk.kind != "other"), None)
    if top is None:
        return cut(text)
    try:
        head = _head(old, top, text)
        rest = None if head is None else _rest(old.chunks[top:], text, head)
    except SyntaxError:
        return cut(text)
    return cut(text) if head is None or rest is None else Sections(head.header, (*head.chunks[:-1], *rest))


def _head(old: Sections, top: int, text: str) -> Sections | None:
    """Return the header and the chunks down to the first definition, if that stands somewhere still."""
    first = old.chunks[top]
    above = old.header + "".join(chunk.text for chunk in old.chunks[:top])
    if text.startswith(above) and text.startswith(first.text, len(above)):
        return Sections(old.header, old.chunks[: top + 1])
    place = text.find(first.text)
    if place < 0:
        return None
    head = cut(text[: place + len(first.text)])
    if not head.chunks or (head.chunks[-1].text, head.chunks[-1].kind) != (first.text, first.kind):
        return None
    return head


def _rest(old: tuple[Chunk, ...], text: str, head: Sections) -> list[Chunk] | None:
    """Return the chunks from the first definition on, None when they cannot be told from the old ones."""
    *above, first = head.chunks
    start = len(head.header) + sum(len(chunk.text) for chunk in above)
    front, at = _matching_front(old, text, start)
    back, end = _matching_back(old[front:], text, at)
    while front > 1 and old[front - 1].kind == "other":
        front -= 1
        at -= len(old[front].text)
    front -= 1  # the definition above the change is cut with it
    at -= len(old[front].text)
    while back and old[len(old) - back].kind == "other":
        end += len(old[len(old) - back].text)
        back -= 1
    if back:
        end += len(old[len(old) - back].text)
        back -= 1
    else:
        end = len(text)
    fresh = cut_below(text[at:end])
    if not fresh or fresh[0].text != old[front].text:
        return None
    if back and fresh[-1].text != old[len(old) - back - 1].text:
        return None
    return _joined(old, front, fresh, back, first.line - old[0].line)


def _joined(old: tuple[Chunk, ...], front: int, fresh: tuple[Chunk, ...], back: int, by: int) -> list[Chunk]:
    """Put unchanged, fresh and unchanged chunks together, each with its line; the first ones move `by`."""
    kept = _moved(old[:front], by)
    middle = _moved(fresh, old[front].line + by - fresh[0].line)
    tail = old[len(old) - back :] if back else ()
    if not tail:
        return [*kept, *middle]
    before = old[len(old) - back - 1]
    return [*kept, *middle, *_moved(tail, middle[-1].line - before.line)]


def _moved(chunks: tuple[Chunk, ...], by: int) -> tuple[Chunk, ...]:
    if not by:
        return chunks
    return tuple(Chunk(chunk.name, chunk.kind, chunk.text, chunk.line + by) for chunk in chunks)


def _matching_front(old: tuple[Chunk, ...], text: str, at: int) -> tuple[int, int]:
    """Return how many chunks stand in the text from `at` on, and where they end; the first one does."""
    count = 0
    for chunk in old:
        if not text.startswith(chunk.text, at):
            break
        at += len(chunk.text)
        count += 1
    return count, at


def _matching_back(old: tuple[Chunk, ...], text: str, start: int) -> tuple[int, int]:
    """Return how many chunks stand at the end of the text, not before `start`, and where they begin."""
    count, end = 0, len(text)
    for chunk in reversed(old):
        if end - len(chunk.text) < start or not text.endswith(chunk.text, start, end):
            break
        end -= len(chunk.text)
        count += 1
    return count, end
