"""Replies go in, a model comes out that gives them in order: the double for tests, docs and experiments."""

from collections.abc import Callable, Sequence

from toolwright.errors import ModelError, TranscriptError
from toolwright.models.endpoint import OnProgress, ignore_progress
from toolwright.models.think import split_think
from toolwright.types import Prompt, Reply, Usage

_CHARS_PER_TOKEN = 4


class ScriptedModel:
    """Answers from a list, or from a function of the prompt; `prompts` keeps what it was asked.

    A `ModelError` in the list is raised when its turn comes. Tokens are estimated from the length.
    """

    def __init__(
        self,
        replies: Sequence[str | ModelError] | Callable[[Prompt], str],
        name: str = "scripted:model",
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        """A text may hold `<think>` blocks; they are split off as for a real model."""
        self._replies = replies
        self._name = name
        self._on_progress = on_progress
        self.prompts: list[Prompt] = []

    @property
    def name(self) -> str:
        """`scripted:model`, unless it was given another."""
        return self._name

    def complete(self, prompt: Prompt) -> Reply:
        """Return the next reply.

        Raises:
            ModelError: the script says so.
            TranscriptError: the script is at its end.
        """
        self.prompts.append(prompt)
        text, reasoning = split_think(self._next(prompt))
        self._on_progress(len(reasoning), len(text))
        output = (len(text) + len(reasoning)) // _CHARS_PER_TOKEN
        usage = Usage(1, len(prompt.text) // _CHARS_PER_TOKEN, output)
        return Reply(text, reasoning, usage=usage, model=self._name)

    def _next(self, prompt: Prompt) -> str:
        if callable(self._replies):
            return self._replies(prompt)
        number = len(self.prompts)
        if number > len(self._replies):
            asked = f"{prompt.stage} {prompt.subject!r}"
            raise TranscriptError(
                f"the script holds {len(self._replies)} replies; {asked} wants number {number}"
            )
        reply = self._replies[number - 1]
        if isinstance(reply, ModelError):
            raise reply
        return reply
