"""One confined cell, seen from the program: an order and a request in, an account of how it ended out."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import IO, Final, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import dataclass, field
from toolwright.sandbox.spawn import Bounds, Ended, OnFrame
from toolwright.sandbox.talk import Stop, Talk
from toolwright.sandbox.unmapped import UnmappedError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.order import Order
from toolwright.sandbox.zygote.process import Zygote, ZygoteGoneError

Serve: TypeAlias = Callable[[int], contextlib.AbstractContextManager[None]]
"""Serves a listening socket, which it owns from then on, for the length of a block."""

_BEGIN_S: Final = 20.0
_LOAD_S: Final = 60.0  # hypothesis makes its tables, once
_END_S: Final = 2.0
_KILLED: Final = -int(signal.SIGKILL)


@dataclass(slots=True)
class _Remote:
    """A process that somebody else started, as far as `Talk` needs it."""

    stdout: IO[bytes]
    stderr: IO[bytes]
    pid: int = 0

    def poll(self) -> int | None:
        """Never asked: the end of the maker is seen by descriptor."""
        return None


@dataclass(slots=True)
class _Account:
    """What the status channel has said so far.

    `processes` are descriptors of those that can be killed, `listener` is the cell's socket for a proxy.
    """

    processes: list[int] = field(default_factory=list)
    status: int | None = None
    running: bool = False
    failed: str = ""
    unmapped: str = ""
    filled: bool = False
    listener: int = -1

    def close(self) -> None:
        """Let go of every descriptor."""
        channel.close_all(self.processes if self.listener < 0 else [*self.processes, self.listener])


def run_confined(
    zygote: Zygote,
    order: Order,
    request: bytes,
    bounds: Bounds,
    on_frame: OnFrame,
    network: Sequence[int] = (),
    *,
    serve: Serve | None = None,
) -> Ended:
    """Have a cell made, talk with what runs in it within the bounds, and end all of it.

    Its time begins when the tool does: what a busy machine needs to make the cell is not taken from it.

    `network` are the descriptors of the shared network that the order speaks of, `serve` serves the socket
    through which a cell with network "proxy" reaches the granted hosts.

    Raises:
        ZygoteGoneError: the zygote died before the tool was begun.
        SandboxError: a layer of the confinement was refused, so nothing was run.
    """
    account = _Account()
    with contextlib.ExitStack() as stack:
        status, talk = _begin(zygote, order, bounds, account, stack, network)
        if serve is not None:
            listener, account.listener = account.listener, -1
            stack.enter_context(serve(listener))
        stop: Stop = ""
        try:
            _await_tool(status, account)
            started = time.monotonic()
            if account.running:
                stop = talk.run(request, on_frame, started + bounds.wall_s)
        finally:  # also when Ctrl-C came
            _end(status, account)
        stop = stop or talk.drain(on_frame)
        return _close(account, talk, stop, time.monotonic() - started)


def _begin(
    zygote: Zygote,
    order: Order,
    bounds: Bounds,
    account: _Account,
    stack: contextlib.ExitStack,
    network: Sequence[int],
) -> tuple[socket.socket, Talk]:
    """Send the order; what is left open belongs to the stack."""
    status, far = channel.pair()
    stack.enter_context(status)
    stack.callback(account.close)
    pipes: list[int] = []
    try:
        for _ in range(4):
            pipes += os.pipe()
        request_read, request_write, answer_read, answer_write, out_read, out_write, err_read, err_write = (
            pipes
        )
        zygote.send(order, (far.fileno(), request_read, answer_write, out_write, err_write, *network))
    except (OSError, SandboxError, ZygoteGoneError) as error:
        channel.close_all(pipes)
        if isinstance(error, OSError):
            raise SandboxError(
                f"no cell can be made: {error.strerror or error}",
                hint="raise the limit on open files (`ulimit -n` shows it)",
            ) from error
        raise
    finally:
        far.close()
    channel.close_all((request_read, answer_write, out_write, err_write))
    process = _Remote(os.fdopen(out_read, "rb", 0), os.fdopen(err_read, "rb", 0))
    try:
        patience_s = _LOAD_S if order.loads else _BEGIN_S
        _await_maker(status, account, patience_s, door=order.network == "proxy")
    except (SandboxError, ZygoteGoneError):
        channel.close_all((request_write, answer_read))
        process.stdout.close()
        process.stderr.close()
        raise
    talk = Talk(
        process,
        request_write,
        answer_read,
        bounds.output_bytes,
        bounds.frame_bytes,
        os.dup(status.fileno()),
        is_over=lambda: not _listen(status, account) or account.status is not None,
    )
    return status, stack.enter_context(talk)


def _await_maker(status: socket.socket, account: _Account, patience_s: float, *, door: bool) -> None:
    """Wait for descriptors of the cell's outer processes; with a `door`, for its socket too."""
    status.settimeout(patience_s)
    while not account.processes or (door and account.listener < 0):
        if not _listen(status, account):
            raise ZygoteGoneError
        if account.failed:
            raise _refused(account)


def _await_tool(status: socket.socket, account: _Account) -> None:
    """Wait until the tool runs, or cannot be run."""
    while not account.running and not account.failed and account.status is None:
        if not _listen(status, account):
            return


def _listen(status: socket.socket, account: _Account) -> bool:
    """Take in one message; False when there will be none."""
    try:
        received = channel.receive(status)
    except OSError:
        return False
    if received is None:
        return False
    message, descriptors = received
    if "listener" in message:
        (account.listener,) = descriptors
    else:
        account.processes += descriptors
    account.running = account.running or "running" in message
    account.status = message.get("status", account.status)
    account.filled = bool(message.get("filled", account.filled))
    account.failed = account.failed or message.get("failed", "")
    account.unmapped = account.unmapped or message.get("unmapped", "")
    return True


def _end(status: socket.socket, account: _Account) -> None:
    """See that nothing of the cell runs any more. When its end was told, that is so: the rest is tidying up.

    Otherwise kill it from the inside outwards and wait until its maker, which waits for all of it, is gone.
    """
    if account.status is not None:
        return
    maker, *inner = account.processes
    _kill(inner)
    deadline = time.monotonic() + _END_S
    poll = select.poll()
    poll.register(maker, select.POLLIN)
    poll.register(status, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(50)}
        if status.fileno() in ready and not _listen(status, account):
            poll.unregister(status)
        if maker in ready:
            break
        late = time.monotonic() > deadline
        _kill(account.processes[1:] if len(account.processes) > 1 and not late else [maker])
    status.settimeout(0)
    while _listen(status, account):
        pass


def _kill(processes: Sequence[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(process, signal.SIGKILL)


def _close(account: _Account, talk: Talk, stop: Stop, seconds: float) -> Ended:
    if account.failed:
        raise _refused(account)
    if account.status is None and not stop and not account.running:
        raise ZygoteGoneError
    return Ended(
        stop=stop or ("scratch" if account.filled else ""),
        status=_KILLED if account.status is None else account.status,
        stray_bytes=talk.stray_bytes,
        stdout=talk.stdout.decode("utf-8", "backslashreplace"),
        stderr=talk.stderr.decode("utf-8", "backslashreplace"),
        seconds=seconds,
        lost=account.status is None and not stop,
    )


def _refused(account: _Account) -> SandboxError:
    if account.unmapped:
        return UnmappedError(account.unmapped)
    return SandboxError(f"the tool was not run, because it could not be confined: {account.failed}")
