"""The proxy of one call: granted hosts and a listening socket of the cell in, what was asked for out."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Self

from toolwright.errors import SandboxError, UsageError
from toolwright.records import replace
from toolwright.sandbox.networks import ANY_PUBLIC
from toolwright.sandbox.proxy.environment import proxy_environment
from toolwright.sandbox.proxy.reaching import Resolver, resolve_name
from toolwright.sandbox.proxy.rules import Allowed, parse_allowed
from toolwright.sandbox.proxy.serving import Proxy
from toolwright.sandbox.spawn import Bounds, Ended, OnFrame
from toolwright.sandbox.zygote.order import PROXY, Order
from toolwright.types import Exchange

_MOST_KEPT: Final = 1000
"""As many as the connections that a proxy takes."""

_ENVIRONMENT: Final = tuple(proxy_environment(*PROXY).items())
"""What leads programs in a cell to its proxy."""


class WayOut:
    """Serves one call, and remembers what it saw; `resolve` looks names up."""

    def __init__(self, allowed: Allowed, resolve: Resolver = resolve_name) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._seen: list[Exchange] = []
        self._turn = threading.Lock()

    @classmethod
    def to(cls, values: Sequence[str]) -> Self:
        """Return one to the hosts of a policy, "*" for every public one.

        Raises:
            SandboxError: one of them is no host; the sentence holds it.
        """
        try:
            return cls(
                parse_allowed("network" if text == ANY_PUBLIC else f"network:{text}" for text in values)
            )
        except UsageError as error:
            raise SandboxError(str(error), hint=error.hint) from error

    @contextlib.contextmanager
    def serve(self, listener: int) -> Iterator[None]:
        """Serve a listening socket; in the end it is closed, and whatever goes through it is cut off."""
        with Proxy(socket.socket(fileno=listener), self._allowed, self._keep, resolve=self._resolve):
            yield

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked for so far, in the order in which it ended."""
        with self._turn:
            return tuple(self._seen)

    def _keep(self, exchange: Exchange) -> None:
        with self._turn:
            if len(self._seen) < _MOST_KEPT:
                self._seen.append(exchange)


def run_proxied(
    run: Callable[..., Ended],
    hosts: Sequence[str],
    order: Order,
    request: bytes,
    bounds: Bounds,
    on_frame: OnFrame,
    **more: object,
) -> Ended:
    """Have an order carried out by `run` (that of `Zygotes`) with a proxy to some hosts as the only way out.

    Raises:
        SandboxError: one of them is no host, or `run` raises it.
    """
    way_out = WayOut.to(hosts)
    order = order._replace(environment=(*order.environment, *_ENVIRONMENT))
    ended = run(order, request, bounds, on_frame, serve=way_out.serve, **more)
    return replace(ended, exchanges=way_out.exchanges)
