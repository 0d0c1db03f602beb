"""A real HTTP server on 127.0.0.1 that speaks Together's wire format in tests, as scripted.

`ScriptedServer(reply=function)` computes each answer from the request body, so that a test can script a
whole goal. Without a `reply`, the model's name picks what happens: a fault of `STATUSES`, `BODIES` or
`BREAKS`, a shape of `SHAPES`, or a plain good answer. `NAME*2` fails twice and is well from then on.
"""

import itertools
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from wire_formats import CHAT, Wire

CODE = "def add(a, b):\n    return a + b\n"
ANSWER = f"```python\n{CODE}```"
THOUGHT = "The user wants add. A decoy:\n```python\nraise SystemExit\n```"
USAGE = {"prompt_tokens": 12, "completion_tokens": 34, "total_tokens": 46}
CHUNK = 7


def error_body(message: str, kind: str, code: str | None = None) -> bytes:
    """Return an error object as Together sends it."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return json.dumps({"id": "oX1", "error": error}).encode()


_RETIRED = error_body(
    "Unable to access non-serverless model. Please visit https://api.together.ai/models "
    "to create and start a new dedicated endpoint for the model.",
    "invalid_request_error",
    "model_not_available",
)
_RATE = error_body("Rate limited", "rate_limit")
_PAGE = b"<html>Cloudflare gateway</html>"

STATUSES: Mapping[str, tuple[int, bytes, Mapping[str, str]]] = {
    "400": (400, _RETIRED, {}),
    "400bad": (400, error_body("temperature must be a number", "invalid_request_error"), {}),
    "401": (401, error_body("Invalid API key provided", "invalid_request_error", "invalid_api_key"), {}),
    "402": (402, error_body("Credit limit exceeded", "credit_limit"), {}),
    "403": (403, error_body("inputs tokens + max_new_tokens must be <= 163840", "invalid_request_error"), {}),
    "403key": (403, error_body("This key may not do that", "forbidden"), {}),
    "404": (404, error_body("Unable to access model x", "invalid_request_error", "model_not_available"), {}),
    "408": (408, error_body("timeout", "timeout"), {}),
    "409": (409, error_body("conflict", "conflict"), {}),
    "413": (413, error_body("too big", "x"), {}),
    "418": (418, b"[1, 2]", {}),
    "422": (422, error_body("Input validation error", "invalid_request_error"), {}),
    "429": (429, _RATE, {}),
    "429ra": (429, _RATE, {"Retry-After": "2"}),
    "429ra90": (429, _RATE, {"Retry-After": "90"}),
    "429quota": (429, error_body("You exceeded your current quota", "insufficient_quota"), {}),
    "500": (500, error_body("Internal server error", "server_error"), {}),
    "503": (503, error_body("The server is overloaded", "overloaded"), {}),
    "504": (504, _PAGE, {}),
    "524": (524, _PAGE, {}),
    "529": (529, _PAGE, {}),
}
"""Refusals: status, body, further headers."""

BODIES: Mapping[str, tuple[str, bytes]] = {
    "html200": ("text/html", b"<html>maintenance</html>"),
    "badjson": ("application/json", b'{"id": "x", "choices": [{"mess'),
    "nullbody": ("application/json", b"null"),
    "nochoices": ("application/json", b'{"id": "x", "object": "chat.completion", "model": "m"}'),
    "emptychoices": ("application/json", b'{"id": "x", "choices": []}'),
    "err200": ("application/json", error_body("oops in a 200", "server_error")),
    "empty200": ("text/event-stream", b""),
}
"""Answers of status 200 that are no stream: content type, body."""


@dataclass(frozen=True)
class Shape:
    """How a streamed answer looks: content, thoughts in a field of their own, and how it ends.

    `events`, if given, are sent as they are instead, one JSON value each.
    """

    content: str | None = ANSWER
    reasoning: str = ""
    field: str = "reasoning"
    finish: str = "stop"
    events: Sequence[Any] | None = None


SHAPES: Mapping[str, Shape] = {
    "think": Shape(f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}"),
    "closeonly": Shape(f"{THOUGHT}\n</think>\n\n{ANSWER}"),
    "emptythink": Shape(f"<think>\n\n</think>\n\n{ANSWER}"),
    "reasoning": Shape(reasoning=THOUGHT),
    "reasoning_content": Shape(reasoning=THOUGHT, field="reasoning_content"),
    "eos": Shape(finish="eos"),
    "cutthink": Shape("<think>\nLet me think about this very long", finish="length"),
    "cutcode": Shape(f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER[:25]}", finish="length"),
    "emptylen": Shape("", THOUGHT, finish="length"),
    "nullcontent": Shape(None),
    "weird": Shape(finish="content_filter"),
    "onlythink": Shape("<think>\nhm\n</think>\n"),
}

BREAKS = frozenset(
    {
        "s_cut",
        "s_stall",
        "s_badjson",
        "s_badutf8",
        "s_error",
        "s_eof",
        "s_dribble",
        "s_comments",
        "s_halfline",
    }
)
"""What goes wrong in the middle of a stream."""


@dataclass(frozen=True)
class Fault:
    """What a `reply` function returns to let a request fail: one of the names above.

    With `says`, a refusal of `STATUSES` carries that message instead of its own.
    """

    name: str
    says: str = ""


@dataclass(frozen=True)
class Request:
    """A request as the server saw it."""

    path: str
    headers: Mapping[str, str]
    body: Any = None


class ScriptedServer:
    """`with ScriptedServer() as server:` serves at `server.url`; `server.requests` is what it saw."""

    def __init__(
        self,
        reply: Callable[[dict[str, Any]], "str | Shape | Fault"] | None = None,
        *,
        hang_s: float = 5.0,
        models: Any = None,
        wire: Wire = CHAT,
    ) -> None:
        """`hang_s` is how long silence lasts, `models` the JSON of GET /v1/models, `wire` the protocol."""
        self.reply = reply
        self.wire = wire
        self.hang_s = hang_s
        self.models = models if models is not None else wire.listing(["deepseek-ai/DeepSeek-R1"])
        self.requests: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.closing = threading.Event()
        self._http = _Http(self)

    @property
    def url(self) -> str:
        """The base URL, without /v1."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies of the chat requests, in order."""
        return [request.body for request in self.requests if request.body is not None]

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: ScriptedServer) -> None:
        self.script = script
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up in the middle are part of the game."""


@dataclass
class _Turn:
    """One chat request: what it is to be answered with."""

    model: str
    what: str = ""
    shape: Shape = field(default_factory=Shape)
    says: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        script = self.server.script
        script.requests.append(Request(self.path, dict(self.headers)))
        if self.path.partition("?")[0] != script.wire.models_path:
            self._send(404, error_body(f"Not found: {self.path}", "invalid_request_error"))
        else:
            self._send(200, json.dumps(script.models).encode())

    def do_POST(self) -> None:
        script = self.server.script
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        script.requests.append(Request(self.path, dict(self.headers), body))
        if self.path.partition("?")[0] != script.wire.path:
            self._send(404, error_body(f"Not found: {self.path}", "invalid_request_error"))
        else:
            self._answer(self._turn(body))

    def _turn(self, body: dict[str, Any]) -> _Turn:
        script, model = self.server.script, body.get("model", "")
        if script.reply is not None:
            replied = script.reply(body)
            if isinstance(replied, Fault):
                return _Turn(model, replied.name, SHAPES.get(replied.name, Shape()), replied.says)
            return _Turn(model, "", replied if isinstance(replied, Shape) else Shape(replied))
        script.counts[model] += 1
        what, _, times = model.partition("*")
        if times and script.counts[model] > int(times):
            what = ""
        return _Turn(model, what, SHAPES.get(what, Shape()))

    def _answer(self, turn: _Turn) -> None:
        if turn.what in STATUSES:
            status, body, headers = STATUSES[turn.what]
            body = error_body(turn.says, "scripted") if turn.says else body
            body = body if body is _PAGE else self.server.script.wire.refusal(body)
            self._send(status, body, "text/html" if body is _PAGE else "application/json", headers)
        elif turn.what in BODIES:
            content_type, body = BODIES[turn.what]
            body = self.server.script.wire.refusal(body) if turn.what == "err200" else body
            self._send(200, body, content_type)
        elif turn.what == "timeout":
            self._hang()
        elif turn.what == "reset":
            self._hang_up()
        elif turn.what == "slowheader":
            header = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000
            self._drip((bytes([byte]) for byte in header), self.wfile.write)
        else:
            self._stream(turn)

    def _send(
        self,
        status: int,
        body: bytes,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, turn: _Turn) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.server.script.wire.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(self._events(turn)):
            if number == 3 and turn.what in BREAKS and self._break(turn.what):
                return
            self._write(event)
        self.wfile.write(b"0\r\n\r\n")

    def _events(self, turn: _Turn) -> Iterator[bytes]:
        shape = turn.shape
        if shape.events is not None:
            yield from (self._framed(json.dumps(event).encode()) for event in shape.events)
            return
        if not self.server.script.wire.chats:
            pieces = [shape.content[at : at + CHUNK] for at in range(0, len(shape.content or ""), CHUNK)]
            yield from self.server.script.wire.stream(turn.model, shape.reasoning, pieces, shape.finish)
            return
        if shape.reasoning:
            yield _event(turn.model, {shape.field: shape.reasoning})
        content = shape.content or ""
        for start in range(0, len(content), CHUNK):
            yield _event(turn.model, {"content": content[start : start + CHUNK]})
        yield _event(turn.model, {"content": shape.content and ""}, shape.finish, USAGE)
        if turn.what != "s_nodone":
            yield b"data: [DONE]\n\n"

    def _break(self, what: str) -> bool:
        """Do in the middle of a stream what `what` says; True when that was the end of it."""
        if what == "s_cut":
            self._hang_up()
        elif what == "s_stall":
            self._hang()
        elif what == "s_eof":
            self.wfile.write(b"0\r\n\r\n")
        elif what in {"s_badjson", "s_badutf8", "s_error"}:
            self._write(self._framed(self._bad_event(what)))
            return False
        else:
            drop = self.server.script.wire.drips.get(what, _DRIPS[what])
            self._drip(itertools.repeat(drop), self._write)
        return True

    def _framed(self, event: bytes) -> bytes:
        return self.server.script.wire.frame(event)

    def _bad_event(self, what: str) -> bytes:
        event = _BAD_EVENTS[what]
        return self.server.script.wire.failure(event) if what == "s_error" else event

    def _drip(self, drops: Iterable[bytes], send: Callable[[bytes], object]) -> None:
        """Send useless bytes slowly: each of them starts a read timeout anew."""
        for drop in drops:
            if self.server.script.closing.wait(0.05):
                return
            send(drop)

    def _write(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _hang(self) -> None:
        self.server.script.closing.wait(self.server.script.hang_s)
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True


_BAD_EVENTS = {
    "s_badjson": b'{"id": "oX1", "cho',
    "s_badutf8": b"\xff\xfe",
    "s_error": error_body("engine died mid-stream", "server_error"),
}
_DRIPS = {
    "s_dribble": b'data: {"id": "oX1", "choices": [{"index": 0, "delta": {"content": "."}}]}\n\n',
    "s_comments": b": still here\n\n",
    "s_halfline": b"data: ",
}


def _event(*chunk: Any) -> bytes:
    return CHAT.frame(_chunk(*chunk))


def _chunk(model: str, delta: Mapping[str, Any], finish: str | None = None, usage: Any = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish, "logprobs": None}
    event = {
        "id": "oX1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [choice],
    }
    return json.dumps(event | ({"usage": usage} if usage else {})).encode()
