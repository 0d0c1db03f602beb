"""Producers of pieces go in, one complete `Reply` comes out: clock, progress, a second try with more room.

Every backend that streams asks through this; it only has to know how its own server is spoken to.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeAlias, TypeVar

from toolwright.errors import BudgetError, ModelError
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import Rules, foreign_errors, model_error, together_rules, translate
from toolwright.models.pieces import Gathering, Piece
from toolwright.models.priced import UNBILLED
from toolwright.models.pump import Source, drain
from toolwright.records import dataclass, replace
from toolwright.types import Prompt, Reply, Usage

_FREE_UNTIL_SOMETHING_CAME = UNBILLED | {"network", "server"}

T = TypeVar("T")
OnConnected: TypeAlias = Callable[[], None]
Start: TypeAlias = Callable[[int, OnConnected], Source[Piece]]
"""Called with the tokens allowed and what to call once connected; returns where the pieces come from."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How one endpoint is asked: bounds, and who watches."""

    at: Endpoint
    connection: Connection
    on_progress: OnProgress = ignore_progress
    clock: Callable[[], float] = time.monotonic
    rules: Rules = together_rules
    most_tokens: int = 0
    """More than these are never asked for; 0 where only the server knows."""

    def answer(self, prompt: Prompt, start: Start) -> Reply:
        """Return the answer to a prompt; one that was cut off is asked for once more with twice the room.

        Raises:
            ModelError: there is no usable answer; its `tokens` say what that cost.
            BudgetError: a request could cost more than is left; it was not made.
        """
        room = self.connection.max_tokens
        try:
            return self._ask(prompt, start, room)
        except ModelError as error:
            if error.kind != "truncated" or 0 < self.most_tokens <= room:
                raise
            return self._ask_again(prompt, start, room * 2, error)

    def _ask_again(self, prompt: Prompt, start: Start, room: int, first: ModelError) -> Reply:
        ledger, begun = self.connection.ledger, False
        try:
            ledger.begin_call()
            begun = True
            reply = self._ask(prompt, start, room)
        except BudgetError as stopped:
            if begun:
                ledger.drop_call()
            stopped.tokens, stopped.calls = first.tokens, 1
            raise
        except ModelError as second:
            if second.kind != "truncated":  # it may be tried again, which is the same call
                ledger.drop_call()
            if second.kind in {"context", "request"}:  # the server does not give that much room
                raise first from None
            second.tokens = (first.tokens[0] + second.tokens[0], first.tokens[1] + second.tokens[1])
            second.calls = 2 if second.kind == "truncated" else 1
            raise
        return replace(reply, usage=reply.usage + Usage(1, *first.tokens))

    def _ask(self, prompt: Prompt, start: Start, room: int) -> Reply:
        """Ask once; what it can cost is set aside before, and what it did cost put in its place."""
        ledger, name = self.connection.ledger, self.at.name
        held = ledger.reserve(name, prompt, room)
        began = self.clock()
        growing = Gathering()
        try:
            with closing(self.listen(lambda connected: start(room, connected))) as pieces:
                growing.gather(pieces, self.on_progress, room, self.at)
            reply = growing.reply(self.at, room, self.clock() - began)
        except ModelError as error:
            came = growing.finish or growing.text_chars or growing.thought_chars
            if error.kind in (UNBILLED if came else _FREE_UNTIL_SOMETHING_CAME):
                ledger.release(held)
            else:
                ledger.settle(name, held, error.tokens)
            raise
        ledger.settle(name, held, (reply.usage.prompt_tokens, reply.usage.output_tokens))
        return reply

    def listen(self, start: Callable[[OnConnected], Source[T]]) -> Generator[T, None, None]:
        """Yield what the server sends, within the bounds of the connection, whatever the server does.

        Raises:
            ModelError: it could not be reached, was too slow, or failed.
        """
        connected = threading.Event()
        try:
            source = start(connected.set)
            began = self.clock()  # not before: loading an SDK for the first time takes a while

            def seconds_left() -> float:
                bound = self.connection.deadline_s if connected.is_set() else self._connect_s
                return began + bound - self.clock()

            yield from drain(source, seconds_left)
        except TimeoutError:
            raise (self._unfinished() if connected.is_set() else self._unconnected()) from None
        except ModelError:  # perhaps that there is no SDK, whose errors the next line names
            raise
        except foreign_errors(self.rules) as error:
            raise translate(error, self.at, self.rules) from None

    def _unfinished(self) -> ModelError:
        message = f"{self.at.name} had not finished its answer after {self.connection.deadline_s:g} s"
        return model_error("timeout", message, self.at)

    @property
    def _connect_s(self) -> float:
        return min(self.connection.connect_s, self.connection.deadline_s)

    def _unconnected(self) -> ModelError:
        message = f"there was no connection to {self.at.host} within {self._connect_s:g} s"
        return model_error("network", message, self.at)
