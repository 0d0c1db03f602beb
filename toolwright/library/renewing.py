"""A new verdict on a kept tool -> new evidence, and a version of what was edited."""

import json
from collections.abc import Sequence

from toolwright.library.bindings import bindings
from toolwright.library.evidence import kept_examples, read_evidence, renewed_json, with_examples
from toolwright.library.journal_entries import Change
from toolwright.library.place import Place, decode, read_bytes, sha
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import edit_since, reach_hash
from toolwright.library.version_changes import kept_changes, unrecorded
from toolwright.syntax.chunks import split
from toolwright.types import Admission, Candidate, Example, Verdict


def renewal_changes(place: Place, snapshot: Snapshot, name: str, verdict: Verdict) -> list[Change]:
    """Return the changes that keep the evidence of a tool that passed as it is now, the evidence last.

    Where it came from stays as it was. A text or tests that are no version yet become one.

    Raises:
        LibraryError: its tests cannot be read.
    """
    tool, tests = snapshot.kept[name], tests_of(place, name) or ""
    known = bindings(split(snapshot.text))
    reach = reach_hash(known, name, snapshot.kept)
    before = read_evidence(place, name)
    admission = Admission(
        Candidate(name, tool.source, tests),
        verdict,
        tool.docstring.summary,
        "",
        "",
        how="found",
        examples=kept_examples(before),
    )
    edited = before is not None and bool(edit_since(before, tool.source, sha(tests.encode()), reach))
    said = renewed_json(before, admission, tool, reach, edited=edited)
    path = place.evidence_of(name)
    new = unrecorded(place, known, name, snapshot.kept, json.loads(said))
    return [*kept_changes(place, [new] if new else []), Change(path, read_bytes(path), said.encode())]


def example_changes(place: Place, name: str, examples: Sequence[Example]) -> list[Change]:
    """Return what adds examples of the user to the evidence of a tool, where it has some; no more changes."""
    said = with_examples(read_evidence(place, name), examples)
    path = place.evidence_of(name)
    return [Change(path, read_bytes(path), said.encode())] if said else []


def tests_of(place: Place, name: str) -> str | None:
    """Return the test file of a tool, None when it has none.

    Raises:
        LibraryError: the file cannot be read or is not UTF-8.
    """
    path = place.test_of(name)
    data = read_bytes(path)
    return None if data is None else decode(data, path)
