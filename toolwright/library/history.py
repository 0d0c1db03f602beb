"""What each admission changed -> `.toolwright/history/NNNN.json`, and how to take the last one back.

Kept are the pieces of tools.py that were replaced, with their offsets, and the files beside it, never it all.
"""

import json
import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.place import Place, listed, read_bytes
from toolwright.records import asdict, dataclass
from toolwright.syntax.chunks import Sections

_FORMAT: Final = 1
_ENTRY: Final = re.compile(r"(\d+)\.json")


@dataclass(frozen=True, slots=True)
class Splice:
    """At `offset` characters in the new text, `new` stands for `old`."""

    offset: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One admission, with what is needed to take it back.

    `before` and `after` are hashes of tools.py ("" where there was none), `source` is the function's chunk as
    it was committed, `old_source` what it replaced, with the helpers that went; `callers` are the functions
    that called it at the time. `files` maps the paths of tests and evidence to their old text (None: no file)
    and the hash of the new one ("": none). `how` is the word for what was done.
    """

    tool: str
    before: str
    after: str
    splices: tuple[Splice, ...]
    source: str
    old_source: str
    old_header: str
    new_header: str
    callers: tuple[str, ...]
    files: Mapping[str, tuple[str | None, str]]
    how: str = ""


def splices(old: Sections, new: Sections) -> tuple[Splice, ...]:
    """Return the chunks in which two versions of a library differ."""
    old_pieces, new_pieces = _pieces(old), _pieces(new)
    start = 0
    while start < min(len(old_pieces), len(new_pieces)) and old_pieces[start] == new_pieces[start]:
        start += 1
    stop = 0
    room = min(len(old_pieces), len(new_pieces)) - start
    while stop < room and old_pieces[-1 - stop] == new_pieces[-1 - stop]:
        stop += 1
    old_middle = old_pieces[start : len(old_pieces) - stop]
    new_middle = new_pieces[start : len(new_pieces) - stop]
    offsets = [sum(map(len, new_pieces[:start]))]
    for piece in new_middle:
        offsets.append(offsets[-1] + len(piece))
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
    return tuple(
        Splice(offsets[b1], "".join(old_middle[a1:a2]), "".join(new_middle[b1:b2]))
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
        if tag != "equal"
    )


def taken_back(text: str, done: tuple[Splice, ...]) -> str:
    """Return the text before some splices, given the text after them."""
    for one in reversed(done):
        text = text[: one.offset] + one.old + text[one.offset + len(one.new) :]
    return text


def to_json(entry: Entry) -> bytes:
    """Write an entry down."""
    return json.dumps({"format": _FORMAT, **asdict(entry)}, indent=1).encode()


def next_path(place: Place) -> Path:
    """Return where the next entry goes."""
    numbers = _numbers(place)
    return place.history / f"{max(numbers, default=0) + 1:04}.json"


def last_entry(place: Place) -> tuple[Path, Entry]:
    """Return the last admission.

    Raises:
        LibraryError: there is none, or it cannot be read.
    """
    numbers = _numbers(place)
    if not numbers:
        raise LibraryError("there is nothing to undo: no tool was added to this library yet")
    path = numbers[max(numbers)]
    data = read_bytes(path)
    try:
        said = json.loads(data or b"")
        del said["format"]
        said["splices"] = tuple(Splice(**one) for one in said["splices"])
        said["callers"] = tuple(said["callers"])
        said["files"] = {name: (old, new) for name, (old, new) in said["files"].items()}
        return path, Entry(**said)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LibraryError(
            f"{path} is damaged, so its change cannot be undone", hint=f"remove {path}"
        ) from None


def as_text(data: bytes | None) -> str | None:
    """Return any bytes as text that JSON can hold; `as_bytes` is the way back."""
    return None if data is None else data.decode("utf-8", "surrogateescape")


def as_bytes(text: str | None) -> bytes | None:
    """Return the bytes that `as_text` was given."""
    return None if text is None else text.encode("utf-8", "surrogateescape")


def _pieces(sections: Sections) -> list[str]:
    return [sections.header, *(chunk.text for chunk in sections.chunks)]


def _numbers(place: Place) -> dict[int, Path]:
    found = ((_ENTRY.fullmatch(path.name), path) for path in listed(place.history))
    return {int(match.group(1)): path for match, path in found if match}
