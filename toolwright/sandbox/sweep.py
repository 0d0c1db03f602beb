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
_PAUSE_S: Final = 0.001


def end_cell(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill what the cell started and wait until all of it is dead.

    The group is killed before the child is reaped: until then nobody else can get its number.
    """
    swept = sys.platform == "linux"
    text = f"{MARK}={mark}".encode()
    # looked for before the group is killed too: a dying process shows its mark no longer
    doomed = set(_marked(text, process.pid)) if swept else set()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie's group
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if swept:
        _sweep(text, process.pid, doomed)
    _reap(-process.pid)


def _sweep(mark: bytes, first: int, doomed: set[int]) -> None:
    """Kill marked processes until a look finds none and all are dead; the next look finds what forked."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        found = set(_marked(mark, first))
        doomed |= found
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not found and not any(map(_is_alive, doomed)):
            break
        time.sleep(_PAUSE_S)
    for pid in doomed:
        _reap(pid)


def _is_alive(pid: int) -> bool:
    """Whether the process still runs; a zombie does not."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
            != "Z"
        )
    except (OSError, IndexError):
        return False


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
