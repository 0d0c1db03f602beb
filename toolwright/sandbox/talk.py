"""The parent's end of a running cell: four pipes and a clock in, whole frames and bounded output out."""

import contextlib
import os
import selectors
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, Final, Literal, Protocol, Self, TypeAlias

from toolwright.sandbox.cells.wire import frame

Stop: TypeAlias = Literal["", "time", "output", "frame", "scratch"]
"""Which bound ended a cell: its time, what it printed, the size of one frame, or its files."""

_PIECE: Final = 1 << 16
_LOOK_EVERY_S: Final = 0.01  # where the kernel cannot report the end of a process


class Speaker(Protocol):
    """A process as far as a conversation needs it; subprocess.Popen is one."""

    pid: int

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it prints."""
        ...

    @property
    def stderr(self) -> IO[bytes] | None:
        """What it complains of."""
        ...

    def poll(self) -> int | None:
        """Return its exit status, None while it runs."""
        ...


class Talk:
    """One conversation. Use it as a context manager: leaving closes every descriptor."""

    def __init__(
        self,
        process: Speaker,
        request_fd: int,
        answer_fd: int,
        output_bytes: int,
        frame_bytes: int,
        exit_fd: int | None = None,
        *,
        is_over: Callable[[], bool] | None = None,
    ) -> None:
        """`exit_fd` becomes readable when the process ends; without one, its number leads to one.

        When there are other reasons for it to become readable, `is_over` is asked.
        """
        self.process = process
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._request_fd = request_fd
        self._answer_fd = answer_fd
        self._output_bytes = output_bytes
        self._frame_bytes = frame_bytes
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self._stop: Stop = ""
        self._selector = selectors.DefaultSelector()
        self._is_over = is_over
        self._exit_fd = _exit_descriptor(process.pid) if exit_fd is None else exit_fd

    def __enter__(self) -> Self:
        """Make the pipes ready; from here on nothing blocks longer than its deadline."""
        for descriptor in (self._request_fd, *self._sources()):
            os.set_blocking(descriptor, False)
        for descriptor in self._sources():
            self._selector.register(descriptor, selectors.EVENT_READ)
        if self._exit_fd >= 0:
            self._selector.register(self._exit_fd, selectors.EVENT_READ)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything; the process is somebody else's."""
        self._selector.close()
        for descriptor in (self._request_fd, self._answer_fd, self._exit_fd):
            if descriptor >= 0:
                os.close(descriptor)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    @property
    def stray_bytes(self) -> int:
        """Bytes of a frame that was begun and not finished."""
        return len(self._incoming)

    def run(self, request: bytes, on_frame: Callable[[bytes], bytes | None], deadline: float) -> Stop:
        """Send the request, serve frames until the process ends or a bound is hit (monotonic time)."""
        self._send(request)
        while not self._stop:
            left = deadline - time.monotonic()
            if left <= 0:
                return "time"
            events = self._selector.select(left if self._exit_fd >= 0 else min(left, _LOOK_EVERY_S))
            ready = {key.fd for key, _ in events}
            if self._request_fd in ready:
                self._flush()
            for descriptor in self._sources():
                if descriptor in ready:
                    self._receive(descriptor, on_frame)
            if self._has_ended(ready):
                break
        return self._stop

    def _has_ended(self, ready: set[int]) -> bool:
        if self._exit_fd < 0:
            return self.process.poll() is not None
        return self._exit_fd in ready and (self._is_over is None or self._is_over())

    def drain(self, on_frame: Callable[[bytes], bytes | None]) -> Stop:
        """Read what an ended process has left in its pipes."""
        for descriptor in self._sources():
            while not self._stop and self._receive(descriptor, on_frame):
                pass
        return self._stop

    def _sources(self) -> tuple[int, int, int]:
        stdout, stderr = self.process.stdout, self.process.stderr
        if stdout is None or stderr is None:
            raise ValueError("the process was started without pipes")
        return stdout.fileno(), stderr.fileno(), self._answer_fd

    def _send(self, data: bytes) -> None:
        self._outgoing += frame(data)
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._request_fd)
        self._selector.register(self._request_fd, selectors.EVENT_WRITE)

    def _flush(self) -> None:
        try:
            written = os.write(self._request_fd, self._outgoing[:_PIECE])
        except BlockingIOError:
            return
        except BrokenPipeError:  # the cell is ending; how, its exit status tells
            written = len(self._outgoing)
        del self._outgoing[:written]
        if not self._outgoing:
            self._selector.unregister(self._request_fd)

    def _receive(self, descriptor: int, on_frame: Callable[[bytes], bytes | None]) -> bool:
        """Read one piece; False when there is nothing more for now."""
        try:
            piece = os.read(descriptor, _PIECE)
        except BlockingIOError:
            return False
        if not piece:
            with contextlib.suppress(KeyError):
                self._selector.unregister(descriptor)
            return False
        if descriptor == self._answer_fd:
            self._incoming += piece
            self._deliver(on_frame)
        else:
            self._keep(piece, self.stdout if descriptor == self._sources()[0] else self.stderr)
        return True

    def _keep(self, piece: bytes, output: bytearray) -> None:
        room = self._output_bytes - len(self.stdout) - len(self.stderr)
        output += piece[:room]
        if len(piece) > room:
            self._stop = "output"

    def _deliver(self, on_frame: Callable[[bytes], bytes | None]) -> None:
        while len(self._incoming) >= 4 and not self._stop:  # noqa: PLR2004 - the length before each frame
            size = int.from_bytes(self._incoming[:4], "big")
            if size > self._frame_bytes:
                self._stop = "frame"
            elif len(self._incoming) < 4 + size:
                return
            else:
                data = bytes(self._incoming[4 : 4 + size])
                del self._incoming[: 4 + size]
                reply = on_frame(data)
                if reply is not None:
                    self._send(reply)


def _exit_descriptor(pid: int) -> int:
    """A descriptor that becomes readable when the process ends, -1 where the system has none."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.pidfd_open(pid)
    return -1
