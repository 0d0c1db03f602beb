"""The spool of calls -> how often each tool was used, how it went, how long it took; long ones are summed."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from toolwright.library.spool import ADDED_UP, SPOOL
from toolwright.records import asdict, dataclass
from toolwright.types import Json

_TOTALS: Final = "executions.json"
_FOLDING: Final = "executions.folding"
_LONG: Final = 256_000
"""Bytes of a spool that is added up."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What is known of the calls of a tool; `last` is when the last one ended, in seconds since the epoch."""

    calls: int = 0
    succeeded: int = 0
    seconds: float = 0.0
    last: float = 0.0

    @property
    def mean_s(self) -> float:
        """How long a call took on the average, in seconds."""
        return self.seconds / self.calls if self.calls else 0.0

    def __add__(self, other: "Uses") -> "Uses":
        return Uses(
            self.calls + other.calls,
            self.succeeded + other.succeeded,
            self.seconds + other.seconds,
            max(self.last, other.last),
        )


def executions(folder: Path) -> dict[str, Uses]:
    """Return the uses of every tool that was called from a library; a damaged line counts for nothing."""
    if _size(folder / SPOOL) > _LONG:
        _fold(folder)
    totals, folded = _totals(folder)
    found = dict(totals)
    for name in (_FOLDING, SPOOL):
        if name == _FOLDING and _identity(folder / _FOLDING) == folded:
            continue  # added up already, only not removed
        for tool, uses in _added_up(folder / name).items():
            found[tool] = found.get(tool, Uses()) + uses
    return found


def _fold(folder: Path) -> None:
    """Add the spool to the totals, which say what they hold: a crash in between loses and doubles nothing."""
    import fcntl

    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        totals, folded = _totals(folder)
        folding = folder / _FOLDING
        if _identity(folding) in {"", folded}:
            _leave_for_memory(folding)
            (folder / SPOOL).replace(folding)
        _wait_for_writers(folding)
        for tool, uses in _added_up(folding).items():
            totals[tool] = totals.get(tool, Uses()) + uses
        said = {"folded": _identity(folding), "tools": {tool: asdict(uses) for tool, uses in totals.items()}}
        beside = folder / f"{_TOTALS}.new"
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(folder / _TOTALS)
        _leave_for_memory(folding)
    except OSError:
        return  # somebody else is at it, or the folder cannot be written: the lines are there all the same
    finally:
        os.close(held)


def _wait_for_writers(folding: Path) -> None:
    """Wait for those who opened the spool before it was put away; who opens it now finds another."""
    import fcntl

    file = os.open(folding, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    finally:
        os.close(file)


def _leave_for_memory(folding: Path) -> None:
    """Put a spool that was added up where the memory takes it in; one that only counts is removed."""
    try:
        data = folding.read_bytes()
    except FileNotFoundError:
        return
    if b'"id"' not in data:
        folding.unlink()
        return
    kept = folding.parent / ADDED_UP
    kept.mkdir(exist_ok=True)
    folding.rename(kept / f"{time.time_ns()}.jsonl")


def _totals(folder: Path) -> tuple[dict[str, Uses], str]:
    """Return the totals, and the identity of the last spool that is in them."""
    try:
        said = json.loads((folder / _TOTALS).read_text(encoding="utf-8"))
        uses = {str(tool): Uses(**numbers) for tool, numbers in said["tools"].items()}
        return uses, str(said["folded"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}, ""


def _added_up(path: Path) -> dict[str, Uses]:
    found: dict[str, Uses] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        uses = _uses(said)
        if uses is not None:
            found[said["tool"]] = found.get(said["tool"], Uses()) + uses
    return found


def _uses(said: Json) -> Uses | None:
    match said:
        case {
            "tool": str(),
            "ok": bool(succeeded),
            "s": int() | float() as seconds,
            "at": int() | float() as at,
        }:
            return Uses(1, int(succeeded), float(seconds), float(at))
    return None


def as_json(uses: Mapping[str, Uses], tool: str) -> Json:
    """Return the uses of a tool for programs."""
    used = uses.get(tool, Uses())
    rate = used.succeeded / used.calls if used.calls else None
    return {"calls": used.calls, "success_rate": rate, "mean_seconds": used.mean_s, "last": used.last or None}


def _identity(path: Path) -> str:
    try:
        known = path.stat()
    except OSError:
        return ""
    return f"{known.st_ino}-{known.st_size}-{known.st_mtime_ns}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
