"""Two sockets in, bytes carried both ways through gates until it is over; memory stays flat.

A lane reads only when all it read before was written, so a slow reader slows its writer down.
"""

import socket
from typing import Final

from toolwright.sandbox.proxy.bodies import Gate
from toolwright.sandbox.proxy.bounds import Budget
from toolwright.sandbox.proxy.waiting import READ, WRITE, Bell

_PIECE: Final = 128 << 10
_IDLE: Final = "nothing moved for {:g} s"
_LOST: Final = "the connection was lost"


class Lane:
    """One direction. `passes_end` tells its sink when the source has ended, as a tunnel must."""

    def __init__(
        self, source: socket.socket, sink: socket.socket, gate: Gate, budget: Budget, *, passes_end: bool
    ) -> None:
        self.source = source
        self.sink = sink
        self.moved = 0
        self._gate = gate
        self._budget = budget
        self._passes_end = passes_end
        self._waiting = memoryview(b"")
        self._reading = not gate.ended

    @property
    def wants(self) -> dict[socket.socket, int]:
        """What to wait for."""
        if self._waiting:
            return {self.sink: WRITE}
        return {self.source: READ} if self._reading else {}

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come out."""
        return not self._reading and not self._waiting

    def move(self) -> None:
        """Carry on as far as it goes without waiting.

        Raises:
            OSError: the source is lost.
            RefusedError: by the gate, or because the budget is spent.
        """
        if not self._waiting and self._reading:
            try:
                data = self.source.recv(_PIECE)
            except BlockingIOError:
                return
            if data:
                self.put(data)
                return
            self._gate.finish()
            self._reading = False
        self._write()

    def put(self, data: bytes) -> None:
        """Take bytes as if they had been read, before or between reading.

        Raises:
            RefusedError: by the gate, or because the budget is spent.
        """
        self.put_through(self._gate.feed(data))
        self._reading = self._reading and not self._gate.ended

    def put_through(self, data: bytes) -> None:
        """Write bytes without asking the gate.

        Raises:
            RefusedError: the budget is spent.
        """
        self._budget.take(len(data))
        self._waiting = memoryview(b"".join([self._waiting, data])) if self._waiting else memoryview(data)
        self._write()

    def _write(self) -> None:
        try:
            while self._waiting:
                sent = self.sink.send(self._waiting)
                self.moved += sent
                self._waiting = self._waiting[sent:]
        except BlockingIOError:
            return
        except OSError:  # the sink reads no more; what it has to say may still come the other way
            self._waiting = memoryview(b"")
            self._reading = False
            return
        if not self._reading and self._passes_end:
            self._passes_end = False
            try:
                self.sink.shutdown(socket.SHUT_WR)
            except OSError:
                return


def relay(up: Lane, down: Lane, bell: Bell, idle_s: float, *, both: bool) -> str:
    """Carry until `down` is over, and with `both` until `up` is too; return what cut it off, or "".

    Raises:
        RefusedError: by a gate, or because the budget is spent.
        RunOverError: the run ended meanwhile.
    """
    while not (down.is_over and (up.is_over or not both)):
        wanted = {up.source: 0, up.sink: 0}
        for lane in (up, down):
            for one, events in lane.wants.items():
                wanted[one] |= events
        ready = bell.wait(wanted, idle_s)
        if not ready:
            return _IDLE.format(idle_s)
        if any(not wanted[one] for one in ready):  # gone for good, both ways, while nobody needed it
            return _LOST
        try:
            for lane in (up, down):
                if any(one in ready for one in lane.wants):
                    lane.move()
        except OSError:
            return _LOST
    return ""
