"""Versions of tools that are not kept yet -> the file changes that keep them."""

from collections.abc import Collection, Mapping, Sequence

from toolwright.library.bindings import Bindings
from toolwright.library.evidence import EDITED, read_evidence
from toolwright.library.excerpt import excerpt_of
from toolwright.library.history import as_text
from toolwright.library.journal_entries import Change
from toolwright.library.place import Place, read_bytes, sha
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import reach_hash
from toolwright.library.versions import (
    Version,
    next_number,
    read_versions,
    to_json,
    version_hash,
    version_now,
    version_path,
)
from toolwright.records import replace
from toolwright.types import Json


def unrecorded(
    place: Place,
    known: Bindings,
    name: str,
    tools: Collection[str],
    renewed: Mapping[str, Json] | None = None,
) -> Version | None:
    """Return a function as it stands in the library, None when that version is kept already.

    `tools` are the names of the kept tools; `renewed` is evidence about this very state. `how` is "edited"
    where the evidence is about another text, or other tests, "found" where there is none.
    """
    source = excerpt_of(known, name)
    tests = as_text(read_bytes(place.test_of(name)))
    kept = read_versions(place, name)
    wanted = version_hash(source, tests)
    if any(version.sha256 == wanted for version in kept):
        return None
    evidence = renewed or read_evidence(place, name)
    reach = reach_hash(known, name, tools)
    holds = renewed or (evidence is not None and _speaks_of(evidence, tests, reach))
    how = "" if holds else EDITED if evidence or kept else "found"
    version = version_now(name, source, tests, evidence if holds else None, how)
    return replace(version, number=next_number(place, name))


def versions_with_now(place: Place, snapshot: Snapshot, name: str) -> tuple[Version, ...]:
    """Return the versions of a tool, oldest first, with the one that is only in tools.py yet."""
    known = snapshot.known
    now = unrecorded(place, known, name, snapshot.kept) if known.definition(name) else None
    return (*read_versions(place, name), *([now] if now else []))


def _speaks_of(evidence: Mapping[str, Json], tests: str | None, reach: str) -> bool:
    """Tell whether evidence is about a function that reaches just this, with these tests."""
    hashes = {"reach_sha256": reach, "tests_sha256": sha((tests or "").encode("utf-8", "surrogateescape"))}
    return all(evidence.get(key, now) == now for key, now in hashes.items())


def kept_changes(place: Place, versions: Sequence[Version]) -> list[Change]:
    """Return the changes that keep versions, numbered from the next number on."""
    changes: list[Change] = []
    numbers: dict[str, int] = {}
    for version in versions:
        number = numbers.get(version.name, next_number(place, version.name))
        numbers[version.name] = number + 1
        path = version_path(place, version.name, number)
        changes.append(Change(path, None, to_json(replace(version, number=number))))
    return changes
