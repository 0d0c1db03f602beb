"""One connection of a client in, its one request judged and carried, the record of what happened out."""

import contextlib
import socket
import time
from typing import Final

from toolwright.records import dataclass
from toolwright.sandbox.proxy.answers import Answer
from toolwright.sandbox.proxy.bodies import Everything, gate_for
from toolwright.sandbox.proxy.bounds import Bounds, Budget
from toolwright.sandbox.proxy.heads import Request, take_head
from toolwright.sandbox.proxy.reaching import Reached, Resolver, reach
from toolwright.sandbox.proxy.refusals import Refusal, RefusedError, answer
from toolwright.sandbox.proxy.relay import Lane, relay
from toolwright.sandbox.proxy.rules import Allowed
from toolwright.sandbox.proxy.waiting import READ, Bell, RunOverError
from toolwright.types import Exchange

_PIECE: Final = 16 << 10
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_LINGER_S: Final = 1.0
_LINGER_BYTES: Final = 4 << 20
_OVER: Final = "the run ended"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What all connections of a run share."""

    allowed: Allowed
    bounds: Bounds
    budget: Budget
    resolve: Resolver
    bell: Bell


@dataclass(frozen=True, slots=True)
class _Carried:
    """How an allowed exchange went: what cut it off, and the bytes both ways."""

    why: str
    sent: int
    received: int


def serve(client: socket.socket, grounds: Grounds) -> Exchange | None:
    """Serve one client and say what happened, None when it left without a word. The caller closes it."""
    started = time.monotonic()
    client.setblocking(False)
    request: Request | None = None
    try:
        taken = _read_head(client, grounds)
        if taken is None:
            return None
        if isinstance(taken, Refusal):
            return _refuse(client, taken, None, started, grounds)
        request, rest = taken
        bounds = grounds.bounds
        reached = reach(
            request.host, request.port, grounds.allowed, grounds.resolve, grounds.bell, bounds.connect_s
        )
        if isinstance(reached, Refusal):
            return _refuse(client, reached, request, started, grounds)
        with reached.connection:
            carried = _carry(client, reached, request, rest, grounds)
    except RunOverError:
        return _record(request, Refusal(0, _OVER), started) if request else None
    return Exchange(
        method=request.method,
        host=request.host,
        port=request.port,
        path=request.path,
        address=reached.address,
        allowed=True,
        why=carried.why,
        sent=carried.sent,
        received=carried.received,
        seconds=time.monotonic() - started,
    )


def _read_head(client: socket.socket, grounds: Grounds) -> tuple[Request, bytes] | Refusal | None:
    bounds = grounds.bounds
    deadline = time.monotonic() + bounds.head_s
    data = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not grounds.bell.wait({client: READ}, left):
            return Refusal(408, f"the request's head was not complete after {bounds.head_s:g} s")
        try:
            piece = client.recv(_PIECE)
        except BlockingIOError:
            continue
        except OSError:
            return None
        if not piece:
            return Refusal(400, "the request ended within its head") if data else None
        data += piece
        taken = take_head(data, bounds.head_bytes)
        if taken is not None:
            return taken


def _carry(
    client: socket.socket, reached: Reached, request: Request, rest: bytes, grounds: Grounds
) -> _Carried:
    server = reached.connection
    tunnel = request.is_tunnel
    inward = Everything() if tunnel else Answer(request.method, grounds.bounds.head_bytes)
    outward = Everything() if tunnel else gate_for(request.body)
    up = Lane(client, server, outward, grounds.budget, passes_end=tunnel)
    down = Lane(server, client, inward, grounds.budget, passes_end=tunnel)
    if tunnel:
        _say(client, _ESTABLISHED)
    try:
        up.put_through(request.onward)
        up.put(rest)
        why = relay(up, down, grounds.bell, grounds.bounds.idle_s, both=tunnel)
    except RefusedError as error:
        why = error.refusal.why
        if not tunnel and not down.moved:
            _say(client, answer(error.refusal))
    except RunOverError:
        why = _OVER
    else:
        if why and not tunnel and not down.moved:
            _say(client, answer(Refusal(504, why)))
    _let_read(client, grounds.bell)
    return _Carried(why, up.moved, down.moved)


def _refuse(
    client: socket.socket, refusal: Refusal, request: Request | None, started: float, grounds: Grounds
) -> Exchange:
    record = _record(request, refusal, started)
    _say(client, answer(refusal))
    _let_read(client, grounds.bell)
    return record


def _record(request: Request | None, refusal: Refusal, started: float) -> Exchange:
    """The record of an exchange that did not take place."""
    return Exchange(
        method=request.method if request else "",
        host=request.host if request else "",
        port=request.port if request else 0,
        path=request.path if request else "",
        address="",
        allowed=False,
        why=refusal.sentence,
        sent=0,
        received=0,
        seconds=time.monotonic() - started,
    )


def _say(client: socket.socket, text: bytes) -> None:
    """Send a short text, for which a fresh socket always has room; a client that is gone misses it."""
    with contextlib.suppress(OSError):
        client.send(text)


def _let_read(client: socket.socket, bell: Bell) -> None:
    """Let the client read what it was sent: closing a socket with unread bytes would take that back."""
    deadline = time.monotonic() + _LINGER_S
    drained = 0
    try:
        client.shutdown(socket.SHUT_WR)
        while drained < _LINGER_BYTES and bell.wait({client: READ}, deadline - time.monotonic()):
            piece = client.recv(_PIECE)
            if not piece:
                return
            drained += len(piece)
    except (OSError, RunOverError):
        return
