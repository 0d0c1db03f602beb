"""A listening socket and a grant in, a proxy that serves it for one run, a record of every exchange out."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Final, Self

from toolwright.sandbox.proxy.bounds import Bounds, Budget
from toolwright.sandbox.proxy.connection import Grounds, serve
from toolwright.sandbox.proxy.reaching import Resolver, resolve_name
from toolwright.sandbox.proxy.records import OnExchange
from toolwright.sandbox.proxy.refusals import Refusal, answer
from toolwright.sandbox.proxy.rules import Allowed
from toolwright.sandbox.proxy.waiting import READ, Bell, RunOverError
from toolwright.types import Exchange

_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.1
_SILENT_S: Final = 3600.0


class Proxy:
    """Serves one listening socket, which it owns from now on, for one run; a context manager.

    The socket must be the trusted side's own (made inside the cell's network namespace and handed out): a
    cell that kept a copy could accept its own connections. After `close` no thread and no descriptor is left,
    save where the system's resolver is still busy: that thread ends with it.
    """

    def __init__(
        self,
        listener: socket.socket,
        allowed: Allowed,
        on_exchange: OnExchange,
        *,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
        resolve: Resolver = resolve_name,
    ) -> None:
        self._listener = listener
        self._on_exchange = on_exchange
        self._bell = Bell()
        self._grounds = Grounds(allowed, bounds, Budget(bounds.total_bytes), resolve, self._bell)
        self._slots = threading.Semaphore(bounds.parallel)
        self._telling = threading.Lock()
        self._changing = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._is_closed = False
        listener.setblocking(False)
        listener.set_inheritable(False)
        self._start(threading.Thread(target=self._accept, name="proxy-accept", daemon=True))

    def __enter__(self) -> Self:
        """Return the proxy, which serves already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Cut off what is under way, and wait until every record was told and every thread is gone."""
        self._bell.ring()
        deadline = time.monotonic() + _PATIENCE_S
        while (thread := self._any_thread()) and time.monotonic() < deadline:
            thread.join(_PAUSE_S)
        with self._changing:
            last = not self._threads and not self._is_closed
            self._is_closed = True
        if last:
            self._let_go()

    def _any_thread(self) -> threading.Thread | None:
        with self._changing:
            return next(iter(self._threads), None)

    def _let_go(self) -> None:
        self._listener.close()
        self._bell.close()

    def _start(self, thread: threading.Thread) -> None:
        """Start a thread and count it, as one act: `close` may join only what was started.

        Raises:
            RuntimeError: the system has no thread to give.
        """
        with self._changing:
            thread.start()
            self._threads.add(thread)

    def _leave(self, thread: threading.Thread) -> None:
        """Forget a thread; the last one to leave a closed proxy turns off the light."""
        with self._changing:
            self._threads.discard(thread)
            last = self._is_closed and not self._threads
        if last:
            self._let_go()

    def _accept(self) -> None:
        try:
            with contextlib.suppress(RunOverError):
                self._accept_all()
        finally:
            self._leave(threading.current_thread())

    def _accept_all(self) -> None:
        """Take one connection after the other.

        Raises:
            RunOverError: always, in the end.
        """
        count = 0
        while True:
            self._bell.wait({self._listener: READ}, _SILENT_S)
            while not self._slots.acquire(timeout=_PAUSE_S):
                self._bell.wait({}, 0)
            client = self._next_client()
            if client is None:
                self._slots.release()
                continue
            count += 1
            if count > self._grounds.bounds.connections:
                self._turn_away(client)
                self._slots.release()
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="proxy-serve", daemon=True)
            try:
                self._start(thread)
            except RuntimeError:
                client.close()
                self._slots.release()

    def _next_client(self) -> socket.socket | None:
        try:
            return self._listener.accept()[0]
        except BlockingIOError:
            return None
        except OSError:  # it left already, or there is no descriptor to be had right now
            self._bell.wait({}, _PAUSE_S)
            return None

    def _turn_away(self, client: socket.socket) -> None:
        many = self._grounds.bounds.connections
        with client, contextlib.suppress(OSError):
            client.setblocking(False)
            client.send(answer(Refusal(429, f"the run made more than {many} connections")))
            client.shutdown(socket.SHUT_WR)

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                exchange = serve(client, self._grounds)
            if exchange is not None:
                self._tell(exchange)
        finally:
            self._slots.release()
            self._leave(threading.current_thread())

    def _tell(self, exchange: Exchange) -> None:
        with self._telling:
            self._on_exchange(exchange)
