"""Kept tools -> what their evidence is worth now; a new verdict on one of them -> new evidence."""

from collections.abc import Collection

from toolwright.errors import LibraryWriteError
from toolwright.library.bindings import bindings
from toolwright.library.disk import Disk
from toolwright.library.evidence import kept_examples, read_evidence, renewed_json
from toolwright.library.place import Place, decode, read_bytes
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import Standing, reach_hash, standing
from toolwright.syntax.chunks import split
from toolwright.types import Admission, Candidate, Verdict


def standings(place: Place, snapshot: Snapshot, names: Collection[str]) -> dict[str, Standing]:
    """Say of kept tools what their evidence is worth.

    Raises:
        LibraryError: a test file cannot be read or is not UTF-8.
    """
    known, kept = bindings(split(snapshot.text)), snapshot.kept
    return {
        name: standing(
            read_evidence(place, name), kept[name], tests_of(place, name), reach_hash(known, name, kept)
        )
        for name in names
    }


def renew(place: Place, disk: Disk, snapshot: Snapshot, name: str, verdict: Verdict) -> None:
    """Write the evidence of a kept tool that passed as it is now; where it came from stays as it was.

    Raises:
        LibraryWriteError: it cannot be written.
        LibraryError: its tests cannot be read.
    """
    tool, tests = snapshot.kept[name], tests_of(place, name) or ""
    reach = reach_hash(bindings(split(snapshot.text)), name, snapshot.kept)
    before = read_evidence(place, name)
    admission = Admission(
        Candidate(name, tool.source, tests),
        verdict,
        tool.docstring.summary,
        "",
        "",
        examples=kept_examples(before),
    )
    said = renewed_json(before, admission, tool, reach)
    path = place.evidence_of(name)
    try:
        disk.make_folder(place.evidence)
        disk.replace(path, said.encode())
    except OSError as error:
        raise LibraryWriteError(
            f"{path} cannot be written: {error.strerror}", hint=f"make {place.evidence} writable"
        ) from None


def tests_of(place: Place, name: str) -> str | None:
    """Return the test file of a tool, None when it has none.

    Raises:
        LibraryError: the file cannot be read or is not UTF-8.
    """
    path = place.test_of(name)
    data = read_bytes(path)
    return None if data is None else decode(data, path)
