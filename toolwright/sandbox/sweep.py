"""The end of a cell: its process, group and every process that carries its mark are killed and reaped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MARK: Final = "TOOLWRIGHT_CELL"
"""The environment variable by which descendants are known even in a session of their own."""

_PATIENCE_S: Final = 2.0


def end_cell(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill what the cell started and wait until it is gone.

    The group is killed before the child is reaped: until then nobody else can get its number.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie's group
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if sys.platform == "linux":
        _sweep(f"{MARK}={mark}".encode(), process.pid)
    _reap(-process.pid)


def _sweep(mark: bytes, first: int) -> None:
    """Kill marked processes until a look finds none; what forks meanwhile is found by the next look."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        found = list(_marked(mark, first))
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in found:
            _reap(pid)


def _marked(mark: bytes, first: int) -> Iterator[int]:
    for pid in _younger(first):
        try:
            with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:  # noqa: PTH123 - hundreds of them per call
                environment = file.read(1 << 16)
        except OSError:  # gone already, or another user's
            continue
        if mark in environment:
            yield pid


def _younger(first: int) -> list[int]:
    """Processes started after `first`: numbers grow, and when they have wrapped around, all of them."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 - names are all we need
    try:
        newest = int(Path("/proc/loadavg").read_text(encoding="ascii").split()[4])
    except (OSError, ValueError, IndexError):
        return pids
    return [pid for pid in pids if pid > first] if newest >= first else pids


def _reap(target: int) -> None:
    """Collect children that were handed to this process, as happens to the first process of a container."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(target, os.WNOHANG)[0]:
            pass
