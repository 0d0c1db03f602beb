"""A prompt goes in, the answer of a model of Anthropic comes out, streamed through its official SDK."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from toolwright.errors import ModelError
from toolwright.models.address import base_of, checked_key, direct_mounts, host_of
from toolwright.models.asking import Asking, OnConnected
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import Rule, model_error, sdk_rules, unanswered
from toolwright.models.line import Line, read_page
from toolwright.models.pieces import Piece
from toolwright.models.pump import Put, Source
from toolwright.models.wire import model_names
from toolwright.types import Json, Prompt, Reply, Schema

SERVER: Final = "anthropic"
KEY_VARIABLE: Final = "ANTHROPIC_API_KEY"
BASE: Final = "https://api.anthropic.com"
_FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
"""Stop reasons that mean what others call otherwise; `refusal` is known by its own name."""


class AnthropicModel:
    """One model of Anthropic; every call has a client of its own."""

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
        key = checked_key(connection.key, SERVER, KEY_VARIABLE)
        self._base = base_of(connection.base_url) or BASE
        at = Endpoint(SERVER, model, host_of(self._base), KEY_VARIABLE, key, connection.idle_s)
        self._asking = Asking(at, connection, on_progress, clock, rules)

    @property
    def name(self) -> str:
        """`anthropic:NAME`."""
        return self._asking.at.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt; where JSON is wanted, its schema is sent as `output_config`.

        Raises:
            ModelError: there is no usable answer. Only a truncated one was asked for again.
        """
        return self._asking.answer(prompt, lambda room, connected: self._streaming(prompt, room, connected))

    def list_models(self) -> tuple[str, ...]:
        """Return the names of the models that Anthropic offers to this account, sorted.

        Raises:
            ModelError: the server gave no usable answer.
        """
        at = self._asking.at
        for body in self._asking.listen(self._listing):
            if (names := model_names(body)) is not None:
                return names
        raise model_error("protocol", f"{at.host} does not say which models it offers", at)

    def _streaming(self, prompt: Prompt, room: int, connected: OnConnected) -> Source[Piece]:
        at, line = self._asking.at, Line(connected)
        client = self._client(line)
        request = self._request(prompt, room)

        def produce(put: Put[Piece]) -> None:
            with client, client.messages.create(**request, stream=True) as stream:
                content_type = stream.response.headers.get("content-type", "")
                if "json" in content_type or "html" in content_type:
                    raise unanswered(content_type, read_page(stream.response), at)
                reading = _Reading()
                for event in stream:
                    for piece in reading.pieces(event):
                        put(piece)

        return Source(produce, line.cut)

    def _request(self, prompt: Prompt, room: int) -> dict[str, Any]:
        connection = self._asking.connection
        request: dict[str, Any] = {
            "model": self._asking.at.model,
            "max_tokens": room,
            "messages": [{"role": "user", "content": prompt.text}],
        }
        if connection.temperature is not None:  # together with top_p it would be refused
            request["extra_body"] = {"temperature": min(connection.temperature, 1.0)}
        elif connection.top_p is not None:
            request["extra_body"] = {"top_p": connection.top_p}
        if prompt.schema is not None and (schema := _strict(prompt.schema)):
            request["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        return request

    def _listing(self, connected: OnConnected) -> Source[Json]:
        line = Line(connected)
        client = self._client(line)

        def produce(put: Put[Json]) -> None:
            with client:
                put(client.get("/v1/models?limit=1000", cast_to=object))

        return Source(produce, line.cut)

    def _client(self, line: Line) -> Any:
        """Return an `anthropic.Anthropic` for one request, which neither retries nor follows redirections."""
        sdk, http = _packages()
        connection = self._asking.connection
        client = sdk.Anthropic(
            api_key=self._asking.at.key,
            base_url=self._base,
            max_retries=0,
            timeout=http.Timeout(connection.idle_s, connect=connection.connect_s),
            http_client=sdk.DefaultHttpxClient(
                event_hooks={"request": [line.watch]},
                follow_redirects=False,
                mounts=direct_mounts(self._base),
            ),
        )
        _ = client.messages  # loads its modules before any clock runs
        return client


class _Reading:
    """Reads the events of one stream; the counts of tokens come in two of them."""

    def __init__(self) -> None:
        self._prompt = self._output = 0

    def pieces(self, event: object) -> Iterator[Piece]:
        """Yield what an event holds; what has another shape than expected holds nothing."""
        kind = getattr(event, "type", "")
        delta = getattr(event, "delta", None)
        if kind == "message_start":
            yield self._counted(getattr(event, "message", None))
        elif kind == "content_block_delta":
            yield Piece(thought=_text(delta, "thinking"), text=_text(delta, "text"))
        elif kind == "message_delta":
            yield self._counted(event)
            reason = _text(delta, "stop_reason")
            yield Piece(finish=_FINISH.get(reason, reason))

    def _counted(self, holder: object) -> Piece:
        usage = getattr(holder, "usage", None)
        self._prompt = _count(usage, "input_tokens") or self._prompt
        self._output = _count(usage, "output_tokens") or self._output
        return Piece(tokens=(self._prompt, self._output))


def rules() -> tuple[Rule, ...]:
    """Return the rules for what the SDK raises, and the HTTP client below it."""
    sdk, http = _packages()
    return sdk_rules(sdk, sdk.AnthropicError, http)


def _packages() -> tuple[Any, Any]:
    """Return the SDK and the HTTP client that it is built on.

    Raises:
        ModelError: `setup`, the SDK is not installed.
    """
    try:
        import anthropic
    except ImportError as error:
        raise ModelError(
            "setup",
            f"the Python package {error.name or 'anthropic'!r} is not installed",
            hint="pip install 'toolwright[anthropic]'",
        ) from error
    import httpx2

    return anthropic, httpx2


def _strict(schema: Schema) -> dict[str, Any]:
    """Return a schema in the form that Anthropic takes, an empty one where it has none."""
    sdk, _ = _packages()
    try:
        strict: dict[str, Any] = sdk.transform_schema(dict(schema))
    except (ValueError, TypeError):
        return {}
    return strict


def _text(holder: object, field: str) -> str:
    value = getattr(holder, field, None)
    return value if isinstance(value, str) else ""


def _count(holder: object, field: str) -> int:
    value = getattr(holder, field, None)
    return value if isinstance(value, int) and value > 0 else 0
