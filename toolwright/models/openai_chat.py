"""A prompt goes in, an answer comes out: the one client for servers of the OpenAI chat-completions protocol.

OpenAI itself, Groq, and any base URL: vLLM, llama-server, OpenRouter and others.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from toolwright.errors import ModelError
from toolwright.models.address import base_of, checked_key, host_of
from toolwright.models.asking import Asking, OnConnected
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import broke_off, http_rules, model_error
from toolwright.models.fields import count, part, text
from toolwright.models.lines import Exchange, read_body, stream_lines
from toolwright.models.pieces import Piece
from toolwright.models.pump import Source
from toolwright.models.wire import model_names
from toolwright.records import dataclass
from toolwright.types import Json, Prompt, Reply

_DONE: Final = "[DONE]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the servers of this protocol; `base` "" means that the user must name one."""

    server: str
    base: str
    key_variable: str
    base_variable: str
    needs_key: bool = True
    room: str = "max_tokens"
    """What the server calls the bound of an answer."""


OPENAI: Final = Dialect(
    "openai",
    "https://api.openai.com",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    room="max_completion_tokens",
)
GROQ: Final = Dialect(
    "groq",
    "https://api.groq.com/openai",
    "GROQ_API_KEY",
    "GROQ_BASE_URL",
    room="max_completion_tokens",
)
COMPATIBLE: Final = Dialect(
    "openai-compatible",
    "",
    "OPENAI_COMPATIBLE_API_KEY",
    "OPENAI_COMPATIBLE_BASE_URL",
    needs_key=False,
)


DIALECTS: Final = {dialect.server: dialect for dialect in (OPENAI, GROQ, COMPATIBLE)}


class ChatModel:
    """One model behind a server that speaks chat completions; every call is a request of its own."""

    def __init__(
        self,
        dialect: Dialect,
        model: str,
        connection: Connection,
        on_progress: OnProgress = ignore_progress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check key and address; no connection is made.

        Raises:
            ModelError: `setup`, the key or the base URL is missing or cannot be used.
        """
        wanted = dialect.needs_key or connection.key.strip()
        key = checked_key(connection.key, dialect.server, dialect.key_variable) if wanted else ""
        self._base = base_of(connection.base_url) or dialect.base
        if not self._base:
            raise ModelError(
                "setup",
                f"{dialect.server} needs the address of a server",
                hint=f"set {dialect.base_variable}, such as http://127.0.0.1:8000/v1",
            )
        at = Endpoint(
            dialect.server,
            model,
            host_of(self._base),
            dialect.key_variable,
            key,
            connection.idle_s,
        )
        self._dialect = dialect
        self._asking = Asking(at, connection, on_progress, clock, http_rules)

    @property
    def name(self) -> str:
        """`SERVER:NAME`."""
        return self._asking.at.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt.

        `prompt.schema` is not sent: many servers of this protocol refuse it, and it forbids thoughts.

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
        exchange = self._exchange("GET", "/v1/models", None)
        for body in self._asking.listen(lambda connected: read_body(exchange, connected)):
            if (names := model_names(body)) is not None:
                return names
        raise model_error("protocol", f"{at.host} does not say which models it offers", at)

    def _streaming(self, text: str, room: int, connected: OnConnected) -> Source[Piece]:
        connection = self._asking.connection
        body: dict[str, Json] = {
            "model": self._asking.at.model,
            "messages": [{"role": "user", "content": text}],
            self._dialect.room: room,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        sampling = {"temperature": connection.temperature, "top_p": connection.top_p}
        body |= {name: value for name, value in sampling.items() if value is not None}
        exchange = self._exchange("POST", "/v1/chat/completions", body)
        return stream_lines(exchange, connected, lambda line: read_line(line, self._asking.at))

    def _exchange(self, method: str, path: str, body: Json) -> Exchange:
        asking = self._asking
        key = asking.at.key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return Exchange(asking.at, asking.connection, method, self._base, path, headers, body)


def read_line(line: str, at: Endpoint) -> Iterator[Piece]:
    """Yield what one line of the event stream holds; comments and other fields hold nothing.

    Raises:
        ModelError: the line reports a failure.
        ValueError: the data are not JSON.
    """
    field, _, value = line.partition(":")
    value = value.strip()
    if field not in {"data", "error"} or not value or value == _DONE:
        return
    event = json.loads(value)
    if not isinstance(event, dict):
        return
    if event.get("error") or field == "error":
        raise broke_off(event, at)
    usage = event.get("usage")
    if isinstance(usage, dict):
        yield Piece(tokens=(count(usage, "prompt_tokens"), count(usage, "completion_tokens")))
    choices = event.get("choices")
    for choice in choices if isinstance(choices, list) else []:
        if isinstance(choice, dict):
            yield _piece(choice)


def _piece(choice: Mapping[str, Any]) -> Piece:
    delta = part(choice, "delta")
    return Piece(
        thought=text(delta, "reasoning") or text(delta, "reasoning_content"),
        text=text(delta, "content"),
        finish=text(choice, "finish_reason"),
    )
