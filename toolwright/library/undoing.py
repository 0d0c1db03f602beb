"""The last admission and the library as it is now -> the file changes that take the admission back."""

import shlex
from typing import Final

from toolwright.errors import LibraryChangedError, LibraryError
from toolwright.library.bindings import bindings, words
from toolwright.library.fingerprint import fingerprints
from toolwright.library.history import Entry, as_bytes, last_entry, taken_back
from toolwright.library.journal_entries import Change
from toolwright.library.merge import remove_tool, replace_tool
from toolwright.library.place import Place, decode, read_bytes, sha
from toolwright.library.snapshot import Snapshot
from toolwright.records import dataclass
from toolwright.syntax.chunks import split
from toolwright.syntax.used import used_by

REMOVED: Final = "removed"
_UNDONE: Final = {
    REMOVED: "is back in the library, with what was removed with it",
    "rolled back": "is again what it was before it was rolled back",
    "fixed": "is again what it was before it was fixed",
    "adopted": "is again what it was before it was adopted",
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do: to which tool, said in a sentence, and tools.py then, "" where there is none.

    `before` is the hash of tools.py as it was looked at.
    """

    tool: str
    said: str
    text: str
    before: str


def undoing(place: Place, snapshot: Snapshot) -> Undoing:
    """Return what an undo would do; nothing is written.

    Raises:
        LibraryError: nothing to undo, or what was admitted is not any more what it was.
    """
    _, changes, said = undo_changes(place, snapshot)
    new = changes[-1].new
    text = "" if new is None else decode(new, place.tools)
    return Undoing(last_entry(place)[1].tool, said, text, snapshot.sha)


def undo_as_seen(place: Place, snapshot: Snapshot, seen: Undoing | None) -> tuple[str, list[Change], str]:
    """Return what `undo_changes` does, provided that it is what was `seen`, for who reaches the tool, too.

    Raises:
        LibraryChangedError: it is not.
        LibraryError: as for `undo_changes`.
    """
    planned = undo_changes(place, snapshot)
    if seen is None or snapshot.sha == seen.before:
        return planned
    now = undoing(place, snapshot)
    if (now.tool, now.said) != (seen.tool, seen.said) or _reached(now) != _reached(seen):
        raise LibraryChangedError(
            f"tools.py was changed meanwhile, and `{now.tool}` or what uses it with it; nothing was undone",
            hint="try again",
        )
    return planned


def _reached(planned: Undoing) -> dict[str, str]:
    """Hash the tool as it is going to be, and all that reach it."""
    known = bindings(split(planned.text))
    here = [planned.tool] if known.definition(planned.tool) else []
    return fingerprints(planned.text, [*here, *known.reached_by(planned.tool)])


def undo_changes(place: Place, snapshot: Snapshot) -> tuple[str, list[Change], str]:
    """Return what is done, in words, the changes of files (tools.py last), and the sentence that says it.

    Raises:
        LibraryError: nothing to undo, or what was admitted is not any more what it was.
    """
    path, entry = last_entry(place)
    old = snapshot.text.encode() if snapshot.exists else None
    if old is not None and sha(old) == entry.after:
        new = taken_back(snapshot.text, entry.splices).encode() if entry.before else None
    elif entry.how == REMOVED:
        raise LibraryError(
            f"tools.py was edited since `{entry.tool}` was removed, so that cannot be undone",
            hint=f"python agent.py tools log {entry.tool} names the version to roll back to",
        )
    else:
        new = _without(snapshot.text, entry, str(path)).encode()
    changes = []
    for name, (text, committed) in entry.files.items():
        target = place.directory / name
        now = read_bytes(target)
        edited = now is not None and sha(now) != committed
        if edited and target.suffix == ".py":
            where = shlex.quote(str(place.directory))
            raise LibraryError(
                f"{name} was edited since `{entry.tool}` was {entry.how or 'admitted'}, "
                "so that cannot be undone",
                hint=f"move {target} elsewhere, then: python agent.py undo --library {where}",
            )
        changes.append(Change(target, now, as_bytes(text)))
    changes += [Change(path, read_bytes(path), None), Change(place.tools, old, new)]
    if entry.how == REMOVED or (entry.how in _UNDONE and entry.old_source):
        said = _UNDONE[entry.how]
        return f"undo: `{entry.tool}` {entry.how}", changes, f"{entry.tool} {said}"
    if entry.old_source:
        return (
            f"undo widening `{entry.tool}`",
            changes,
            f"{entry.tool} is again what it was before it was widened",
        )
    return f"undo adding `{entry.tool}`", changes, f"{entry.tool} was taken out of the library again"


def _without(text: str, entry: Entry, path: str) -> str:
    """Take an admission out of a library that was edited elsewhere since."""
    name = entry.tool
    library = bindings(split(text))
    now = library.definition(name)
    if now is None:
        raise LibraryError(f"`{name}`, admitted last, is not in tools.py any more", hint=f"remove {path}")
    if _plain(now.text) != _plain(entry.source):
        raise LibraryError(
            f"`{name}` was edited since it was admitted, so the admission cannot be undone",
            hint="take it out of tools.py by hand if that is what you want",
        )
    callers = [
        chunk.name
        for chunk in library.sections.chunks
        if chunk.name != name and name in chunk.text and name in used_by(chunk.text)
    ]
    new_callers = [caller for caller in callers if caller not in entry.callers]
    if new_callers:
        named = ", ".join(f"`{caller}`" if caller else "code between the functions" for caller in new_callers)
        raise LibraryError(
            f"`{name}` is used by {named} now, so its admission cannot be undone",
            hint=f"change {named} first",
        )
    result = replace_tool(text, name, entry.old_source) if entry.old_source else remove_tool(text, name)
    return _with_old_header(result, entry)


def _with_old_header(text: str, entry: Entry) -> str:
    """Take out the imports that came with an admission, if they stand as they did and nothing uses them."""
    if not text.startswith(entry.new_header) or entry.new_header == entry.old_header:
        return text
    rest = text[len(entry.new_header) :]
    came = bindings(split(entry.new_header)).header - bindings(split(entry.old_header)).header
    return text if came & words(rest) else entry.old_header + rest


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
