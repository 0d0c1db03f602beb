"""Changes to a library in processes of their own that strace kills, or lets fail, at one system call each.

`strace` attaches to a child that has loaded everything and waits: it counts the change and nothing else. One
strace serves all calls of a name: it acts on the K-th, and before a change so many calls are made in vain,
with arguments that are wrong, that the n-th call of the change is the K-th.
"""

import contextlib
import ctypes
import errno
import functools
import json
import os
import re
import shutil
import subprocess
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from toolwright.errors import LibraryError

WRITING = (
    "openat,write,rename,renameat,renameat2,unlink,unlinkat,mkdir,rmdir,ftruncate,fchmod,fsync,close,flock"
)
READING = "newfstatat,read,getdents64,lseek,ioctl"
_LINE = re.compile(r"\d+ +\[ *(\d+)\] (\w+)\(")


@dataclass(frozen=True)
class Call:
    """A system call: its name and number, and how often a change makes it."""

    name: str
    number: int
    count: int


def need_strace():
    """Skip where strace may not be used; CI installs it."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"strace is not permitted here: {done.stderr.decode().strip()}")


def outcome(change, strace_options):
    """Run a change in a child under strace; return what it said: "" when it was done."""
    [said] = _under_strace(lambda: [_said(change)], strace_options)
    return said


def calls_of(change, which, record):
    """Return the system calls among `which`, comma-separated or "all", that a change makes.

    `record` is where the trace is written.
    """
    assert outcome(change, ["-n", "-e", f"trace={which}", "-o", str(record)]) == ""
    calls = [found.group(2, 1) for line in record.read_text().splitlines() if (found := _LINE.match(line))]
    if calls[0][0] == "read":  # by which it was let go
        calls = calls[1:]
    while calls[-1][0] == "exit_group":
        calls.pop()
    assert calls.pop()[0] == "write"  # by which it answers
    return [Call(name, int(number), count) for (name, number), count in Counter(calls).items()]


def killed_at_each(changes, call):
    """Kill the first change at its first such call, the second at its second, ...; tell which were killed."""
    at = call.count + 1

    def forking():
        killed = []
        for n, change in enumerate(changes, 1):
            child = os.fork()
            if child == 0:
                for _ in range(at - n):
                    _call_in_vain(call)
                _said(change)
                os._exit(0)
            killed.append(os.WIFSIGNALED(os.waitpid(child, 0)[1]))
        return killed

    return _under_strace(forking, _injecting(call, f"signal=SIGKILL:when={at}"))


def refused_at_each(changes, call, error):
    """Refuse the first change its first such call, the second its second, ...; return what each said."""
    every = call.count + 30  # a change that is refused something makes more calls, but not so many more

    def changing():
        said = []
        for n, change in enumerate(changes, 1):
            while _call_in_vain(call) != getattr(errno, error):
                pass
            for _ in range(every - n):
                _call_in_vain(call)
            said.append(_said(change))
        return said

    return _under_strace(changing, _injecting(call, f"error={error}:when={every}+{every}"))


def _injecting(call, what):
    return ["-e", f"trace={call.name}", "-e", f"inject={call.name}:{what}"]


def _call_in_vain(call):
    """Make a system call with arguments that are no file, folder or address; return the error's number."""
    ctypes.set_errno(0)
    _library().syscall(*map(ctypes.c_long, (call.number, -1, 0, 0, 0, 0)))
    return ctypes.get_errno()


@functools.cache
def _library():
    return ctypes.CDLL(None, use_errno=True)


def _said(change):
    """Change; return the library's error, or what was not foreseen with its traceback, or ""."""
    try:
        change()
    except LibraryError as error:
        return str(error)
    except BaseException as bug:  # noqa: BLE001 - the parent must see everything that gets this far
        return "".join(traceback.format_exception(bug))
    return ""


def _under_strace(work, strace_options):
    """Do something in a child that strace has attached to; return what it returned, through JSON."""
    gate, answer = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.read(gate[0], 1)
            left = json.dumps(work()).encode()
            while left:
                with contextlib.suppress(OSError):  # one more call that may be refused
                    left = left[os.write(answer[1], left) :]
        finally:
            os._exit(0)
    tracer = _attached(child, strace_options)
    os.close(answer[1])
    os.write(gate[1], b"x")
    said = _all_of(answer[0])
    os.waitpid(child, 0)
    tracer.wait()
    for descriptor in (*gate, answer[0]):
        os.close(descriptor)
    return json.loads(said)


def _attached(child, options):
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", os.devnull, *options, "-p", str(child)], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 90
    while _tracer_of(child) == 0:
        assert time.monotonic() < deadline, "strace did not attach"
        assert tracer.poll() is None, "strace ended"
        time.sleep(0.001)
    return tracer


def _tracer_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("TracerPid"))


def _all_of(descriptor):
    pieces = []
    while piece := os.read(descriptor, 65536):
        pieces.append(piece)
    return b"".join(pieces)
