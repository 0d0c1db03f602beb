"""The OpenAI wire protocol through the `together` SDK: requests go out, `Piece`s come in.

The SDK builds its records leniently (a field may be missing or of any type), so every access is guarded.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import ModelError
from toolwright.models.address import direct_mounts
from toolwright.models.endpoint import Connection, Endpoint
from toolwright.models.faults import unanswered
from toolwright.models.line import Line, read_page
from toolwright.models.pieces import Piece
from toolwright.models.pump import Put
from toolwright.types import Json

if TYPE_CHECKING:
    import together

_CHAT_TYPES: Final = frozenset({"chat", "model", "", None})


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
        http_client=together.DefaultHttpxClient(
            event_hooks={"request": [line.watch]}, follow_redirects=False, mounts=direct_mounts(base_url)
        ),
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
            raise unanswered(content_type, read_page(stream.response), at)
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


def _text(holder: object, field: str) -> str:
    value = getattr(holder, field, None)
    return value if isinstance(value, str) else ""


def _count(holder: object, field: str) -> int:
    value = getattr(holder, field, None)
    return value if isinstance(value, int) and value > 0 else 0
