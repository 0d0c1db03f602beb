"""The screen of a run: events go in, their story comes out on stderr, with signs of life in between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self, TextIO

from toolwright.events import (
    Event,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    ModelRetried,
    Notice,
    PhaseStarted,
    RunFinished,
    RunStarted,
    StepStarted,
)
from toolwright.screen.display import Display
from toolwright.screen.phases import doing, phase_of
from toolwright.screen.story import Story
from toolwright.screen.waiting import ASCII_FRAMES, FRAMES, Pulse, Waiting
from toolwright.screen.words import one_line, visible
from toolwright.settings import Terminal

if TYPE_CHECKING:
    from rich.text import Text

LIVE_PERIOD_S: Final = 0.1
PLAIN_PERIOD_S: Final = 0.2
FIRST_WORD_S: Final = 0.7
"""A stream without redraws is told what is waited for after so long, then once every `heartbeat_s`."""


class Screen:
    """A listener that tells a person what happens; `verbosity` is -1 (errors only), 0 or 1.

    A context manager: on leaving, however that happens, the live line is gone and its thread too.
    """

    def __init__(
        self,
        verbosity: int = 0,
        stream: TextIO | None = None,
        terminal: Terminal | None = None,
        *,
        heartbeat_s: float = 10.0,
        words: Callable[[str], str] = str,
    ) -> None:
        """`words` is that of the display."""
        self.display = Display(stream, terminal, words)
        self._verbosity = verbosity
        self._heartbeat_s = heartbeat_s
        self._lock = threading.RLock()
        self._pulse = Pulse(self._beat, LIVE_PERIOD_S if self.display.live else PLAIN_PERIOD_S)
        self._story = Story(self.display, wordy=verbosity > 0)
        self._waiting: Waiting | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if self._verbosity < 0:
            return
        with self._lock:
            if not isinstance(event, ModelProgress):
                self._story.tell(event)
            self._follow(event)
        if isinstance(event, RunFinished):
            self.close()
        elif self._waiting is not None:
            self._pulse.start()

    def close(self) -> None:
        """Stop the signs of life and clear the live line; may be called twice."""
        with self._lock:
            self._waiting = None
        self._pulse.stop()
        self.display.erase()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep quiet while somebody is asked something."""
        with self._lock:
            kept, self._waiting = self._waiting, None
            self.display.erase()
        try:
            yield
        finally:
            with self._lock:
                self._waiting = kept
                if kept is not None:
                    kept.since = time.monotonic()

    def _follow(self, event: Event) -> None:
        """Keep in mind what is waited for after this event."""
        waiting = self._waiting
        match event:
            case Notice():
                pass
            case RunStarted():
                self._wait("starting")
            case PhaseStarted():
                self._wait(doing(event))
            case StepStarted():
                self._wait(f"running step {event.step}, {one_line(event.tool, 60)}")
            case ModelAsked():
                label = waiting.label if waiting else phase_of(event.stage).doing
                self._waiting = Waiting(label, time.monotonic(), model=one_line(event.model))
            case ModelProgress() | ModelRetried():
                if waiting is not None:
                    self._hear(waiting, event)
            case ModelAnswered():
                self._wait(waiting.label if waiting else phase_of(event.stage).doing)
            case _:
                self._wait("going on")

    def _hear(self, waiting: Waiting, event: ModelProgress | ModelRetried) -> None:
        now = time.monotonic()
        if isinstance(event, ModelProgress):
            waiting.heard, waiting.retry = now, ""
            waiting.thought_chars, waiting.text_chars = event.thought_chars, event.text_chars
        else:
            waiting.retry, waiting.retry_at = event.reason, now + event.wait_s
            waiting.heard = waiting.thought_chars = waiting.text_chars = 0

    def _wait(self, label: str) -> None:
        self._waiting = Waiting(label, time.monotonic())

    def _beat(self) -> None:
        """Show the live line, or say every now and then that it is still waiting; runs on the timer."""
        with self._lock:
            waiting, now = self._waiting, time.monotonic()
            if waiting is None:
                return
            if self.display.live:
                self.display.draw(self._live_line(waiting, now))
                return
            due = waiting.said + self._heartbeat_s if waiting.said else waiting.since + FIRST_WORD_S
            if now >= due:
                waiting.said = now
                self.display.print(f"  ... {waiting.words(now)}")

    def _live_line(self, waiting: Waiting, now: float) -> "Text":
        from rich.text import Text

        frames = FRAMES if self.display.unicode else ASCII_FRAMES
        frame = frames[int(now / LIVE_PERIOD_S) % len(frames)]
        return Text.assemble(("  " + frame, "cyan"), " ", visible(waiting.words(now)))
