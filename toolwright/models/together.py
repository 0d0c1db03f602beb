"""A prompt goes in, the answer of a model behind Together comes out, streamed through Together's own SDK."""

import time
from collections.abc import Callable
from typing import Final

from toolwright.models.address import base_of, checked_key, host_of
from toolwright.models.asking import Asking, OnConnected
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import model_error
from toolwright.models.line import Line
from toolwright.models.pieces import Piece
from toolwright.models.pump import Put, Source
from toolwright.models.wire import model_names, open_client, stream_answer
from toolwright.types import Json, Prompt, Reply

KEY_VARIABLE: Final = "TOGETHER_API_KEY"
_HOST: Final = "api.together.ai"


class TogetherModel:
    """One model of Together, asked as the makers of DeepSeek R1 advise: no system prompt, temperature 0.6.

    Every call has a client of its own: there is nothing to close, and nothing that grows stale meanwhile.
    """

    def __init__(
        self,
        model: str,
        connection: Connection,
        on_progress: OnProgress = ignore_progress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check key and address; no connection is made.

        Raises:
            ModelError: `setup`, the key or the base URL is missing or cannot be used.
        """
        key = checked_key(connection.key, "together", KEY_VARIABLE)
        self._base_url = base_of(connection.base_url)
        host = host_of(self._base_url) or _HOST
        at = Endpoint("together", model, host, KEY_VARIABLE, key, connection.idle_s)
        self._asking = Asking(at, connection, on_progress, clock)

    @property
    def name(self) -> str:
        """`together:NAME`."""
        return self._asking.at.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt.

        `prompt.schema` is not sent: constrained output forbids the thoughts that reasoning models live by.

        Raises:
            ModelError: there is no usable answer. Only a truncated one was asked for again.
        """
        return self._asking.answer(
            prompt, lambda room, connected: self._streaming(prompt.text, room, connected)
        )

    def list_models(self) -> tuple[str, ...]:
        """Return the names of the chat models that the server offers to this account, sorted.

        Raises:
            ModelError: the server gave no usable answer.
        """
        at = self._asking.at
        for body in self._asking.listen(self._listing):
            if (names := model_names(body)) is not None:
                return names
        raise model_error("protocol", f"{at.host} does not say which models it offers", at)

    def _streaming(self, text: str, room: int, connected: OnConnected) -> Source[Piece]:
        asking = self._asking
        line = Line(connected)
        client = open_client(asking.at, self._base_url, asking.connection, line)
        request = {
            "model": asking.at.model,
            "messages": [{"role": "user", "content": text}],
            "max_tokens": room,
            "temperature": asking.connection.temperature,
            "top_p": asking.connection.top_p,
        }
        return Source(lambda put: stream_answer(client, request, asking.at, put), line.cut)

    def _listing(self, connected: OnConnected) -> Source[Json]:
        line = Line(connected)
        client = open_client(self._asking.at, self._base_url, self._asking.connection, line)

        def produce(put: Put[Json]) -> None:
            with client:
                # The SDK's own `models.list` asks for the models of a project, not for what is on offer.
                put(client.get("/v1/models", cast_to=object))

        return Source(produce, line.cut)
