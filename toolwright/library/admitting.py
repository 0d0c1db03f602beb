"""A snapshot and a candidate -> the merged text, whether it may be committed, and the files that change."""

import difflib
import json
from collections.abc import Sequence
from typing import Final

from toolwright.errors import LibraryChangedError, LibraryError, MergeClashError
from toolwright.library.bindings import Bindings, bindings
from toolwright.library.evidence import evidence_json
from toolwright.library.excerpt import excerpt_of
from toolwright.library.history import Entry, as_text, next_path, splices, to_json
from toolwright.library.journal_entries import Change
from toolwright.library.merge import add_tool, replace_tool
from toolwright.library.place import BANNER, CONFTEST, Place, read_bytes, sha
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import reach_hash
from toolwright.library.version_changes import kept_changes, unrecorded
from toolwright.library.versions import Version, read_versions, version_now
from toolwright.syntax.chunks import Chunk, split
from toolwright.syntax.reading import read_library
from toolwright.syntax.used import used_by
from toolwright.types import UNCONFINED, Admission, Candidate, Commit, Tool

_DONE: Final = {
    "added": "add",
    "widened": "widen",
    "composed": "compose",
    "fixed": "fix",
    "adopted": "adopt",
    "rolled back": "roll back",
    "installed": "install",
}
"""What an interrupted change is called, by how a tool came to be."""


class Admitting:
    """One candidate on its way into one state of a library. `text` is what tools.py would be with it."""

    def __init__(self, place: Place, snapshot: Snapshot, candidate: Candidate, replaces: str) -> None:
        """Merge.

        Raises:
            MergeClashError, ToolNotFoundError: the candidate does not fit this state.
        """
        self._place, self._snapshot, self._candidate = place, snapshot, candidate
        self._replaces = replaces
        self._base = snapshot.text if snapshot.exists else BANNER
        if replaces:
            self.text = replace_tool(self._base, replaces, candidate.source)
        else:
            self.text = add_tool(self._base, candidate.source)
        _encoded(candidate.tests)
        self._old, self._new = bindings(split(self._base)), bindings(split(self.text))
        written = self._new.definition(candidate.name)
        if written is None:
            raise MergeClashError(f"the function is not called `{candidate.name}`")
        self._written: Chunk = written
        empty = split("")
        self._splices = splices(self._old.sections if snapshot.exists else empty, self._new.sections)

    @property
    def replaced(self) -> str:
        """What is about to be replaced: the old function's text and its tests."""
        old = self._old.definition(self._replaces)
        tests = as_text(read_bytes(self._place.test_of(self._candidate.name)))
        return f"{old.text if old else ''}\0{tests}"

    def check_unchanged(self, verified: str) -> None:
        """Compare what the candidate reaches with what it reached when it was verified.

        Raises:
            LibraryChangedError: it is not the same, or other functions call it now.
        """
        name = self._candidate.name
        before, now = bindings(split(verified)), self._new
        was, reaches = before.reach([name]), now.reach([name])
        changed = sorted(one for one in was.keys() | reaches.keys() if was.get(one) != reaches.get(one))
        if not changed and self._replaces:
            old_callers, new_callers = _callers(before, name), _callers(now, name)
            changed = sorted(dict(old_callers.items() ^ new_callers.items()))
        if changed:
            named = ", ".join(f"`{one}`" for one in changed)
            raise LibraryChangedError(
                f"{named} in tools.py changed while `{name}` was being verified",
                hint="run the goal again",
            )

    def changes(self, admission: Admission) -> tuple[str, list[Change]]:
        """Return what is done, in words, and the changes of files, that of tools.py last."""
        place, name = self._place, self._candidate.name
        tool = self._tool()
        reach = reach_hash(self._new, name, self._snapshot.kept)
        evidence = evidence_json(admission, self._written.text, tool, reach)
        test = Change(place.test_of(name), read_bytes(place.test_of(name)), _encoded(self._candidate.tests))
        proof = Change(place.evidence_of(name), read_bytes(place.evidence_of(name)), evidence.encode())
        old = self._snapshot.text.encode() if self._snapshot.exists else None
        library = Change(place.tools, old, self.text.encode())
        versions = self._versions(evidence, [Version(**said) for said in admission.earlier])
        how = admission.how or ("widened" if self._replaces else "added")
        entry = Change(next_path(place), None, to_json(self._entry([test, proof], library, how)))
        changes = [test, proof, *versions, entry, library]
        if read_bytes(place.tests / "conftest.py") is None:
            changes.insert(0, Change(place.tests / "conftest.py", None, CONFTEST.encode()))
        return f"{_DONE.get(how, how)} `{name}`", changes

    def _versions(self, evidence: str, earlier: Sequence[Version]) -> list[Change]:
        """Keep what is replaced, if it was not kept yet, and what takes its place; undo leaves both alone.

        Before them stand those of another library that are not known here.
        """
        place, name = self._place, self._candidate.name
        new = version_now(name, excerpt_of(self._new, name), self._candidate.tests, json.loads(evidence))
        known = self._old if self._old.definition(name) else None
        before = unrecorded(place, known, name, self._snapshot.kept) if known else None
        known_here = {new.sha256, *(version.sha256 for version in read_versions(place, name))}
        brought = [version for version in earlier if version.sha256 not in known_here]
        return kept_changes(place, [*brought, *([before] if before else []), new])

    def commit(self) -> Commit:
        """Count the lines that changed."""
        added = removed = 0
        for one in self._splices:
            for line in difflib.ndiff(one.old.splitlines(), one.new.splitlines()):
                added += line.startswith("+ ")
                removed += line.startswith("- ")
        return Commit(self._candidate.name, added, removed, replaced=bool(self._replaces))

    def _tool(self) -> Tool | None:
        """Read the tool off its chunk and those it reaches: the whole library need not be parsed for it."""
        library = self._new
        reached = library.reach(used_by(self._written.text))
        places = sorted({library.chunks[one] for one in reached if one in library.chunks})
        texts = [library.sections.chunks[index].text for index in places]
        listing = read_library("\n".join([library.sections.header, *texts, self._written.text]), "tools.py")
        return next((tool for tool in listing.tools if tool.name == self._candidate.name), None)

    def _entry(self, files: Sequence[Change], library: Change, how: str) -> Entry:
        name = self._candidate.name
        old = self._old.definition(name)
        gone = [
            chunk.text
            for chunk in self._old.sections.chunks
            if chunk.name.startswith("_") and _differs(chunk, self._new)
        ]
        return Entry(
            tool=name,
            before="" if library.old is None else sha(library.old),
            after=sha(library.new or b""),
            splices=self._splices,
            source=self._written.text,
            old_source="".join([*gone, old.text]) if self._replaces and old else "",
            old_header=self._old.sections.header,
            new_header=self._new.sections.header,
            callers=tuple(sorted(_callers(self._new, name))),
            files={
                str(one.path.relative_to(self._place.directory)): (as_text(one.old), sha(one.new or b""))
                for one in files
            },
            how=how,
        )


