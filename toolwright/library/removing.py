"""A library and functions to remove -> the file changes that remove them, tools.py last."""

from collections.abc import Sequence

from toolwright.errors import LibraryChangedError, ToolNotFoundError
from toolwright.library.bindings import bindings
from toolwright.library.history import Entry, as_text, next_path, splices, to_json
from toolwright.library.journal_entries import Change
from toolwright.library.place import Place, read_bytes, sha
from toolwright.library.removal import Removal, callers_of, remove_functions
from toolwright.library.snapshot import Snapshot
from toolwright.library.undoing import REMOVED
from toolwright.library.version_changes import kept_changes, unrecorded
from toolwright.syntax.chunks import split


def check_as_seen(seen: Snapshot, now: Snapshot, names: Sequence[str]) -> None:
    """Make sure that functions, what they reach and who calls them are what they were when they were `seen`.

    Raises:
        LibraryChangedError: they are not; somebody's edit would go, or a caller be left behind.
    """
    if (now.sha, now.exists) == (seen.sha, seen.exists):
        return
    was, known = seen.known, now.known
    if was.reach(names) != known.reach(names) or callers_of(was, names) != callers_of(known, names):
        raise LibraryChangedError(
            f"{', '.join(f'`{name}`' for name in names)} in tools.py was changed by somebody else meanwhile, "
            "or what uses it; nothing was removed",
            hint="try again",
        )


def removal_changes(
    place: Place, snapshot: Snapshot, names: Sequence[str]
) -> tuple[str, list[Change], Removal]:
    """Return what is done, in words, the changes of files and what goes.

    Tests, evidence and notes on quarantine go too; the versions that were not kept yet are kept.

    Raises:
        ToolNotFoundError: the library has no such function.
    """
    if not snapshot.exists:
        raise ToolNotFoundError(f"there is no function `{names[0]}`: {place.tools} does not exist")
    removal = remove_functions(snapshot.text, names)
    known, now = bindings(split(snapshot.text)), bindings(split(removal.text))
    versions = [version for name in names if (version := unrecorded(place, known, name, snapshot.kept))]
    files = [
        Change(path, data, None)
        for name in names
        for path in (place.test_of(name), place.evidence_of(name), place.quarantine_of(name))
        if (data := read_bytes(path)) is not None
    ]
    old, new = snapshot.text.encode(), removal.text.encode()
    entry = Entry(
        tool=names[0],
        before=sha(old),
        after=sha(new),
        splices=splices(known.sections, now.sections),
        source="",
        old_source="",
        old_header=known.sections.header,
        new_header=now.sections.header,
        callers=(),
        files={str(one.path.relative_to(place.directory)): (as_text(one.old), "") for one in files},
        how=REMOVED,
    )
    said = f"remove {', '.join(f'`{name}`' for name in names)}"
    changes = [*files, *kept_changes(place, versions), Change(next_path(place), None, to_json(entry))]
    return said, [*changes, Change(place.tools, old, new)], removal
