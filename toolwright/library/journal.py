"""Several file changes -> one act: after a crash at any point the next start finds all of them or none.

Every new content is written beside its target first. Then the journal says that the change is decided, then
the files are renamed into place, tools.py last: it is the one whose state decides whether an interrupted
change is finished or taken back. Whoever edited a file in between keeps the edit. Between two such steps the
disk is waited for: what a step builds on is there whatever a power cut loses.
"""

import binascii
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryError, LibraryWriteError, SavedMeanwhileError
from toolwright.library.disk import Disk
from toolwright.library.journal_entries import (
    Change,
    Entry,
    can_be_finished,
    entry_of,
    from_json,
    sha_of,
    to_json,
    was_edited_since,
)
from toolwright.library.place import Place, read_bytes

_OPEN: Final = "open.json"
_DECIDED: Final = "decided.json"


class Journal:
    """The journal of one library. All methods want the library's lock to be held."""

    def __init__(self, place: Place, disk: Disk) -> None:
        self._place, self._disk = place, disk

    @property
    def is_clean(self) -> bool:
        """Tell, without a lock, whether there is certainly nothing to recover."""
        return not any((self._place.journal / name).exists() for name in (_OPEN, _DECIDED))

    def carry_out(self, what: str, changes: Sequence[Change]) -> None:
        """Make all changes or none; the last one is that of tools.py.

        Raises:
            LibraryWriteError: a file could not be written; everything is as it was.
            SavedMeanwhileError: tools.py was saved by somebody else while the files were being written.
        """
        entries = [entry_of(change) for change in changes]
        missing: list[Path] = []
        try:
            missing = _missing_folders(entries)
            for folder in [self._place.journal, *missing]:
                self._disk.make_folder(folder)
            self._stage(what, entries, changes, [self._place.journal, *missing])
            self._disk.rename(self._place.journal / _OPEN, self._place.journal / _DECIDED)
            self._disk.settle(self._place.journal)
            self._apply(entries)
        except (OSError, LibraryError) as error:
            self._give_up(what, entries, missing, error)
        with contextlib.suppress(OSError):  # the change is done; the next start can clear up
            self._disk.settle(entries[-1].target.parent)
            self._forget(entries[-1:])

    def recover(self) -> str | None:
        """Finish or take back what a crash interrupted, and say which; None when there was nothing.

        Raises:
            LibraryWriteError: it can be neither finished nor taken back now; the next start tries again.
        """
        for name in (_DECIDED, _OPEN):
            data = read_bytes(self._place.journal / name)
            if data is not None:
                return self._recover(data, decided=name == _DECIDED)
        return None

    def _recover(self, data: bytes, *, decided: bool) -> str | None:
        try:
            what, entries = from_json(data, self._place)
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
            self._disk.remove(self._place.journal / _OPEN)  # cut off while it was written: nothing had begun
            if decided:
                self._disk.rename(
                    self._place.journal / _DECIDED, self._place.private / "damaged-journal.json"
                )
                return "a damaged journal was put aside as .toolwright/damaged-journal.json"
            return None
        try:
            if decided:
                self._give_back(entries[-1])
            if decided and (was_edited_since(entries) or can_be_finished(entries)):
                if not was_edited_since(entries):
                    self._apply(entries)
                    self._disk.settle(entries[-1].target.parent)
                said = f"an interrupted change was finished: {what}"
            else:
                if decided:
                    self._take_back(entries)
                said = f"an interrupted change was taken back: {what}"
            self._forget(entries)
        except (OSError, LibraryError) as error:
            raise LibraryWriteError(
                f"an interrupted change ({what}) can be neither finished nor taken back: {_reason(error)}",
                hint=f"make {self._place.directory} writable and start again",
            ) from None
        return said

    def _give_back(self, last: Entry) -> None:
        """Put back what somebody saved as tools.py at the very moment at which we were killed."""
        if last.now() == last.new_sha and sha_of(read_bytes(last.staged)) not in {
            "",
            last.old_sha,
            last.new_sha,
        }:
            self._disk.swap(last.staged, last.target)

    def _stage(
        self, what: str, entries: Sequence[Entry], changes: Sequence[Change], made: Sequence[Path]
    ) -> None:
        """Write everything beside its place; nothing is begun before the journal says that it is."""
        self._disk.write(self._place.journal / _OPEN, to_json(what, entries, self._place))
        for folder in dict.fromkeys([self._place.journal, *(folder.parent for folder in made)]):
            self._disk.settle(folder)
        for entry, change in zip(entries, changes, strict=True):
            if change.new is not None:
                self._disk.write(entry.staged, change.new, like=entry.target)
        for folder in dict.fromkeys(entry.target.parent for entry in entries):
            self._disk.settle(folder)

    def _apply(self, entries: Sequence[Entry]) -> None:
        *others, last = entries
        for entry in others:
            self._put(entry)
        for folder in dict.fromkeys(entry.target.parent for entry in others):
            self._disk.settle(folder)
        self._put_library(last)

    def _put_library(self, entry: Entry) -> None:
        """Put tools.py in its place, unless somebody saved it since: what comes out is looked at as well."""
        self._check_unsaved(entry, entry.now())
        if not entry.is_staged or not entry.old_sha or not self._disk.swap(entry.staged, entry.target):
            self._put(entry)
            return
        try:
            self._check_unsaved(entry, sha_of(read_bytes(entry.staged)))
        except (OSError, LibraryError):  # it was saved by somebody else, or nobody can tell
            self._disk.swap(entry.staged, entry.target)
            raise

    def _check_unsaved(self, entry: Entry, now: str) -> None:
        if now not in {entry.old_sha, entry.new_sha}:
            raise SavedMeanwhileError(f"{entry.path} was saved by somebody else at this very moment")

    def _put(self, entry: Entry) -> None:
        if not entry.new_sha:
            self._disk.remove(entry.target)
        elif entry.is_staged:
            self._disk.rename(entry.staged, entry.target)

    def _give_up(
        self, what: str, entries: Sequence[Entry], made: Sequence[Path], error: OSError | LibraryError
    ) -> None:
        """Put everything back after a failure and raise it in the library's words."""
        try:
            self._take_back(entries)
            self._forget(entries)
            for folder in reversed(made):
                with contextlib.suppress(OSError):  # somebody put something there
                    folder.rmdir()
        except (OSError, LibraryError) as worse:
            raise LibraryWriteError(
                f"{what}: {_reason(error)}, and then {_reason(worse)}",
                hint="start again when the disk is well: .toolwright/journal finishes it or takes it back",
            ) from None
        if isinstance(error, SavedMeanwhileError):
            raise error
        raise LibraryWriteError(
            f"{what}: {_reason(error)}; everything is as it was before",
            hint=f"see to it that {self._place.directory} can be written and has room, then try again",
        ) from None

    def _take_back(self, entries: Sequence[Entry]) -> None:
        """Give every file but tools.py its old content, unless somebody gave it another one since."""
        for entry in entries[:-1]:
            if entry.now() != entry.new_sha or entry.new_sha == entry.old_sha:
                continue
            if entry.old is None:
                self._disk.remove(entry.target)
            else:
                self._disk.write(entry.staged, entry.old, like=entry.target)
                self._disk.rename(entry.staged, entry.target)

    def _forget(self, entries: Sequence[Entry]) -> None:
        """Close the journal, once all that it stands for is certain to be on the disk."""
        for entry in entries:
            self._disk.remove(entry.staged)
        for folder in dict.fromkeys(entry.target.parent for entry in entries):
            with contextlib.suppress(FileNotFoundError):  # somebody removed it, with all that was in it
                self._disk.settle(folder)
        self._close()

    def _close(self) -> None:
        """Remove the journal; that there is no such folder tells readers that nothing is left to do."""
        for name in (_OPEN, _DECIDED):
            self._disk.remove(self._place.journal / name)
        with contextlib.suppress(OSError):
            self._place.journal.rmdir()


def _missing_folders(entries: Sequence[Entry]) -> list[Path]:
    """Return the folders that have to be made, innermost last."""
    wanted = [
        above for entry in entries for above in reversed((entry.path.parent, *entry.path.parent.parents))
    ]
    return [folder for folder in dict.fromkeys(wanted) if not folder.exists()]


def _reason(error: OSError | LibraryError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror}"
    return str(error)
