"""The program's end of a zygote: what it may read in, a running fork server that takes orders out."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import Final, Self

from toolwright.errors import SandboxError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.order import SCRATCH, Kind, Order, Start, wire

_START: Final = str(Path(__file__).parent / "start.py")
_START_S: Final = 20.0
_END_S: Final = 5.0
_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "HOME": SCRATCH, "TMPDIR": SCRATCH, "LANG": "C.UTF-8"}
_TRACE_BYTES: Final = 4000


class ZygoteGoneError(Exception):
    """The zygote has died; the order it was given may not have been begun."""


class Zygote:
    """One fork server. It ends with `close`, with the program, however that ends, or by itself."""

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes], level: Kind) -> None:
        """`user` is whom its cells run as, -1 for the same user; it is known when it was waited for."""
        self._control = control
        self._process = process
        self._level: Kind = level
        self._ready = False
        self._turn = threading.Lock()
        self.user = -1

    @classmethod
    def start(
        cls,
        level: Kind,
        runtime: Sequence[str],
        site: Sequence[str] = (),
        without: Sequence[str] = (),
        *,
        tests: bool = False,
        raw: bool = False,
    ) -> Self:
        """Start one; `wait` for it before it is used. `tests` is for judges at a level without a warden.

        A `raw` one stays in the host's network.

        Raises:
            SandboxError: no process can be started.
        """
        import tempfile

        near, far = channel.pair()
        own = os.pidfd_open(os.getpid())
        start = Start(
            level,
            tuple(runtime),
            far.fileno(),
            own,
            tuple(without),
            tuple(site),
            tests,
            raw,
            os.path.realpath(tempfile.gettempdir()),
        )
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", _START, dumps(wire(start))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                env=_ENVIRONMENT,
                pass_fds=(far.fileno(), own),
                start_new_session=True,
            )
        except OSError as error:
            near.close()
            raise _not_started(level, error.strerror or str(error)) from error
        finally:
            far.close()
            os.close(own)
        return cls(near, process, level)

    def wait(self) -> None:
        """Wait until it can take orders, which the first orders do.

        Raises:
            SandboxError: it cannot do its work here at this level; the message names the primitive.
        """
        with self._turn:
            if not self._ready:
                self.user = _wait_until_ready(self._control, self._process, self._level)
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
            self._control.close()
            _end(self._process)


def _wait_until_ready(control: socket.socket, process: subprocess.Popen[bytes], level: Kind) -> int:
    """Return the user whom its cells run as."""
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
    control.close()
    trace = _end(process)
    reason = received[0].get("failed", reason) if received else trace or reason
    raise _not_started(level, reason)


def _end(process: subprocess.Popen[bytes]) -> str:
    """Wait for the end of a zygote whose channel is closed; return the last line it complained of."""
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stderr is None or process.stderr.closed:
        return ""
    with contextlib.closing(process.stderr) as stderr:
        os.set_blocking(stderr.fileno(), False)
        trace = stderr.read(_TRACE_BYTES) or b""
    lines = trace.decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[-1] if lines else ""


def _not_started(level: Kind, reason: str) -> SandboxError:
    return SandboxError(f"tools cannot be confined at level {level}: {reason}")
