"""A change to a library in a process of its own that strace kills, or lets fail, at one system call.

`strace` attaches to a child that has loaded everything and waits: it counts the change and nothing else.
"""

import contextlib
import os
import shutil
import subprocess
import time
import traceback
from collections import Counter
from pathlib import Path

import pytest

from toolwright.errors import LibraryError

WRITING = (
    "openat,write,rename,renameat,renameat2,unlink,unlinkat,mkdir,rmdir,ftruncate,fchmod,fsync,close,flock"
)
READING = "newfstatat,read,getdents64,lseek,ioctl"
_LET_GO = ("read", 1)


def need_strace():
    """Skip where strace may not be used; CI installs it."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"strace is not permitted here: {done.stderr.decode().strip()}")


def outcome(change, strace_options):
    """Run a change in a child under strace; return "killed", or what it said: "" when it was done."""
    gate, answer = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(change, gate[0], answer[1])
    tracer = _attached(child, strace_options)
    os.close(answer[1])
    os.write(gate[1], b"x")
    said = _all_of(answer[0])
    _, status = os.waitpid(child, 0)
    tracer.wait()
    for descriptor in (*gate, answer[0]):
        os.close(descriptor)
    if os.WIFSIGNALED(status):
        return "killed"
    assert said.startswith(b"said:"), said.decode()
    return said.decode().removeprefix("said:")


def _in_child(change, gate, answer):
    """Wait to be let go, change, say how it went, and be gone without clearing up."""
    said = "no outcome"
    try:
        os.read(gate, 1)
        said = "said:"
        try:
            change()
        except LibraryError as error:
            said = f"said:{error}"
        except BaseException as bug:  # noqa: BLE001 - the parent must see everything that gets this far
            said = "".join(traceback.format_exception(bug))
    finally:
        with contextlib.suppress(OSError):
            os.write(answer, said.encode())
        os._exit(0)


def _attached(child, options):
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", os.devnull, *options, "-p", str(child)], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
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


def calls_of(change, which, record):
    """Return the system calls among `which` that a change makes, each as its name and the how-manieth it is.

    `record` is where the trace is written. The last one, by which the child answers, is not the change's.
    """
    said = outcome(change, ["-e", f"trace={which}", "-o", str(record)])
    assert said == ""
    names = [line.split()[1].partition("(")[0] for line in record.read_text().splitlines() if "(" in line]
    counts, found = Counter(), []
    for name in names:
        counts[name] += 1
        found.append((name, counts[name]))
    *of_the_change, answer = [call for call in found if call not in {_LET_GO, ("exit_group", 1)}]
    assert answer[0] == "write"
    return of_the_change
