"""Lines that were typed go in, masked; those of this and earlier runs come out: one JSON string a line.

Only the user can read the file, and it does not grow beyond a bound. Where it cannot be kept, lines are
remembered until the program ends; no line is ever lost to an error here.
"""

import contextlib
import fcntl
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from toolwright.library.lock import make_private
from toolwright.library.place import Place

FILE: Final = "prompt_history"
MOST_LINES: Final = 1_000
LONGEST: Final = 4_000
"""Characters of a line that is kept."""
_MOST_BYTES: Final = 1_000_000


class PastLines:
    """The history of a prompt; `redact` masks secrets before anything is written."""

    def __init__(self, library: Path, redact: Callable[[str], str], *, keeps: bool = True) -> None:
        """Nothing is read or written yet. Without `keeps` nothing ever is."""
        self._place = Place(library.absolute())
        self._path = self._place.private / FILE
        self._redact = redact
        self._keeps = keeps
        self._left_out = ""

    def read(self) -> list[str]:
        """Return the lines that are kept, oldest first."""
        lines = []
        for line in self._read().splitlines() if self._keeps else ():
            with contextlib.suppress(ValueError):
                said = json.loads(line)
                lines += [said] if isinstance(said, str) else []
        return lines[-MOST_LINES:]

    def leave_out(self, line: str) -> None:
        """Do not write a line that was typed, and not run; it may hold anything."""
        self._left_out = line

    def add(self, line: str) -> None:
        """Keep a line, unless it is too long or the one before."""
        left_out, self._left_out = self._left_out == line, ""
        line = self._redact(line)
        if left_out or not self._keeps or not line.strip() or len(line) > LONGEST:
            return
        with contextlib.suppress(OSError):  # no history is no reason to stop
            if not self._place.directory.is_dir():
                return
            make_private(self._place)
            kept = self.read()
            if kept[-1:] == [line]:
                return
            if len(kept) < MOST_LINES:
                self._append([line])
            else:
                self._replace([*kept[-MOST_LINES // 2 :], line])

    def _append(self, lines: list[str]) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        file = os.open(self._path, flags, 0o600)
        try:
            if stat.S_ISREG(os.fstat(file).st_mode):
                os.fchmod(file, 0o600)
                fcntl.flock(file, fcntl.LOCK_EX)  # for as long as it takes to write one line
                os.write(file, _as_bytes(lines))
        finally:
            os.close(file)

    def _replace(self, lines: list[str]) -> None:
        new = self._path.with_name(f"{FILE}.{os.getpid()}")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, _as_bytes(lines))
        finally:
            os.close(file)
        new.replace(self._path)

    def _read(self) -> str:
        """Return the end of the file; what is no ordinary file of ours has none."""
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return ""
        try:
            about = os.fstat(file)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.getuid():
                return ""
            os.lseek(file, max(0, about.st_size - _MOST_BYTES), os.SEEK_SET)
            return os.read(file, _MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
        finally:
            os.close(file)


def _as_bytes(lines: list[str]) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()
