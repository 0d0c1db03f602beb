"""Several file changes -> one act: after a crash at any point the next start finds all of them or none.

Every new content is written beside its target first. Then the journal says that the change is decided, then
the files are renamed into place, tools.py last: it is the one whose state decides whether an interrupted
change is finished or taken back. Whoever edited a file in between keeps the edit.
"""

import base64
import binascii
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryChangedError, LibraryError, LibraryWriteError
from toolwright.library.disk import Disk
from toolwright.library.place import Place, read_bytes, sha

_FORMAT: Final = 1
_OPEN: Final = "open.json"
_DECIDED: Final = "decided.json"


@dataclass(frozen=True, slots=True)
class Change:
    """A file's content before and after, None where there is no file."""

    path: Path
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A change as the journal keeps it; the old tools.py is not kept, for nothing is taken back after it."""

    path: Path
    target: Path
    """The file itself, where `path` is a link to it."""
    old: bytes | None
    old_sha: str
    new_sha: str

    @property
    def staged(self) -> Path:
        return self.target.with_name(f".{self.target.name}.toolwright-new")

    def now(self) -> str:
        return _sha(read_bytes(self.target))

    @property
    def is_staged(self) -> bool:
        return bool(self.new_sha) and _sha(read_bytes(self.staged)) == self.new_sha


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
            LibraryChangedError: tools.py was changed while the files were being written.
        """
        entries = [_entry(change) for change in changes]
        missing: list[Path] = []
        try:
            missing = _missing_folders(entries)
            for folder in [self._place.journal, *missing]:
                self._disk.make_folder(folder)
            self._stage(what, entries, changes)
            self._disk.rename(self._place.journal / _OPEN, self._place.journal / _DECIDED)
            self._disk.settle(self._place.journal)
            self._apply(entries)
        except (OSError, LibraryError) as error:
            self._give_up(what, entries, missing, error)
        with contextlib.suppress(OSError):  # the change is done; the next start can clear up
            self._disk.settle(entries[-1].target.parent)
            self._close()

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
            what, entries = _from_json(data, self._place)
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
            self._disk.remove(self._place.journal / _OPEN)  # cut off while it was written: nothing had begun
            if decided:
                self._disk.rename(
                    self._place.journal / _DECIDED, self._place.private / "damaged-journal.json"
                )
                return "a damaged journal was put aside as .toolwright/damaged-journal.json"
            return None
        try:
            if decided and _can_be_finished(entries):
                self._apply(entries)
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

    def _stage(self, what: str, entries: Sequence[_Entry], changes: Sequence[Change]) -> None:
        self._disk.write(self._place.journal / _OPEN, _to_json(what, entries, self._place))
        self._disk.settle(self._place.journal)
        for entry, change in zip(entries, changes, strict=True):
            if change.new is not None:
                self._disk.write(entry.staged, change.new, like=entry.target)
        for folder in dict.fromkeys(entry.target.parent for entry in entries):
            self._disk.settle(folder)

    def _apply(self, entries: Sequence[_Entry]) -> None:
        *others, last = entries
        for entry in others:
            self._put(entry)
        for folder in dict.fromkeys(entry.target.parent for entry in others):
            self._disk.settle(folder)
        if last.now() not in {last.old_sha, last.new_sha}:
            raise LibraryChangedError(f"{last.path} was changed by somebody else at this very moment")
        self._put(last)

    def _put(self, entry: _Entry) -> None:
        if not entry.new_sha:
            self._disk.remove(entry.target)
        elif entry.is_staged:
            self._disk.rename(entry.staged, entry.target)

    def _give_up(
        self, what: str, entries: Sequence[_Entry], made: Sequence[Path], error: OSError | LibraryError
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
        if isinstance(error, LibraryChangedError):
            raise error
        raise LibraryWriteError(
            f"{what}: {_reason(error)}; everything is as it was before",
            hint=f"see to it that {self._place.directory} can be written and has room, then try again",
        ) from None

    def _take_back(self, entries: Sequence[_Entry]) -> None:
        """Give every file but tools.py its old content, unless somebody gave it another one since."""
        for entry in entries[:-1]:
            if entry.now() != entry.new_sha or entry.new_sha == entry.old_sha:
                continue
            if entry.old is None:
                self._disk.remove(entry.target)
            else:
                self._disk.write(entry.staged, entry.old, like=entry.target)
                self._disk.rename(entry.staged, entry.target)

    def _forget(self, entries: Sequence[_Entry]) -> None:
        for entry in entries:
            self._disk.remove(entry.staged)
        self._close()

    def _close(self) -> None:
        """Remove the journal; that there is no such folder tells readers that nothing is left to do."""
        for name in (_OPEN, _DECIDED):
            self._disk.remove(self._place.journal / name)
        with contextlib.suppress(OSError):
            self._place.journal.rmdir()


def _missing_folders(entries: Sequence[_Entry]) -> list[Path]:
    """Return the folders that have to be made, innermost last."""
    wanted = [
        above for entry in entries for above in reversed((entry.path.parent, *entry.path.parent.parents))
    ]
    return [folder for folder in dict.fromkeys(wanted) if not folder.exists()]


def _can_be_finished(entries: Sequence[_Entry]) -> bool:
    """Tell whether every file is already new, or is old with its new content at hand."""
    if entries[-1].now() == entries[-1].new_sha:
        return True  # tools.py comes last: everything else was done
    return all(
        entry.now() == entry.new_sha
        or (entry.now() == entry.old_sha and (not entry.new_sha or entry.is_staged))
        for entry in entries
    )


def _entry(change: Change) -> _Entry:
    is_last = change.path.name == "tools.py"
    return _Entry(
        change.path,
        change.path.resolve(),
        None if is_last else change.old,
        _sha(change.old),
        _sha(change.new),
    )


def _sha(data: bytes | None) -> str:
    return "" if data is None else sha(data)


def _reason(error: OSError | LibraryError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror}"
    return str(error)


def _to_json(what: str, entries: Sequence[_Entry], place: Place) -> bytes:
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


def _from_json(data: bytes, place: Place) -> tuple[str, list[_Entry]]:
    said = json.loads(data)
    if said["format"] != _FORMAT or not said["files"]:
        raise ValueError
    entries = [
        _Entry(
            place.directory / one["path"],
            (place.directory / one["path"]).resolve(),
            None if one["old"] is None else base64.b64decode(one["old"]),
            str(one["old_sha"]),
            str(one["new_sha"]),
        )
        for one in said["files"]
    ]
    return str(said["what"]), entries
