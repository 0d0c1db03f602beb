"""A host and a port in, a connection out: the grant is asked, the name resolved once, every address judged.

What is connected to is an address that was judged here; the name is never looked up a second time, so an
answer that changes in between changes nothing. Names that are not allowed are never looked up at all.
"""

import errno
import os
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from toolwright.records import dataclass
from toolwright.sandbox.proxy.addresses import is_loopback, is_own, special_kind
from toolwright.sandbox.proxy.hosts import is_address, is_loopback_name, with_brackets
from toolwright.sandbox.proxy.refusals import Refusal, RefusedError
from toolwright.sandbox.proxy.rules import Allowed, grant_text
from toolwright.sandbox.proxy.waiting import WRITE, Bell

Resolver: TypeAlias = Callable[[str, int], Iterable[str]]
"""Host and port in, addresses as text out, best first; raises OSError when there are none."""

_MOST_TRIED: Final = 8


@dataclass(frozen=True, slots=True)
class Reached:
    """An open, non-blocking connection, and the address it goes to."""

    connection: socket.socket
    address: str


def resolve_name(host: str, port: int) -> tuple[str, ...]:
    """Ask the system, as any program does.

    Raises:
        OSError: there is no such name, or nobody to ask.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def reach(
    host: str, port: int, allowed: Allowed, resolve: Resolver, bell: Bell, seconds: float
) -> Reached | Refusal:
    """Connect to a normal host within so many seconds, name resolution not counted, or say why not.

    Raises:
        RunOverError: the run ended meanwhile.
    """
    try:
        addresses = permitted_addresses(host, port, allowed, resolve)
    except RefusedError as error:
        return error.refusal
    deadline = time.monotonic() + seconds
    problem = ""
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        outcome = _connect(address, port, bell, (deadline - time.monotonic()) / left)
        if isinstance(outcome, socket.socket):
            return Reached(outcome, address)
        problem = problem or outcome
    return Refusal(502, f"{with_brackets(host)}:{port} cannot be reached: {problem}")


def permitted_addresses(host: str, port: int, allowed: Allowed, resolve: Resolver) -> tuple[str, ...]:
    """Return the addresses that a normal host may be reached at, at least one.

    Raises:
        RefusedError: the host is not allowed, does not exist, or leads only where it must not.
    """
    if not allowed.covers(host, port):
        raise RefusedError(403, f"{with_brackets(host)}:{port} is not allowed", grant_text(host, port))
    addresses = (host,) if is_address(host) else _resolved(host, port, resolve)
    kinds = {address: _objection(address, host, port, allowed) for address in addresses}
    fine = tuple(address for address, kind in kinds.items() if not kind)
    if fine:
        return fine[:_MOST_TRIED]
    address, kind = next(iter(kinds.items()))
    if is_address(host):
        raise RefusedError(403, f"{with_brackets(host)} is {kind}", grant_text(host, port))
    wanted = host if is_loopback_name(host) else address
    raise RefusedError(403, f"{host} leads to {address}, {kind}", grant_text(wanted, port))


def _resolved(host: str, port: int, resolve: Resolver) -> Sequence[str]:
    try:
        addresses = [address for address in resolve(host, port) if special_kind(address) != "not an address"]
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise RefusedError(502, f"there is no address for {host}")
    return addresses


def _objection(address: str, host: str, port: int, allowed: Allowed) -> str:
    """Say what speaks against an address, "" if nothing does.

    An address that the user named is fine. A name that the user named is not, by that alone, allowed to lead
    inside: whoever answers for the name is not the user. The names of this machine may lead to its loopback.
    """
    if allowed.names(address, port):
        return ""
    if is_loopback_name(host) and is_loopback(address) and allowed.names(host, port):
        return ""
    return special_kind(address) or ("an address of this machine" if is_own(address) else "")


def _connect(address: str, port: int, bell: Bell, seconds: float) -> socket.socket | str:
    """Return a connection, or in a few words why there is none."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        return _in_words(error.errno)
    try:
        connection.setblocking(False)
        code = connection.connect_ex((address, port))
        if code == errno.EINPROGRESS:
            if not bell.wait({connection: WRITE}, seconds):
                connection.close()
                return "no answer in time"
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    except OSError as error:
        code = error.errno or errno.EIO
    except BaseException:  # also Ctrl-C: nobody else knows of the connection yet
        connection.close()
        raise
    connection.close()
    return _in_words(code)


def _in_words(code: int | None) -> str:
    return os.strerror(code or errno.EIO).lower()
