"""Ctrl-C while a line runs -> one KeyboardInterrupt; the next ones do not disturb the tidying up."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Final

PATIENCE_S: Final = 2.0


class Interrupts:
    """Stands between Ctrl-C and a prompt: it is heard inside of `heard` only, and lost everywhere else."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        """`patience_s` is how long what was interrupted may take to end before a further Ctrl-C counts."""
        self._patience_s = patience_s
        self._hears = False
        self._last = 0.0

    @contextlib.contextmanager
    def kept_away(self) -> Iterator[None]:
        """Take Ctrl-C over until the end; in another thread than the main one nothing is changed."""
        if threading.current_thread() is not threading.main_thread():  # which alone hears signals
            yield
            return
        before = signal.signal(signal.SIGINT, self._came)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Let Ctrl-C raise KeyboardInterrupt: once, and again when that did not end it in time."""
        self._last = -self._patience_s
        self._hears = True
        try:
            yield
        finally:
            self._hears = False

    def _came(self, _number: int, _frame: object) -> None:
        now = time.monotonic()
        if self._hears and now - self._last > self._patience_s:
            self._last = now
            raise KeyboardInterrupt
