"""A log file that several processes share: lines go in, each is appended whole; rotated by size.

Every line is a single append, and who rotates holds a lock on the very file that is rotated, so that
lines are neither torn nor lost when two processes do it at the same moment.
"""

import contextlib
import fcntl
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 1_000_000
BACKUPS: Final = 3


class SharedFile(RotatingFileHandler):
    """A rotating file that several processes append to, and whose failures are kept instead of raised."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=True)
        self.problem = ""
        self._torn = False

    def emit(self, record: logging.LogRecord) -> None:
        """Append the record's text as one write."""
        line = (record.getMessage() + "\n").encode()
        try:
            descriptor = self._current()
            size = os.fstat(descriptor).st_size
            if size and size + len(line) > self.maxBytes:
                self._rotate(descriptor)
                descriptor = self._current()
            # What a full disk cut off must not swallow the next line as well.
            data = b"\n" + line if self._torn else line
            self._torn = os.write(descriptor, data) < len(data)
            self.problem = ""
        except (OSError, ValueError) as error:
            self.problem = str(error)

    def _rotate(self, descriptor: int) -> None:
        """Rename the files upward under a lock, unless another process did so while we waited for it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if self._is_current(descriptor):
            for number in range(self.backupCount - 1, 0, -1):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self.baseFilename}.{number}").replace(f"{self.baseFilename}.{number + 1}")
            Path(self.baseFilename).replace(f"{self.baseFilename}.1")
        self._reopen()  # closing is what releases the lock

    def _current(self) -> int:
        """Return the descriptor of the file that the path names now, opening it where needed."""
        if self.stream is not None and self._is_current(self.stream.fileno()):
            return self.stream.fileno()
        return self._reopen()

    def _reopen(self) -> int:
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        self.stream = self._open()
        return self.stream.fileno()

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), Path(self.baseFilename).stat())
        except FileNotFoundError:
            return False
