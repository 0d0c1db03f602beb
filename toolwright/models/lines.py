"""An HTTP request goes out through httpx; the lines of its answer come in, as they are streamed."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from toolwright.models.address import direct_mounts
from toolwright.models.endpoint import Connection, Endpoint
from toolwright.models.faults import model_error, refused, unanswered
from toolwright.models.line import Line, read_page
from toolwright.models.pieces import Piece
from toolwright.models.pump import Put, Source
from toolwright.records import dataclass, field
from toolwright.types import Json

if TYPE_CHECKING:
    import httpx

_LONGEST_LINE: Final = 4_000_000  # bytes; an event holds a few tokens
_OK: Final = 200
_FIRST_OF_OTHERS: Final = 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request: to whom, how patiently, what; `pages` are content types that are no stream."""

    at: Endpoint
    connection: Connection
    method: str
    base: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: Json
    pages: tuple[str, ...] = ("json", "html")


def stream_lines(
    exchange: Exchange, connected: Callable[[], None], read: Callable[[str], Iterator[Piece]]
) -> Source[Piece]:
    """Return a source of the pieces that `read` finds in each line of the answer.

    Producing raises:
        ModelError: the server refused, or answered with something that is no stream.
        Exception: whatever `faults.http_rules` lists.
    """
    line = Line(connected)

    def produce(put: Put[Piece]) -> None:
        with _client(exchange, line) as client, _Answer(client, exchange) as response:
            content_type = response.headers.get("content-type", "")
            if any(word in content_type for word in exchange.pages):
                raise unanswered(content_type, read_page(response), exchange.at)
            for text in _lines(response, exchange.at):
                for piece in read(text):
                    put(piece)

    return Source(produce, line.cut)


def read_body(exchange: Exchange, connected: Callable[[], None]) -> Source[Json]:
    """Return a source of the one JSON body that the server answers with.

    Producing raises:
        ModelError: the server refused.
        Exception: whatever `faults.http_rules` lists.
    """
    line = Line(connected)

    def produce(put: Put[Json]) -> None:
        with _client(exchange, line) as client, _Answer(client, exchange) as response:
            put(json.loads(response.read()))

    return Source(produce, line.cut)


def _client(exchange: Exchange, line: Line) -> "httpx.Client":
    """Return a client that follows no redirection: nothing goes where the user did not send it."""
    import httpx

    connection = exchange.connection
    return httpx.Client(
        timeout=httpx.Timeout(connection.idle_s, connect=connection.connect_s),
        event_hooks={"request": [line.watch]},
        follow_redirects=False,
        mounts=direct_mounts(exchange.base),
    )


class _Answer:
    """A `with` block around the answer to a request; a refusal is raised instead."""

    def __init__(self, client: "httpx.Client", exchange: Exchange) -> None:
        self._exchange = exchange
        self._stream: Any = client.stream(
            exchange.method, exchange.base + exchange.path, headers=exchange.headers, json=exchange.body
        )

    def __enter__(self) -> "httpx.Response":
        response: httpx.Response = self._stream.__enter__()
        if _OK <= response.status_code < _FIRST_OF_OTHERS:
            return response
        page = read_page(response)
        self._stream.__exit__(None, None, None)
        try:
            body = json.loads(page)
        except (ValueError, RecursionError):
            body = page
        raise refused(response.status_code, body, response.headers, self._exchange.at)

    def __exit__(self, *exc: object) -> None:
        self._stream.__exit__(*exc)


def _lines(response: "httpx.Response", at: Endpoint) -> Iterator[str]:
    """Yield the lines of a body; one that never ends is not kept for ever."""
    rest = b""
    for part in response.iter_bytes():
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            yield line.decode("utf-8").rstrip("\r")
        if len(rest) > _LONGEST_LINE:
            raise model_error("protocol", f"{at.name} sends a line that does not end", at)
    if rest:
        yield rest.decode("utf-8").rstrip("\r")
