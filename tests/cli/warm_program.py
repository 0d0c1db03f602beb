"""Words for the program -> a process that runs it to its end, forked from one that has loaded everything.

What is loaded already is all that tells it from `python agent.py`, and saves most of the time of a short run.
"""

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

START = Path(__file__).with_name("warm_start.py")
PLAIN = {"LANG": "C.UTF-8"}
"""What Python reads of the environment before it runs anything; with other values it has to be started."""
_TURN = threading.Lock()


def can_run(env: Mapping[str, str]) -> bool:
    """Tell whether an environment is one in which a warm Python is like a new one."""
    read_early = {name: value for name, value in env.items() if name.startswith(("PYTHON", "LC_", "LANG"))}
    return sys.platform == "linux" and read_early == PLAIN


def run_warm(
    words: Sequence[str | bytes], cwd: Path, env: Mapping[str, str], stdin: bytes | None, seconds: float
) -> tuple[int, bytes, bytes]:
    """Run the program to its end; return exit code (of a signal its negative number), stdout and stderr.

    Raises:
        TimeoutError: it takes too long, and was killed.
    """
    request = {"words": [os.fsdecode(word) for word in words], "cwd": str(cwd), "env": dict(env)}
    with contextlib.ExitStack() as stack:
        streams = [_fed(stack, stdin), *(_pipe(stack) for _ in range(3))]
        theirs = [theirs for _, theirs in streams]
        with _TURN:
            socket.send_fds(_started(), [json.dumps(request).encode()], theirs)
        for descriptor in theirs:
            os.close(descriptor)
        _, out, err, told = (ours for ours, _ in streams)
        [pid] = struct.unpack("i", os.read(told, 4))
        heard = _read_all([out, err], seconds)
        if heard is None or not select.select([told], [], [], seconds)[0]:
            os.killpg(pid, signal.SIGKILL)
            raise TimeoutError(f"{words} took longer than {seconds} s")
        [status] = struct.unpack("i", os.read(told, 4))
        return os.waitstatus_to_exitcode(status), *heard


def _pipe(stack: contextlib.ExitStack) -> tuple[int, int]:
    ours, theirs = os.pipe()
    stack.callback(os.close, ours)
    return ours, theirs


def _fed(stack: contextlib.ExitStack, text: bytes | None) -> tuple[int, int]:
    if text is None:
        return -1, os.open(os.devnull, os.O_RDONLY)
    theirs, ours = os.pipe()

    def feed() -> None:
        with contextlib.suppress(BrokenPipeError), os.fdopen(ours, "wb") as pipe:
            pipe.write(text)

    writer = threading.Thread(target=feed)
    writer.start()
    stack.callback(writer.join)
    return ours, theirs


def _read_all(descriptors: Sequence[int], seconds: float) -> list[bytes] | None:
    """Read to the ends; None when nothing comes for so long."""
    heard = {descriptor: bytearray() for descriptor in descriptors}
    open_ones = list(descriptors)
    while open_ones:
        ready = select.select(open_ones, [], [], seconds)[0]
        if not ready:
            return None
        for descriptor in ready:
            piece = os.read(descriptor, 1 << 16)
            heard[descriptor] += piece
            if not piece:
                open_ones.remove(descriptor)
    return [bytes(heard[descriptor]) for descriptor in descriptors]


@functools.cache
def _started() -> socket.socket:
    """Start the warm Python once; it ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    os.set_inheritable(theirs.fileno(), True)
    process = subprocess.Popen(
        [sys.executable, "-c", _AS_THIRD.format(theirs.fileno()), sys.executable, str(START)],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], **PLAIN},
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


_AS_THIRD = """
import os, sys
if {0} != 3:
    os.dup2({0}, 3)
    os.close({0})
os.set_inheritable(3, True)
os.execv(sys.argv[1], sys.argv[1:])
"""
