"""What a run waits for right now: events put it in, the words of the live line come out."""

import threading
from collections.abc import Callable
from typing import Final

from toolwright.records import dataclass
from toolwright.screen.words import count, duration, joined, one_line

CHARS_PER_TOKEN: Final = 4
"""A rule of thumb for code and English; the server's own count replaces it when the answer is there."""
QUIET_S: Final = 5.0
"""After so long without data it is said."""
FRAMES: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
ASCII_FRAMES: Final = "|/-\\"


@dataclass(slots=True)
class Waiting:
    """One thing that takes time. Clock values are `time.monotonic()`; `model` is "" when none is asked."""

    label: str
    since: float
    model: str = ""
    heard: float = 0.0
    thought_chars: int = 0
    text_chars: int = 0
    retry: str = ""
    retry_at: float = 0.0
    said: float = 0.0
    """When a stream without redraws last said so; 0 when it has not yet."""

    def words(self, now: float) -> str:
        """Return what is waited for, how long, and since when no data; the most needed words first."""
        elapsed = duration(now - self.since)
        if self.retry:
            left = max(0.0, self.retry_at - now)
            again = f"again in {duration(left)}" if left else "trying again"
            return joined(self.label, elapsed, again, one_line(self.retry, 120))
        if not self.model:
            return joined(self.label, elapsed)
        quiet = now - (self.heard or self.since)
        no_data = f"no data for {quiet:.0f} s" if quiet > QUIET_S else ""
        return joined(self.label, elapsed, no_data, self._progress(), self.model)

    def _progress(self) -> str:
        tokens = (self.thought_chars + self.text_chars) // CHARS_PER_TOKEN
        if not tokens:
            return "waiting for the first word" if not self.heard else ""
        return f"{'writing' if self.text_chars else 'thinking'}, ~{count(tokens, 'token')}"


class Pulse:
    """Calls `beat` every `period_s` seconds on a thread of its own until it is stopped."""

    def __init__(self, beat: Callable[[], None], period_s: float) -> None:
        self._beat = beat
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat, unless it does already."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="toolwright-screen", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the last beat."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._period_s):
            self._beat()
