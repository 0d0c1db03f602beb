"""One library directory: reads it, merges into it, commits to it and takes commits back.

The seam of this package: `Store` for everything that touches files, `index.Index` for search, and `merge` for
the pure operations on text.
"""

import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from toolwright.errors import SavedMeanwhileError
from toolwright.library.admitting import Admitting, changed_basis, check_proven
from toolwright.library.disk import Disk
from toolwright.library.evidence import kept_examples, read_evidence
from toolwright.library.fingerprint import fingerprints
from toolwright.library.journal import Journal
from toolwright.library.journal_entries import Change
from toolwright.library.lock import locked
from toolwright.library.papers import Trust, quality_in
from toolwright.library.place import BANNER, Place, sha
from toolwright.library.quarantine import let_out, put_in
from toolwright.library.renewing import example_changes, renewal_changes, tests_of
from toolwright.library.snapshot import Reader, Snapshot
from toolwright.library.spool import Told, note_change, note_execution
from toolwright.library.standing import Standing, VersionOf
from toolwright.library.trust import Ledger
from toolwright.library.writable import check_file, check_folder
from toolwright.types import UNCONFINED, Admission, CallResult, Candidate, Commit, Example, Json, Verdict

if TYPE_CHECKING:
    from toolwright.library.removal import Removal
    from toolwright.library.undoing import Undoing
    from toolwright.library.versions import Version

__all__ = ["BANNER", "Snapshot", "Store"]

_REMEMBERED: Final = 64
# So often may somebody save tools.py just as a change is being made, before the change gives way.
_SAVED_MEANWHILE: Final = 8
_Done = TypeVar("_Done")


