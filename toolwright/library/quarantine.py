"""A tool that failed its tests -> a note beside its evidence that keeps it from being offered, and back.

The note is bound to the text of the tool and of all that it reaches: an edited tool is out of quarantine.
"""

import json
import os
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from toolwright.errors import LibraryError, LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.fingerprint import fingerprints
from toolwright.library.place import Place, read_bytes

_SUFFIX: Final = ".quarantine.json"
_LONGEST: Final = 300


def quarantined(place: Place, text: str, names: Collection[str]) -> dict[str, str]:
    """Say of the tools of a library `text` which are in quarantine, and why."""
    try:
        noted = [entry.name.removesuffix(_SUFFIX) for entry in os.scandir(place.evidence)]
    except OSError:
        return {}
    why = {name: _why(place, text, name) for name in sorted(noted) if name in names}
    return {name: said for name, said in why.items() if said}


def why_quarantined(place: Place, text: str, name: str) -> str:
    """Return why a tool of a library `text` is in quarantine, "" when it is not."""
    return _why(place, text, name) if place.quarantine_of(name).exists() else ""


def put_in(place: Place, disk: Disk, text: str, name: str, why: str) -> None:
    """Keep a tool of a library `text` from being offered.

    Raises:
        LibraryWriteError: the note cannot be written.
    """
    note = {
        "format": 1,
        "name": name,
        "why": " ".join(why.split())[:_LONGEST],
        "fingerprint": fingerprints(text, [name])[name],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = place.quarantine_of(name)
    try:
        disk.make_folder(place.evidence)
        disk.replace(path, (json.dumps(note, indent=1) + "\n").encode())
    except OSError as error:
        raise LibraryWriteError(
            f"{path} cannot be written: {error.strerror}", hint=f"make {place.evidence} writable"
        ) from None


def let_out(place: Place, disk: Disk, name: str) -> bool:
    """Offer a tool again; tells whether there was a note.

    Raises:
        LibraryWriteError: the note cannot be removed.
    """
    path = place.quarantine_of(name)
    if not path.exists():
        return False
    try:
        disk.remove(path)
        disk.settle(place.evidence)
    except OSError as error:
        raise LibraryWriteError(
            f"{path} cannot be removed: {error.strerror}", hint=f"make {place.evidence} writable"
        ) from None
    return True


def _why(place: Place, text: str, name: str) -> str:
    try:
        data = read_bytes(place.quarantine_of(name))
        note = json.loads(data) if data is not None else None
    except (LibraryError, ValueError, RecursionError):
        return ""
    match note:
        case {"why": str(why), "fingerprint": str(mark)} if mark == fingerprints(text, [name])[name]:
            return why or "its tests failed"
    return ""
