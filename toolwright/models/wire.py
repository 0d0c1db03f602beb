"""The OpenAI wire protocol through the `together` SDK: requests go out, `Piece`s come in.

The SDK builds its records leniently (a field may be missing or of any type), so every access is guarded.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import ModelError
from toolwright.models.endpoint import Connection, Endpoint
from toolwright.models.faults import unanswered
from toolwright.models.pieces import Piece
from toolwright.models.pump import Abandoned, Put
from toolwright.types import Json

if TYPE_CHECKING:
    import httpx
    import together

_MOST_OF_PAGE: Final = 8192
_CHAT_TYPES: Final = frozenset({"chat", "", None})


class Line:
    """The connection under one request: it says when it is made, and it can be cut from any thread.

    Closing an HTTP response in another thread does not wake one that reads it; shutting down its
    socket does.
    """

    def __init__(self, on_connected: Callable[[], None]) -> None:
        """`on_connected` is called in the thread that sends the request."""
        self._on_connected = on_connected
        self._stream: Any = None
        self._gone = False

    def watch(self, request: "httpx.Request") -> None:
        """Follow this request; a hook for an httpx client."""
        request.extensions["trace"] = self._trace

    def cut(self) -> None:
        """Let whoever reads from the connection find it closed."""
        self._gone = True
        found = self._stream.get_extra_info("socket") if self._stream is not None else None
        if isinstance(found, socket.socket):
            with contextlib.suppress(OSError):  # it is closed already
                # Not `found.shutdown`: that of an SSLSocket drops the TLS layer under its reader.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        made = info.get("return_value")
        if hasattr(made, "get_extra_info"):  # first the TCP connection, then TLS over it
            self._stream = made
        if event.endswith("send_request_headers.started"):
            if self._gone:  # connected too late: do not ask what nobody waits for
                raise Abandoned
            self._on_connected()


def open_client(at: Endpoint, base_url: str, connection: Connection, line: Line) -> Any:
    """Return a `together.Together` for one request, which never retries by itself.

    Raises:
        ModelError: `setup`, the SDK is not installed.
    """
    try:
        import httpx
        import together
    except ImportError as error:
        raise ModelError(
            "setup",
            f"the Python package {error.name or 'together'!r} is not installed",
            hint="install it with `pip install together`",
        ) from error

    idle, connect = connection.idle_s, connection.connect_s
    client = together.Together(
        api_key=at.key,
        base_url=base_url or None,
        max_retries=0,  # retrying is the business of `patience.py` alone
        timeout=httpx.Timeout(idle, connect=connect),
        http_client=together.DefaultHttpxClient(event_hooks={"request": [line.watch]}),
    )
    _ = client.chat.completions, client.models  # loads their modules before any clock runs
    return client


def stream_answer(
    client: "together.Together", request: Mapping[str, Any], at: Endpoint, put: Put[Piece]
) -> None:
    """Send a chat-completions request and put every piece of the streamed answer; closes the client.

    Raises:
        ModelError: the server answered 200 with something that is no stream.
        Exception: whatever `faults.foreign_errors` lists.
    """
    with client, client.chat.completions.create(**request, stream=True) as stream:
        content_type = stream.response.headers.get("content-type", "")
        if "json" in content_type or "html" in content_type:
            raise unanswered(content_type, _page(stream.response), at)
        for chunk in stream:
            for piece in read_chunk(chunk):
                put(piece)


def read_chunk(chunk: object) -> Iterator[Piece]:
    """Yield what one event of the stream holds; what has another shape than expected holds nothing."""
    usage = getattr(chunk, "usage", None)
    if usage is not None:
        yield Piece(tokens=(_count(usage, "prompt_tokens"), _count(usage, "completion_tokens")))
    choices = getattr(chunk, "choices", None)
    for choice in choices if isinstance(choices, list) else []:
        delta = getattr(choice, "delta", None)
        yield Piece(
            thought=_text(delta, "reasoning") or _text(delta, "reasoning_content"),
            text=_text(delta, "content"),
            finish=_text(choice, "finish_reason"),
        )


def model_names(body: Json) -> tuple[str, ...] | None:
    """Read the answer to GET /v1/models: the names of chat models, sorted; None if it is no such list."""
    entries = body.get("data") if isinstance(body, dict) else body
    if not isinstance(entries, list):
        return None
    models = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    return tuple(sorted({entry["id"] for entry in models if _chats(entry)}))


def _chats(entry: Mapping[str, Json]) -> bool:
    kind = entry.get("type")
    return not isinstance(kind, str) or kind in _CHAT_TYPES


def _page(response: "httpx.Response") -> str:
    page = b""
    for part in response.iter_bytes():
        page += part
        if len(page) > _MOST_OF_PAGE:
            break
    return page.decode("utf-8", "replace")


def _text(holder: object, field: str) -> str:
    value = getattr(holder, field, None)
    return value if isinstance(value, str) else ""


def _count(holder: object, field: str) -> int:
    value = getattr(holder, field, None)
    return value if isinstance(value, int) and value > 0 else 0