class Store:
    """The only reader and writer of tools.py and tool_tests/ in one directory."""

    def __init__(self, directory: Path, wait_s: float = 30.0, *, disk: Disk | None = None) -> None:
        """Name the directory; nothing is read yet.

        Args:
            directory: the folder that holds, or is to hold, tools.py and tool_tests/.
            wait_s: how long to wait for another program that is writing.
            disk: file operations, to be made to fail by tests.
        """
        self.directory = Path(directory).absolute()
        self._wait_s = wait_s
        self.place = Place(self.directory)
        self._disk = disk or Disk()
        self._journal = Journal(self.place, self._disk)
        self._reader = Reader(self.place)
        self._ledger = Ledger(self.place)
        self._changed = False
        # What a widened tool and its tests were when they were merged: by hash of the merged text.
        self._replaced: dict[str, str] = {}

    def read(self) -> Snapshot:
        """Return the library as it is now; cached until tools.py changes.

        Raises:
            LibraryError: the directory is missing, or tools.py cannot be read or is not UTF-8.
            LibrarySyntaxError: tools.py is not Python; names file and line.
        """
        return self._reader.read()

    def merged(self, candidate: Candidate, replaces: str = "") -> str:
        """Return what tools.py would be with a candidate; nothing is written.

        Raises:
            MergeClashError: it cannot be merged as it stands; the text tells its author why.
            ToolNotFoundError: there is no function `replaces`.
            LibraryError: as for `read`.
        """
        admitting = Admitting(self.place, self.read(), candidate, replaces)
        if replaces:
            while len(self._replaced) >= _REMEMBERED:
                del self._replaced[next(iter(self._replaced))]
            self._replaced[sha(admitting.text.encode())] = admitting.replaced
        return admitting.text

    def commit(self, admission: Admission, verified: str) -> Commit:
        """Keep a candidate that was proven as part of the text `verified`, which `merged` returned.

        When tools.py was changed since, the candidate goes into what it is now, provided that nothing it
        reaches was changed.

        Raises:
            LibraryChangedError: something it reaches, or the function it replaces, was changed: verify again.
            MergeClashError: its name was taken since.
            LibraryBusyError: another program has held the lock for too long.
            LibraryWriteError: a file cannot be written; everything is as it was.
            LibraryError: the verdict was given at level none; or as for `read`.
        """
        check_proven(admission)

        def planned() -> tuple[str, list[Change], Commit]:
            admitting = Admitting(self.place, self.read(), admission.candidate, admission.replaces)
            if admission.replaces:
                changed_basis(admitting, self._replaced.get(sha(verified.encode()), ""))
            if admitting.text != verified:
                admitting.check_unchanged(verified)
            return *admitting.changes(admission), admitting.commit()

        return self._carried_out(planned)

    def _carried_out(self, planned: Callable[[], tuple[str, list[Change], _Done]]) -> _Done:
        """Carry out a change as one act; it is planned anew when somebody saved tools.py meanwhile."""
        self._changed = True
        with locked(self.place, self._wait_s):
            self._journal.recover()
            check_file(self.place)
            for _ in range(_SAVED_MEANWHILE):
                what, changes, done = planned()
                with contextlib.suppress(SavedMeanwhileError):
                    self._journal.carry_out(what, changes)
                    break
            else:
                what, changes, done = planned()
                self._journal.carry_out(what, changes)
        note_change(self.place.private, what)
        return done

    def settle(self) -> None:
        """Let `import tools` be fast again after what was changed; the lock is not held for it."""
        if self._changed:
            from toolwright.library.bytecode import refresh_bytecode

            self._changed = False
            refresh_bytecode(self.place)

    def recover(self) -> str | None:
        """Finish or take back what a crash interrupted, and say which; None when there was nothing.

        Raises:
            LibraryBusyError, LibraryWriteError: it could not be done now.
        """
        if self._journal.is_clean:
            return None
        with locked(self.place, self._wait_s):
            return self._journal.recover()

    def undoing(self) -> "Undoing":
        """Return what `undo` would do; nothing is written.

        Raises:
            LibraryError: as for `undo`.
        """
        from toolwright.library.undoing import undoing

        return undoing(self.place, self.read())

    def undo(self, seen: "Undoing | None" = None) -> str:
        """Take the last admission back, with its tests and evidence, and say so in a sentence.

        Raises:
            LibraryChangedError: it would not do what was `seen`, or to other callers.
            LibraryError: there is nothing to undo; or the function or its tests were edited, or other
                functions call it, since.
            LibraryBusyError, LibraryWriteError: it could not be done now; everything is as it was.
        """
        from toolwright.library.undoing import undo_as_seen

        return self._carried_out(lambda: undo_as_seen(self.place, self.read(), seen))

    def remove(self, names: Sequence[str], seen: Snapshot) -> "Removal":
        """Remove functions with their tests and evidence; what was saved elsewhere since is merged with.

        Raises:
            LibraryChangedError: they, what they reach or who calls them is not what was `seen`.
            ToolNotFoundError: there is no such function.
            LibraryBusyError, LibraryWriteError: it could not be done now; everything is as it was.
        """
        from toolwright.library.removing import check_as_seen, removal_changes

        def planned() -> "tuple[str, list[Change], Removal]":
            now = self.read()
            check_as_seen(seen, now, names)
            return removal_changes(self.place, now, names)

        return self._carried_out(planned)

    def versions(self, name: str) -> "tuple[Version, ...]":
        """Return the versions of a tool, oldest first; the last may be one that is only in tools.py yet.

        Raises:
            LibraryError: as for `read`.
        """
        from toolwright.library.version_changes import versions_with_now

        return versions_with_now(self.place, self.read(), name)

    def tests_of(self, name: str) -> str | None:
        """Return the test file of a tool, None when it has none.

        Raises:
            LibraryError: the file cannot be read or is not UTF-8.
        """
        return tests_of(self.place, name)

    def quarantine(self, name: str, why: str, text: str) -> None:
        """Keep a tool from being offered, as long as it and all it reaches stay as they are in `text`.

        Raises:
            LibraryBusyError, LibraryWriteError: it could not be done now.
        """
        with locked(self.place, self._wait_s):
            put_in(self.place, self._disk, text, name, why)

    def release(self, name: str) -> bool:
        """Offer a tool again; tells whether it had been in quarantine.

        Raises:
            LibraryBusyError, LibraryWriteError: it could not be done now.
        """
        if not self.place.quarantine_of(name).exists():
            return False
        with locked(self.place, self._wait_s):
            return let_out(self.place, self._disk, name)

    def evidence_of(self, name: str) -> dict[str, Json] | None:
        """Return on what evidence a tool was admitted, None when that is not known."""
        return read_evidence(self.place, name)

    def standings(self, names: Collection[str], version_of: VersionOf | None = None) -> dict[str, Standing]:
        """Say of kept tools what their evidence is worth now, with `version_of` also for want of packages.

        Raises:
            LibraryError: as for `read` and `tests_of`.
        """
        return {name: one.standing for name, one in self.trust(names, version_of).items()}

    def trust(self, names: Collection[str], version_of: VersionOf | None = None) -> dict[str, Trust]:
        """Say of kept tools how far they can be trusted; otherwise as `standings`."""
        return self._ledger.of(self.read(), names, version_of)

    def renew(self, name: str, verdict: Verdict, text: str, tests: str) -> bool:
        """Keep the verdict on a tool as it stands in the library `text`, with `tests`, as its evidence.

        What was edited by hand becomes a version. Tells whether it was kept: it is not when the tool, what it
        reaches, or its tests changed meanwhile.

        Raises:
            LibraryBusyError, LibraryWriteError: it could not be done now.
            LibraryError: as for `read` and `tests_of`.
        """
        if verdict.level == UNCONFINED or not verdict.passed:
            return False
        with locked(self.place, self._wait_s):
            self._journal.recover()
            now = self.read()
            same = name in now.kept and fingerprints(now.text, [name]) == fingerprints(text, [name])
            if not same or tests != self.tests_of(name):
                return False
            changes = renewal_changes(self.place, now, name, verdict)
            self._journal.carry_out(f"renew the evidence of `{name}`", changes)
            return True

    def note_execution(self, name: str, result: CallResult, told: Told | None = None) -> None:
        """Note a call, where that can be written; `told` is for the memory, None where a run tells that."""
        well = result.status == "returned"
        note_execution(self.place.private, name, succeeded=well, seconds=result.seconds, told=told)

    def examples_of(self, name: str) -> tuple[Example, ...]:
        """Return the user's examples that are kept with a tool."""
        return kept_examples(self.evidence_of(name))

    def add_examples(self, name: str, examples: Sequence[Example]) -> None:
        """Add the user's examples to the evidence of a tool; nothing else in it changes.

        Raises:
            LibraryBusyError, LibraryWriteError: it could not be done now.
        """
        if example_changes(self.place, name, examples):
            with locked(self.place, self._wait_s):
                self._journal.recover()
                if changes := example_changes(self.place, name, examples):
                    self._journal.carry_out(f"add examples to the evidence of `{name}`", changes)

    def tests_passed(self, name: str) -> int:
        """Return how many tests a tool had passed when it was admitted, 0 when that is not known."""
        return quality_in(self.evidence_of(name)).tests

    def check_writable(self) -> None:
        """Find out, before anything is paid for, whether a tool could be kept here.

        Raises:
            LibraryError: the directory is missing.
            LibraryWriteError: it is read-only, or tools.py is write-protected.
        """
        check_folder(self.place)
        check_file(self.place)
