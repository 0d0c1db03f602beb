"""A prompt goes in, the answer of a model behind Ollama comes out, over Ollama's own `/api/chat`.

Its other door, `/v1`, knows no `num_ctx`: there a prompt longer than the default context is cut in silence.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from toolwright.models.address import base_of, checked_key, host_of
from toolwright.models.asking import Asking, OnConnected
from toolwright.models.endpoint import Connection, Endpoint, OnProgress, ignore_progress
from toolwright.models.faults import broke_off, http_rules, model_error
from toolwright.models.fields import count, part, text
from toolwright.models.lines import Exchange, read_body, stream_lines
from toolwright.models.pieces import Piece
from toolwright.models.pump import Source
from toolwright.types import Json, Prompt, Reply

SERVER: Final = "ollama"
KEY_VARIABLE: Final = "OLLAMA_API_KEY"
BASE: Final = "http://127.0.0.1:11434"
_BYTES_PER_TOKEN: Final = 2.5  # code and JSON take about 3; too long a context costs memory, too short words
_SMALLEST_CONTEXT: Final = 8192
_PAGES: Final = ("html", "text/plain")
_HINTS: Final = {
    "network": "start it with `ollama serve`, or set OLLAMA_HOST to where it runs",
    "model": "ollama pull {model}",
    "server": "see what `ollama ps` and the log of `ollama serve` say, or choose a smaller model",
    "protocol": "check that an Ollama of this year runs at {host}: `ollama --version`",
    "context": "choose a model with a longer context, or ask for less at once",
}


class OllamaModel:
    """One model of an Ollama server; every call is a request of its own."""

    def __init__(
        self,
        model: str,
        connection: Connection,
        on_progress: OnProgress = ignore_progress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check the address; no connection is made. A key is only for a server behind a login.

        Raises:
            ModelError: `setup`, the address or the key cannot be used.
        """
        key = checked_key(connection.key, SERVER, KEY_VARIABLE) if connection.key.strip() else ""
        self._base = base_of(connection.base_url) or BASE
        at = Endpoint(SERVER, model, host_of(self._base), KEY_VARIABLE, key, connection.idle_s, hints=_HINTS)
        self._asking = Asking(at, connection, on_progress, clock, http_rules)

    @property
    def name(self) -> str:
        """`ollama:NAME`."""
        return self._asking.at.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt; the schema of its JSON is sent, unless the model was told to think.

        Raises:
            ModelError: there is no usable answer. Only a truncated one was asked for again.
        """
        return self._asking.answer(prompt, lambda room, connected: self._streaming(prompt, room, connected))

    def list_models(self) -> tuple[str, ...]:
        """Return the names of the models that were pulled, sorted.

        Raises:
            ModelError: the server gave no usable answer.
        """
        at = self._asking.at
        exchange = self._exchange("GET", "/api/tags", None)
        for body in self._asking.listen(lambda connected: read_body(exchange, connected)):
            models = body.get("models") if isinstance(body, dict) else None
            if isinstance(models, list):
                names = {text(entry, "name") for entry in models if isinstance(entry, dict)}
                return tuple(sorted(names - {""}))
        raise model_error("protocol", f"{at.host} does not say which models it has", at)

    def _streaming(self, prompt: Prompt, room: int, connected: OnConnected) -> Source[Piece]:
        exchange = self._exchange("POST", "/api/chat", self._request(prompt, room))
        return stream_lines(exchange, connected, lambda line: read_line(line, self._asking.at))

    def _request(self, prompt: Prompt, room: int) -> dict[str, Json]:
        connection = self._asking.connection
        options: dict[str, Json] = {"num_ctx": context_for(prompt.text, room), "num_predict": room}
        sampling = {"temperature": connection.temperature, "top_p": connection.top_p}
        options |= {name: value for name, value in sampling.items() if value is not None}
        body: dict[str, Json] = {
            "model": self._asking.at.model,
            "messages": [{"role": "user", "content": prompt.text}],
            "stream": True,
            "truncate": False,  # better an error than an answer to half a question
            "options": options,
        }
        think = connection.think
        if prompt.schema is not None and not think:  # the grammar of a schema leaves no room for thoughts
            return body | {"format": dict(prompt.schema), "think": False}
        return body if think is None else body | {"think": think}

    def _exchange(self, method: str, path: str, body: Json) -> Exchange:
        asking = self._asking
        key = asking.at.key
        headers: Mapping[str, str] = {"Authorization": f"Bearer {key}"} if key else {}
        return Exchange(asking.at, asking.connection, method, self._base, path, headers, body, _PAGES)


def context_for(prompt: str, room: int) -> int:
    """Return how many tokens of context a prompt and `room` for its answer need, in few different sizes.

    Ollama loads a model anew whenever this number changes, so it grows by doubling.
    """
    needed = len(prompt.encode("utf-8", "replace")) / _BYTES_PER_TOKEN + room
    context = _SMALLEST_CONTEXT
    while context < needed:
        context *= 2
    return context


def read_line(line: str, at: Endpoint) -> Iterator[Piece]:
    """Yield what one line of the stream, a JSON object, holds.

    Raises:
        ModelError: the line reports a failure.
        ValueError: it is not JSON.
    """
    if not line.strip():
        return
    event = json.loads(line)
    if not isinstance(event, dict):
        return
    if event.get("error"):
        raise broke_off(event, at)
    message = part(event, "message")
    done = event.get("done") is True
    yield Piece(
        thought=text(message, "thinking"),
        text=text(message, "content"),
        finish=(text(event, "done_reason") or "stop") if done else "",
        tokens=(count(event, "prompt_eval_count"), count(event, "eval_count")) if done else None,
    )