def check_proven(admission: Admission) -> None:
    """Make sure that a candidate was confined when it was proven.

    Raises:
        LibraryError: it was not.
    """
    if admission.verdict.level == UNCONFINED:
        raise LibraryError(
            f"{admission.candidate.name} was not kept: what runs unconfined proves nothing",
            hint="python agent.py doctor says what keeps tools from being confined here",
        )


def changed_basis(admitting: Admitting, before: str) -> None:
    """Make sure that a function about to be replaced is, tests included, what it was at the merge.

    Raises:
        LibraryChangedError: it is not; somebody's edit would be lost.
    """
    if admitting.replaced != before:
        raise LibraryChangedError(
            "the function to be replaced, or its tests, changed while the new version was being verified",
            hint="try again",
        )


def _differs(chunk: Chunk, new: Bindings) -> bool:
    now = new.definition(chunk.name)
    return now is None or now.text.strip() != chunk.text.strip()


def _callers(library: Bindings, name: str) -> dict[str, str]:
    """Map the functions and classes that use a name to their texts."""
    return {
        chunk.name: chunk.text.strip()
        for index, chunk in enumerate(library.sections.chunks)
        if chunk.name and chunk.name != name and name in chunk.text and name in library.uses(index)
    }


def _encoded(tests: str) -> bytes:
    try:
        return tests.encode()
    except UnicodeEncodeError as error:
        raise MergeClashError(f"the tests hold a character that is not Unicode: {error.reason}") from None
