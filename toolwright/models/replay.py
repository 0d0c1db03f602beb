"""A transcript goes in; out comes a model that gives its replies again, by stage and subject."""

import difflib
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from toolwright.errors import TranscriptError
from toolwright.models.endpoint import OnProgress, ignore_progress
from toolwright.models.transcripts import Transcript
from toolwright.types import Prompt, Reply

_PARTS = 20


class ReplayModel:
    """Answers each question with the next recorded reply to the same stage and subject, each once."""

    def __init__(
        self,
        transcript: Transcript,
        name: str = "",
        on_progress: OnProgress = ignore_progress,
        *,
        pause_s: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`name` "" means `replay:FILE`; `pause_s` is waited between the parts of each reply."""
        self._transcript = transcript
        self._name = name or f"replay:{Path(transcript.path).name}"
        self._show = _Typing(on_progress, pause_s, sleep)
        self._waiting: dict[tuple[str, str], deque[Reply]] = {}
        for exchange in transcript.exchanges:
            self._waiting.setdefault((exchange.stage, exchange.subject), deque()).append(exchange.reply)

    @property
    def name(self) -> str:
        """`replay:FILE`, unless it was given another."""
        return self._name

    def complete(self, prompt: Prompt) -> Reply:
        """Return the next reply that was recorded for the prompt's stage and subject.

        Raises:
            TranscriptError: there is none (any more); the message names stage, subject and file.
        """
        replies = self._waiting.get((prompt.stage, prompt.subject))
        if not replies:
            raise self._missing(prompt, known=replies is not None)
        reply = replies.popleft()
        self._show(reply)
        return reply

    def _missing(self, prompt: Prompt, *, known: bool) -> TranscriptError:
        more = "no further reply" if known else "no reply"
        message = f"the transcript {self._transcript.path!r} has {more} for {prompt.stage} {prompt.subject!r}"
        return TranscriptError(message, hint=self._hint(prompt))

    def _hint(self, prompt: Prompt) -> str:
        left = [
            subject
            for (stage, subject), replies in self._waiting.items()
            if stage == prompt.stage and replies
        ]
        if left:
            nearest = difflib.get_close_matches(prompt.subject, left, n=len(left), cutoff=0.0)
            return f"for {prompt.stage} it still has: {', '.join(map(repr, nearest[:5]))}"
        goal = f" {self._transcript.goal!r}" if self._transcript.goal else ""
        return f"it does not fit this goal: give the goal it was recorded for{goal}, or leave out --replay"


class _Typing:
    """Tells a listener about a reply as if it came in parts, thought first."""

    def __init__(self, on_progress: OnProgress, pause_s: float, sleep: Callable[[float], None]) -> None:
        self._on_progress = on_progress
        self._pause_s = pause_s
        self._sleep = sleep

    def __call__(self, reply: Reply) -> None:
        thought, text = len(reply.reasoning), len(reply.text)
        for part in range(1, _PARTS + 1):
            chars = (thought + text) * part // _PARTS
            self._on_progress(min(chars, thought), max(0, chars - thought))
            if self._pause_s > 0:
                self._sleep(self._pause_s)
