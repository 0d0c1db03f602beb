"""What the rest of the program hears of the network: one record for each request, without secrets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Exchange:
    """One decision of the proxy and, where it was yes, what became of it.

    `method`, `host`, `port` and `path` are empty when the request was not understood; `path` has no query,
    and is "" for a tunnel. `address` is where the connection went. `why` is one sentence: the refusal, or
    what cut an allowed exchange off, or "". `sent` and `received` are bytes that went on, seen from the cell,
    heads included; what the proxy itself answers does not count. No record holds a header field.
    """

    method: str
    host: str
    port: int
    path: str
    address: str
    allowed: bool
    why: str
    sent: int
    received: int
    seconds: float


OnExchange: TypeAlias = Callable[[Exchange], None]
"""Hears of every exchange, one at a time, from threads of the proxy; it must be quick and must not raise."""
