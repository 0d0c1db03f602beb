"""The program's end of a zygote: what it may read in, a running fork server that takes orders out."""

import contextlib
import select
import threading
from collections.abc import Sequence
from json import dumps
from typing import Final, Self

from toolwright.errors import SandboxError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.launch import Launched, launch
from toolwright.sandbox.zygote.order import Kind, Order, Start, wire

_START_S: Final = 20.0
_END_S: Final = 5.0


class ZygoteGoneError(Exception):
    """The zygote has died; the order it was given may not have been begun."""


class Zygote:
    """One fork server. It ends with `close`, with the program, however that ends, or by itself."""

    def __init__(self, process: Launched, level: Kind) -> None:
        """`user` is whom its cells run as, -1 for the same user; it is known when it was waited for."""
        self._process = process
        self._control = process.control
        self._level: Kind = level
        self._ready = False
        self._turn = threading.Lock()
        self.user = -1

    @classmethod
    def start(cls, start: Start, launched: Launched | None = None, hash_seed: int = 0) -> Self:
        """Start one, from what was `launched` where it was; `wait` for it before it is used.

        In one with a `hash_seed` other than 0 texts have the hashes that this seed gives them.

        Raises:
            SandboxError: no process can be started.
        """
        try:
            process = launched or launch(hash_seed)
        except OSError as error:
            raise _not_started(start.level, error.strerror or str(error)) from error
        with contextlib.suppress(OSError):  # it has ended; why, whoever waits for it finds out
            channel.send(process.control, wire(start))
        return cls(process, start.level)

    def wait(self) -> None:
        """Wait until it can take orders, which the first orders do.

        Raises:
            SandboxError: it cannot do its work here at this level; the message names the primitive.
        """
        with self._turn:
            if not self._ready:
                self.user = _wait_until_ready(self._process, self._level)
                self._ready = True

    def send(self, order: Order, descriptors: Sequence[int]) -> None:
        """Give an order with its channels, in the places that `order` names.

        Raises:
            ZygoteGoneError: there is nobody to take it.
            SandboxError: it holds more than one message can.
        """
        message = wire(order)
        if len(dumps(message)) > channel.MAX_BYTES:
            raise SandboxError(
                "the granted folders hold too many places that must be hidden",
                hint="grant a smaller folder",
            )
        try:
            channel.send(self._control, message, descriptors)
        except OSError as error:
            raise ZygoteGoneError from error

    @property
    def alive(self) -> bool:
        """Whether it can take orders: its end of the channel is open."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        return not self._control._closed and not poll.poll(0)  # type: ignore[attr-defined]  # noqa: SLF001

    def close(self) -> None:
        """End it and every cell it has, and wait for that; doing it twice does no harm."""
        with self._turn:
            self._process.end(_END_S)


def _wait_until_ready(process: Launched, level: Kind) -> int:
    """Return the user whom its cells run as."""
    control = process.control
    control.settimeout(_START_S)
    try:
        received = channel.receive(control)
    except OSError as error:
        received = None
        reason = str(error)
    else:
        reason = "it ended at once"
        control.settimeout(None)
    if received is not None and received[0].get("ready"):
        return int(received[0]["user"])
    trace = process.end(_END_S)
    reason = received[0].get("failed", reason) if received else trace or reason
    raise _not_started(level, reason)


def _not_started(level: Kind, reason: str) -> SandboxError:
    return SandboxError(f"tools cannot be confined at level {level}: {reason}")
