"""The recorded replies of a run -> a model that gives them again, noting what is asked otherwise now."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from toolwright.models.replay import ReplayModel
from toolwright.models.transcripts import Exchange, Transcript
from toolwright.types import Prompt, Reply


class ReplayedRun:
    """Answers by stage and subject, and counts what a model would be asked in other words now."""

    def __init__(
        self, run: str, goal: str, exchanges: Sequence[Exchange], redact: Callable[[str], str]
    ) -> None:
        """`redact` masks in a prompt of now what was masked in the recorded one."""
        self._inner = ReplayModel(Transcript(f"of run {run}", "", goal, tuple(exchanges)))
        self._redact = redact
        self._prompts: defaultdict[tuple[str, str], deque[str]] = defaultdict(deque)
        for each in exchanges:
            self._prompts[each.stage, each.subject].append(each.prompt)
        self.recorded = len(exchanges)
        self.used = 0
        self.reworded: list[str] = []
        """The stages of the prompts that are worded otherwise now, each as often as that is so."""

    @property
    def name(self) -> str:
        """As that of a replay."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> Reply:
        """Return the reply that was recorded.

        Raises:
            TranscriptError: there is none.
        """
        reply = self._inner.complete(prompt)
        self.used += 1
        then = self._prompts[prompt.stage, prompt.subject].popleft()
        if then != self._redact(prompt.text):
            self.reworded.append(prompt.stage)
        return reply
