"""A model and a transcript go in, a model comes out that writes down every exchange."""

from toolwright.models.transcripts import Exchange, TranscriptWriter
from toolwright.protocols import Model
from toolwright.types import Prompt, Reply


class RecordingModel:
    """Writes each exchange down as soon as it is complete, so that a killed run keeps what was paid for."""

    def __init__(self, inner: Model, writer: TranscriptWriter) -> None:
        """The writer bears with a place that cannot be written: recording never stops a run."""
        self._inner = inner
        self._writer = writer

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt as `inner` does, and write question and answer down.

        Raises:
            ModelError: as `inner` raises it; there is nothing to write then.
        """
        reply = self._inner.complete(prompt)
        self._writer.add(Exchange(prompt.stage, prompt.subject, prompt.text, reply))
        return reply
