"""What goes over the wire between a model's server and its clients, per protocol, for `ScriptedServer`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar


class Wire:
    """The chat-completions protocol: server-sent events, one JSON object each."""

    path = "/v1/chat/completions"
    models_path = "/v1/models"
    content_type = "text/event-stream"
    chats = True
    drips: ClassVar[Mapping[str, bytes]] = {}

    def frame(self, event: bytes) -> bytes:
        """Return an event as it is sent."""
        return b"data: " + event + b"\n\n"

    def refusal(self, body: bytes) -> bytes:
        """Return the body of a refusal in this protocol; it comes in that of chat completions."""
        return body

    def failure(self, body: bytes) -> bytes:
        """Return the event that reports a failure in mid-answer; it comes as for `refusal`."""
        return self.refusal(body)

    def listing(self, names: Sequence[str]) -> Any:
        """Return the list of models."""
        return [{"id": name, "type": "chat"} for name in names]

    def stream(self, model: str, thought: str, pieces: Sequence[str], finish: str) -> Iterator[bytes]:
        """Yield a whole answer."""
        raise NotImplementedError


class CompatibleWire(Wire):
    """Chat completions under another prefix, as at Groq."""

    def __init__(self, prefix: str) -> None:
        self.path = f"{prefix}/v1/chat/completions"
        self.models_path = f"{prefix}/v1/models"


class OllamaWire(Wire):
    """Ollama's own protocol: one JSON object a line, the last with `done` and the counts."""

    path = "/api/chat"
    models_path = "/api/tags"
    content_type = "application/x-ndjson"
    chats = False

    def __init__(self) -> None:
        self.drips = {
            "s_dribble": self.frame(self._line("m", {"role": "assistant", "content": "."})),
            "s_comments": b"\n",
            "s_halfline": b"{",
        }

    def frame(self, event: bytes) -> bytes:
        """One line."""
        return event + b"\n"

    def refusal(self, body: bytes) -> bytes:
        """`{"error": "text"}`."""
        error = json.loads(body)
        known = isinstance(error, dict) and "error" in error
        return json.dumps({"error": error["error"]["message"]}).encode() if known else body

    def listing(self, names: Sequence[str]) -> Any:
        """What `ollama list` shows."""
        return {"models": [{"name": name, "model": name, "size": 1} for name in names]}

    def stream(self, model: str, thought: str, pieces: Sequence[str], finish: str) -> Iterator[bytes]:
        """Thoughts in `thinking`, then text, then the end."""
        if thought:
            yield self.frame(self._line(model, {"role": "assistant", "content": "", "thinking": thought}))
        for piece in pieces:
            yield self.frame(self._line(model, {"role": "assistant", "content": piece}))
        counts = {"prompt_eval_count": 12, "eval_count": 34, "total_duration": 10, "load_duration": 1}
        last = {"done": True, "done_reason": finish, **counts}
        yield self.frame(self._line(model, {"role": "assistant", "content": ""}, **last))

    @staticmethod
    def _line(model: str, message: Any, **more: Any) -> bytes:
        line = {"model": model, "created_at": "2026-11-21T12:00:00Z", "message": message, "done": False}
        return json.dumps(line | more).encode()


class AnthropicWire(Wire):
    """Anthropic's messages: server-sent events that name their type."""

    path = "/v1/messages"
    models_path = "/v1/models"
    chats = False
    stops: ClassVar = {
        "stop": "end_turn",
        "length": "max_tokens",
        "content_filter": "refusal",
        "eos": "stop_sequence",
    }

    def __init__(self) -> None:
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "."}}
        self.drips = {
            "s_dribble": self._event(delta),
            "s_comments": b'event: ping\ndata: {"type": "ping"}\n\n',
        }

    def frame(self, event: bytes) -> bytes:
        """The type stands in a line of its own, too."""
        try:
            kind = json.loads(event)["type"].encode()
        except (ValueError, TypeError, KeyError, AttributeError):
            kind = b"content_block_delta"
        return b"event: " + kind + b"\ndata: " + event + b"\n\n"

    def refusal(self, body: bytes) -> bytes:
        """`{"type": "error", "error": {"type", "message"}}`."""
        error = json.loads(body)
        if not isinstance(error, dict) or "error" not in error:
            return body
        said = {"type": error["error"]["type"], "message": error["error"]["message"]}
        return json.dumps({"type": "error", "error": said, "request_id": "req_1"}).encode()

    def listing(self, names: Sequence[str]) -> Any:
        """One page of models."""
        data = [
            {"id": n, "type": "model", "display_name": n, "created_at": "2026-01-01T00:00:00Z"} for n in names
        ]
        return {"data": data, "has_more": False, "first_id": None, "last_id": None}

    def stream(self, model: str, thought: str, pieces: Sequence[str], finish: str) -> Iterator[bytes]:
        """A thinking block, a text block, the end with its reason and the counts."""
        usage = {"input_tokens": 12, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
        message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
        yield self._event({"type": "message_start", "message": message})
        if thought:
            yield from self._block(0, "thinking", [thought])
        yield from self._block(1, "text", pieces)
        delta = {"stop_reason": self.stops.get(finish, finish), "stop_sequence": None}
        yield self._event({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 34}})
        yield self._event({"type": "message_stop"})

    def _block(self, index: int, kind: str, pieces: Sequence[str]) -> Iterator[bytes]:
        block = {"type": kind, kind: ""} | ({"signature": ""} if kind == "thinking" else {})
        yield self._event({"type": "content_block_start", "index": index, "content_block": block})
        for piece in pieces:
            delta = {"type": f"{kind}_delta", kind: piece}
            yield self._event({"type": "content_block_delta", "index": index, "delta": delta})
        yield self._event({"type": "content_block_stop", "index": index})

    def _event(self, event: Any) -> bytes:
        return self.frame(json.dumps(event).encode())


CHAT = Wire()
OLLAMA = OllamaWire()
ANTHROPIC = AnthropicWire()
