"""The pieces of a streamed answer go in; one complete `Reply` comes out, or a `ModelError`."""

from collections.abc import Iterable
from typing import Final

from toolwright.errors import ModelError
from toolwright.models.endpoint import Endpoint, OnProgress
from toolwright.models.faults import model_error
from toolwright.models.think import split_think
from toolwright.records import dataclass, field
from toolwright.types import Reply, Usage

_CUT: Final = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_WITHHELD: Final = frozenset({"content_filter", "refusal", "safety"})
_CHARS_PER_TOKEN: Final = 64  # no tokenizer comes near it; a stream beyond it is not an answer


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of a stream brought; empty parts brought nothing. `tokens` is (prompt, output)."""

    thought: str = ""
    text: str = ""
    finish: str = ""
    tokens: tuple[int, int] | None = None


@dataclass(slots=True)
class Gathering:
    """An answer while it grows."""

    thought: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    finish: str = ""
    tokens: tuple[int, int] = (0, 0)
    thought_chars: int = 0
    text_chars: int = 0

    def add(self, piece: Piece) -> None:
        """Take in one piece."""
        self.thought.append(piece.thought)
        self.text.append(piece.text)
        self.thought_chars += len(piece.thought)
        self.text_chars += len(piece.text)
        self.finish = piece.finish or self.finish
        self.tokens = piece.tokens or self.tokens

    def gather(self, pieces: Iterable[Piece], on_progress: OnProgress, max_tokens: int, at: Endpoint) -> None:
        """Take in all `pieces`, telling `on_progress` about each that grew the answer.

        Raises:
            ModelError: `protocol`, the server sends far more than it was asked for.
        """
        for piece in pieces:
            self.add(piece)
            if piece.thought or piece.text:
                on_progress(self.thought_chars, self.text_chars)
            if self.thought_chars + self.text_chars > max_tokens * _CHARS_PER_TOKEN:
                raise model_error(
                    "protocol", f"{at.name} sends far more than the {max_tokens} tokens asked for", at
                )

    def reply(self, at: Endpoint, max_tokens: int, seconds: float) -> Reply:
        """Return the complete answer.

        Raises:
            ModelError: `protocol` (it just stopped), `truncated`, or `empty`; `tokens` says what it cost.
        """
        answer, reasoning = split_think("".join(self.text), "".join(self.thought))
        if fault := self._fault(answer, at, max_tokens):
            fault.tokens = self.tokens
            raise fault
        usage = Usage(1, *self.tokens, seconds)
        return Reply(answer, reasoning, self.finish, usage, at.name)

    def _fault(self, answer: str, at: Endpoint, max_tokens: int) -> ModelError | None:
        if not self.finish:
            return model_error(
                "protocol", f"the answer of {at.name} broke off without saying that it was finished", at
            )
        if self.finish in _CUT:
            where = "in the middle of its answer" if answer else "while it was still thinking"
            return model_error("truncated", f"{at.name} was cut off at {max_tokens} tokens, {where}", at)
        if self.finish in _WITHHELD:
            return model_error("empty", f"{at.name} withheld its answer (finish: {self.finish})", at)
        if not answer:
            return model_error("empty", f"{at.name} finished without an answer (finish: {self.finish})", at)
        return None
