"""How many calls a piece of work may take -> a context in which the call after the last one is not made."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from toolwright.errors import CallsUsedUpError


class Cap:
    """Calls of one piece of work, those of the threads that work for it included; one call counts in all."""

    def __init__(self, allowed: int, what: str) -> None:
        """`allowed` is how many there may be in all, `what` says what they are for."""
        self._allowed = allowed
        self._what = what
        self._used = 0
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """How many may still be made."""
        with self._lock:
            return self._allowed - self._used

    def take(self) -> None:
        """Count a call that is about to be made.

        Raises:
            CallsUsedUpError: there are none left.
        """
        with self._lock:
            if self._used >= self._allowed:
                raise CallsUsedUpError(self._allowed, self._what)
            self._used += 1

    def give_back(self) -> None:
        """Take back a call that was not made after all."""
        with self._lock:
            self._used -= 1


_CAPS: Final[ContextVar[tuple[Cap, ...]]] = ContextVar("caps", default=())
"""What holds calls of this thread, or of one that works for it, the widest first."""


@contextmanager
def capped(allowed: int, what: str = "one function") -> Iterator[None]:
    """Hold what is done inside to so many calls; its threads must work in a copy of its context."""
    cap = Cap(allowed, what)
    token = _CAPS.set((*_CAPS.get(), cap))
    try:
        yield
    finally:
        _CAPS.reset(token)


def calls_left(otherwise: int) -> int:
    """Return how many calls may still be made from here, `otherwise` where nothing is held."""
    return min((cap.left for cap in _CAPS.get()), default=otherwise)


def take_call() -> None:
    """Count a call that is about to be made in all that holds it.

    Raises:
        CallsUsedUpError: one of them has none left; then it is counted in none.
    """
    taken: list[Cap] = []
    for cap in _CAPS.get():
        try:
            cap.take()
        except CallsUsedUpError:
            for each in taken:
                each.give_back()
            raise
        taken.append(cap)


def give_call_back() -> None:
    """Take a call back that was not made after all."""
    for cap in _CAPS.get():
        cap.give_back()
