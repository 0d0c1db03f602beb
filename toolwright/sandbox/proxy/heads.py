"""The head of a request: bytes from a client in, a checked `Request` or a `Refusal` out, never an exception.

A request passes only if it can be read in one way. It is then written anew from its parts, for one server,
with `Connection: close`: what follows it on the connection is never forwarded.
"""

import re
from collections.abc import Sequence
from typing import Final

from toolwright.records import dataclass
from toolwright.sandbox.proxy.fields import Body, Field, body_of, end_to_end, parse_fields, values_of
from toolwright.sandbox.proxy.hosts import split_authority, with_brackets
from toolwright.sandbox.proxy.refusals import Refusal, RefusedError

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_TUNNEL: Final = "CONNECT"
_HTTP_PORT: Final = 80
_MOST_PATH_SHOWN: Final = 200

_END: Final = b"\r\n\r\n"
_REQUEST_LINE: Final = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]+) HTTP/(1\.[01])")
_HTTP_URI: Final = re.compile(r"http://([^/?#]*)(/[^?#]*)?(\?[^#]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for. `path` has no query; `onward` is the head for the server, b"" for a tunnel."""

    method: str
    host: str
    port: int
    path: str = ""
    onward: bytes = b""
    body: Body = 0

    @property
    def is_tunnel(self) -> bool:
        """Whether the client wants bytes carried both ways, as for HTTPS."""
        return self.method == _TUNNEL


def take_head(data: bytes, most: int) -> tuple[Request, bytes] | Refusal | None:
    """Read the head at the start of `data`: the request and the bytes after it, None while it is incomplete.

    `most` bounds the head in bytes. Garbage is refused at its first wrong byte, without waiting for more.
    """
    end = data.find(_END)
    head = data if end < 0 else data[: end + 2]
    if len(head) > most:
        return Refusal(431, f"the request's head is longer than {most} bytes")
    if data and not b"A" <= data[:1] <= b"Z":
        return Refusal(400, "this is a proxy that speaks plain HTTP/1.1 only")
    if _has_stray(head):
        return Refusal(400, "the request's head holds a bare line end or a null byte")
    if end < 0:
        return None
    try:
        return _parse(head), data[end + len(_END) :]
    except RefusedError as error:
        return error.refusal


def _has_stray(head: bytes) -> bool:
    """Tell whether there is a null byte, or half of a line end; the last byte may be the first half of one.

    Counted, not searched by a pattern: a client that sends byte by byte has this done for every byte.
    """
    pairs = head.count(b"\r\n")
    halves = head.count(b"\r") - head.endswith(b"\r")
    return b"\0" in head or head.count(b"\n") != pairs or halves != pairs


def _parse(head: bytes) -> Request:
    first, *lines = head.removesuffix(b"\r\n").split(b"\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if not found:
        raise RefusedError(400, "the request line is malformed")
    method, target, version = (part.decode("ascii") for part in found.groups())
    if method not in {*METHODS, _TUNNEL}:
        raise RefusedError(405, "the method is not one of " + ", ".join(METHODS))
    fields = parse_fields(lines)
    body = body_of(fields, version)
    if method == _TUNNEL:
        return _tunnel(target, fields, version, body)
    return _plain(method, target, fields, version, body)


def _tunnel(target: str, fields: Sequence[Field], version: str, body: Body) -> Request:
    authority = split_authority(target)
    if authority is None or authority[1] is None:
        raise RefusedError(400, "CONNECT wants HOST:PORT")
    host, port = authority[0], authority[1]
    if body != 0:
        raise RefusedError(400, "a CONNECT request has no body")
    _check_host(fields, version, host, port, port)
    return Request(_TUNNEL, host, port)


def _plain(method: str, target: str, fields: Sequence[Field], version: str, body: Body) -> Request:
    if target.lower().startswith("https:"):
        raise RefusedError(400, "https goes through CONNECT, so that nobody reads it on the way")
    found = _HTTP_URI.fullmatch(target)
    if not found:
        raise RefusedError(400, "a proxy wants http://HOST/PATH, or CONNECT HOST:PORT")
    if "@" in found[1]:
        raise RefusedError(400, "the URI holds a user name; send credentials in a header")
    authority = split_authority(found[1])
    if authority is None:
        raise RefusedError(400, "the URI names no valid host")
    host, port = authority[0], authority[1] or _HTTP_PORT
    _check_host(fields, version, host, port, _HTTP_PORT)
    if [value for value in values_of(fields, b"expect") if value.lower() != b"100-continue"]:
        raise RefusedError(417, "the request expects something else than 100-continue")
    path = found[2] or "/"
    shown = with_brackets(host) if port == _HTTP_PORT else f"{with_brackets(host)}:{port}"
    kept = [field.line for field in end_to_end(fields)]
    start = f"{method} {path}{found[3] or ''} HTTP/{version}\r\nHost: {shown}".encode("ascii")
    onward = b"\r\n".join([start, *kept, b"Connection: close", b"", b""])
    return Request(method, host, port, path[:_MOST_PATH_SHOWN], onward, body)


def _check_host(fields: Sequence[Field], version: str, host: str, port: int, usual: int) -> None:
    """Insist on one Host field that agrees with the target; only HTTP/1.0 may leave it out."""
    values = values_of(fields, b"host")
    if not values and version == "1.0":
        return
    if len(values) != 1:
        raise RefusedError(400, "the request has no single Host field")
    authority = split_authority(values[0].decode("latin-1"))
    if authority is None or authority[0] != host or (authority[1] or usual) != port:
        raise RefusedError(400, "the Host field and the target name different hosts")
