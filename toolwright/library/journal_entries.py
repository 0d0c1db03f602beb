"""The changes of one act <-> what the journal keeps of them on the disk."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.library.place import Place, read_bytes, sha
from toolwright.records import dataclass

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Change:
    """A file's content before and after, None where there is no file."""

    path: Path
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as the journal keeps it; the old tools.py is not kept, for nothing is taken back after it."""

    path: Path
    target: Path
    """The file itself, where `path` is a link to it."""
    old: bytes | None
    old_sha: str
    new_sha: str

    @property
    def staged(self) -> Path:
        """Where the new content waits beside the file."""
        return self.target.with_name(f".{self.target.name}.toolwright-new")

    def now(self) -> str:
        """Return the hash of what the file holds now, "" when there is none."""
        return sha_of(read_bytes(self.target))

    @property
    def is_staged(self) -> bool:
        """Tell whether the new content waits, whole."""
        return bool(self.new_sha) and sha_of(read_bytes(self.staged)) == self.new_sha


def can_be_finished(entries: Sequence[Entry]) -> bool:
    """Tell whether every file is already new, or is old with its new content at hand."""
    if entries[-1].now() == entries[-1].new_sha:
        return True  # tools.py comes last: everything else was done
    return all(
        entry.now() == entry.new_sha
        or (entry.now() == entry.old_sha and (not entry.new_sha or entry.is_staged))
        for entry in entries
    )


def was_edited_since(entries: Sequence[Entry]) -> bool:
    """Tell whether all was done before somebody saved another tools.py: its new text waits no more."""
    *others, last = entries
    return (
        bool(last.new_sha)
        and not last.is_staged
        and last.now() not in {last.old_sha, last.new_sha}
        and all(entry.now() == entry.new_sha for entry in others)
    )


def entry_of(change: Change) -> Entry:
    """Return what the journal keeps of a change."""
    is_last = change.path.name == "tools.py"
    return Entry(
        change.path,
        change.path.resolve(),
        None if is_last else change.old,
        sha_of(change.old),
        sha_of(change.new),
    )


def sha_of(data: bytes | None) -> str:
    """Return the hash of what a file holds, "" when there is none."""
    return "" if data is None else sha(data)


def to_json(what: str, entries: Sequence[Entry], place: Place) -> bytes:
    """Write an act down: what is done, in words, and its changes."""
    files = [
        {
            "path": str(entry.path.relative_to(place.directory)),
            "old": None if entry.old is None else base64.b64encode(entry.old).decode(),
            "old_sha": entry.old_sha,
            "new_sha": entry.new_sha,
        }
        for entry in entries
    ]
    return json.dumps({"format": _FORMAT, "what": what, "files": files}).encode()


def from_json(data: bytes, place: Place) -> tuple[str, list[Entry]]:
    """Read an act back.

    Raises:
        ValueError, KeyError, TypeError, IndexError: it was cut off or is no act.
    """
    said = json.loads(data)
    if said["format"] != _FORMAT or not said["files"]:
        raise ValueError
    entries = [
        Entry(
            place.directory / one["path"],
            (place.directory / one["path"]).resolve(),
            None if one["old"] is None else base64.b64decode(one["old"]),
            str(one["old_sha"]),
            str(one["new_sha"]),
        )
        for one in said["files"]
    ]
    return str(said["what"]), entries
