"""The first step of a zygote's life: nothing in, a process that loads itself and waits for its start out.

Python and its modules take longer to load there than anything that follows, and a program that is to make
one call has as much to load itself. This step needs next to nothing, so that it can be taken before all else.
"""

import contextlib
import fcntl
import os
import select
import socket
import sys

CONTROL, PROGRAM = 3, 4
"""Where a zygote finds its end of the channel, and a descriptor that tells of the program's end."""

_START = os.path.join(os.path.dirname(os.path.abspath(__file__)), "start.py")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/scratch", "TMPDIR": "/scratch", "LANG": "C.UTF-8"}
_TRACE_BYTES = 4000
_FREE = 10  # above every place that a descriptor gets


GOODBYE = b"{}"
"""Says that the program closes its channel; when it is closed without, the program was killed."""


class Launched:
    """A process on its way to be a zygote: `control` leads to it. It ends when that is closed."""

    def __init__(self, pid: int, control: socket.socket, complaints: int) -> None:
        self.control = control
        self._pid = pid
        self._process = os.pidfd_open(pid)
        self._complaints = complaints

    def end(self, patience_s: float) -> str:
        """Close the channel, wait for the end, and return the last line that the process complained of.

        After `patience_s` seconds it is killed. Doing it twice does no harm.
        """
        with contextlib.suppress(OSError):
            self.control.send(GOODBYE)
        self.control.close()
        if self._process < 0:
            return ""
        process, complaints = self._process, self._complaints
        self._process = self._complaints = -1
        try:
            poll = select.poll()
            poll.register(process, select.POLLIN)
            if not poll.poll(patience_s * 1000):
                os.kill(self._pid, 9)
        finally:  # also when Ctrl-C came
            with contextlib.suppress(ChildProcessError):  # a program may leave its children to the kernel
                os.waitpid(self._pid, 0)
            os.close(process)
            trace = _read(complaints)
        lines = trace.decode("utf-8", "backslashreplace").strip().splitlines()
        return lines[-1] if lines else ""


def launch(hash_seed: int = 0) -> Launched:
    """Start a process with nothing of ours but the channel: an empty environment, no other descriptor.

    A `hash_seed` other than 0 is that of its Python, which then reads the environment: it is our own.

    Raises:
        OSError: no process can be started.
    """
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.callback(near.close)
        control = _high(far.detach(), theirs)
        program = _high(os.pidfd_open(os.getpid()), theirs)
        reading, writing = os.pipe()
        ours.callback(os.close, reading)
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *(("-s", "-P") if hash_seed else ("-I",)), "-S", _START],
            {**_ENVIRONMENT, "PYTHONHASHSEED": str(hash_seed)} if hash_seed else _ENVIRONMENT,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, _high(writing, theirs), 2),
                (os.POSIX_SPAWN_DUP2, control, CONTROL),
                (os.POSIX_SPAWN_DUP2, program, PROGRAM),
            ],
            setsid=True,
        )
        ours.pop_all()
        return Launched(pid, near, reading)


def _high(descriptor: int, owner: contextlib.ExitStack) -> int:
    """Return a copy that no place overwrites; the owner closes both."""
    owner.callback(os.close, descriptor)
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FREE)
    owner.callback(os.close, copy)
    return copy


def _read(complaints: int) -> bytes:
    os.set_blocking(complaints, False)
    try:
        return os.read(complaints, _TRACE_BYTES)
    except BlockingIOError:  # somebody of its own still runs, and says nothing
        return b""
    finally:
        os.close(complaints)
