"""A producer that may block for ever goes in; an iterator comes out whose reader decides how long it waits.

Reading a socket can outlast every timeout of an HTTP client: name resolution has none, and a server
that sends a byte now and then starts the read timeout anew each time. So the producer works in a
thread of its own and the reader waits by its own clock.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Generic, TypeAlias, TypeVar

from toolwright.records import dataclass

T = TypeVar("T")
Put: TypeAlias = Callable[[T], None]

_SLICE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """Something that produces: `produce(put)` blocks until it is through, `cut()` ends it from outside.

    `cut` is called in the reader's thread, perhaps while `produce` blocks, perhaps after it is through.
    """

    produce: Callable[[Put[T]], None]
    cut: Callable[[], None]


class Abandoned(BaseException):
    """Raised inside a producer whose reader has gone, so that it unwinds and closes what it holds."""


class _End:
    """The last thing in an inbox: the producer is through; `error` is what stopped it, if anything."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Producing(Generic[T]):
    """A `with` block around the producer that hands whatever ends it over to the reader."""

    def __init__(self, inbox: "queue.SimpleQueue[T | _End]") -> None:
        self._inbox = inbox

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._inbox.put(_End(error))
        return True


def drain(source: Source[T], seconds_left: Callable[[], float]) -> Iterator[T]:
    """Yield what the source puts, as it comes; `seconds_left()` is asked before each wait.

    The source produces in a daemon thread; what it raises is raised here. A reader that stops early
    cuts it.

    Raises:
        TimeoutError: no time was left.
    """
    inbox: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    gone = threading.Event()

    def put(item: T) -> None:
        if gone.is_set():
            raise Abandoned
        inbox.put(item)

    def work() -> None:
        with _Producing(inbox):
            source.produce(put)

    threading.Thread(target=work, name="toolwright-model", daemon=True).start()
    try:
        while not isinstance(item := _take(inbox, seconds_left), _End):
            yield item
    finally:
        gone.set()
        source.cut()
    if item.error is not None:
        raise item.error


def _take(inbox: "queue.SimpleQueue[T | _End]", seconds_left: Callable[[], float]) -> "T | _End":
    # In slices: there may be more time after a wait than before it, and a Ctrl-C that comes just
    # before the lock is taken is noticed only after it.
    while (seconds := seconds_left()) > 0:
        try:
            return inbox.get(timeout=min(seconds, _SLICE_S))
        except queue.Empty:
            continue
    raise TimeoutError
