"""Waiting for sockets in many threads, all of which wake when the run is over."""

import select
import socket
from collections.abc import Mapping
from typing import Final, TypeAlias

READ: Final = select.POLLIN
WRITE: Final = select.POLLOUT

Socket: TypeAlias = socket.socket


class RunOverError(Exception):
    """The run is over: whoever waits lets go of everything."""


class Bell:
    """Rung once, heard by all that wait, from then on."""

    def __init__(self) -> None:
        self._heard, self._rope = socket.socketpair()

    def ring(self) -> None:
        """End all waiting, now and later. Ringing twice does no harm."""
        self._rope.close()

    def close(self) -> None:
        """Let go of the descriptors, when nobody waits any more."""
        self._rope.close()
        self._heard.close()

    def wait(self, wanted: Mapping[Socket, int], seconds: float) -> dict[Socket, int]:
        """Return which sockets are ready and for what; none after so many seconds.

        A socket wanted for 0 is watched for its end alone.

        Raises:
            RunOverError: the bell was rung.
        """
        poll = select.poll()
        by_number = {one.fileno(): one for one in wanted}
        for one, events in wanted.items():
            poll.register(one, events)
        bell = self._heard.fileno()
        poll.register(bell, READ)
        ready = dict(poll.poll(max(0, round(seconds * 1000))))
        if bell in ready:
            raise RunOverError
        return {by_number[number]: events for number, events in ready.items()}
