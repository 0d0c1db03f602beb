"""Producers of pieces go in, one complete `Reply` comes out: clock, progress, a second try with more room.

Every backend that streams asks through this; it only has to know how its own server is spoken to.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from toolwright.errors import ModelError
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import Rules, foreign_errors, model_error, together_rules, translate
from toolwright.models.pieces import Gathering, Piece
from toolwright.models.pump import Source, drain
from toolwright.types import Reply, Usage

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

    def answer(self, start: Start) -> Reply:
        """Return the answer; one that was cut off is asked for once more with twice the room.

        Raises:
            ModelError: there is no usable answer; its `tokens` say what that cost.
        """
        room = self.connection.max_tokens
        try:
            return self._ask(start, room)
        except ModelError as error:
            if error.kind != "truncated" or 0 < self.most_tokens <= room:
                raise
            return self._ask_again(start, room * 2, error)

    def _ask_again(self, start: Start, room: int, first: ModelError) -> Reply:
        try:
            reply = self._ask(start, room)
        except ModelError as second:
            if second.kind in {"context", "request"}:  # the server does not give that much room
                raise first from None
            second.tokens = (first.tokens[0] + second.tokens[0], first.tokens[1] + second.tokens[1])
            raise
        return replace(reply, usage=reply.usage + Usage(1, *first.tokens))

    def _ask(self, start: Start, room: int) -> Reply:
        began = self.clock()
        growing = Gathering()
        with closing(self.listen(lambda connected: start(room, connected))) as pieces:
            growing.gather(pieces, self.on_progress, room, self.at)
        return growing.reply(self.at, room, self.clock() - began)

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
