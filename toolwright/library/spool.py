"""A call of a tool, or a change of the library -> a line at the end of a file, quickly, by many at once.

Others count the calls (`executions`); the memory takes every line in that has an `id`, once, and never
removes one: a spool that was added up is put into the folder `calls`, where the memory finds it.
"""

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

Told = Mapping[str, str | None]
"""What the memory keeps of a call: `status`, `input`, `output` and `error`, without secrets and short."""

SPOOL = "executions.jsonl"
ADDED_UP = "calls"


def note_execution(
    folder: Path, tool: str, *, succeeded: bool, seconds: float, told: Told | None = None
) -> None:
    """Append a call to the spool of a library's own folder; where that cannot be done, nothing is noted.

    `told` is None when nothing is to be remembered, or a run tells it: then the call is only counted.
    """
    said = {"tool": tool, "ok": succeeded, "s": round(seconds, 4), "at": round(time.time(), 3)}
    _append(folder, {**said, "counts": True} if told is None else {**said, **told, "id": _identity()})


def note_refusal(folder: Path, tool: str, told: Told) -> None:
    """Append a call that was not permitted; it was none, and is not counted as one."""
    _append(folder, {"tool": tool, "s": 0.0, "at": round(time.time(), 3), **told, "id": _identity()})


def note_change(folder: Path, what: str) -> None:
    """Append in words what was done to the library."""
    _append(folder, {"t": "change", "what": what, "at": round(time.time(), 3), "id": _identity()})


def _identity() -> str:
    return os.urandom(8).hex()


def _append(folder: Path, said: Mapping[str, object]) -> None:
    line = (json.dumps(said) + "\n").encode()
    try:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - pathlib costs a single call more than the line
        while not _appended(folder / SPOOL, line):
            pass
    except OSError:
        return


def _appended(path: Path, line: bytes) -> bool:
    """Append a line; False when the spool was put away at this moment, and there is a new one to be made."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    spool = os.open(path, flags, 0o600)
    try:
        fcntl.flock(spool, fcntl.LOCK_SH)  # who reads a spool for the last time waits for those who write
        try:
            if not os.path.samestat(os.fstat(spool), os.stat(path)):  # noqa: PTH116 - as above
                return False
        except FileNotFoundError:
            return False
        os.write(spool, line)
    finally:
        os.close(spool)
    return True
