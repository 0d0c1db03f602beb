"""A call of a tool -> a line at the end of a file: fast, and safe from several programs at once."""

import json
import os
import time
from pathlib import Path

SPOOL = "executions.jsonl"


def note_execution(folder: Path, tool: str, *, succeeded: bool, seconds: float) -> None:
    """Append a call to the spool of a library's own folder; where that cannot be done, nothing is noted."""
    said = {"tool": tool, "ok": succeeded, "s": round(seconds, 4), "at": round(time.time(), 3)}
    try:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - pathlib costs a single call more than the line
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        spool = os.open(folder / SPOOL, flags, 0o666)
        try:
            os.write(spool, (json.dumps(said) + "\n").encode())
        finally:
            os.close(spool)
    except OSError:
        return
