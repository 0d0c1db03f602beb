"""Goals that were put into a queue: each is a file of its own, which outlives the program, until it is done.

While a directive runs its file is locked; one that says it runs and is not locked was cut off.
"""

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from toolwright.errors import ToolwrightError
from toolwright.records import dataclass

FOLDER: Final = "directives"
UNFINISHED: Final = frozenset({"queued", "running", "interrupted", "cut off"})
"""What may stand in the status of a directive that still waits; others are those of a run, or `dropped`."""
_NAME: Final = re.compile(r"(\d{1,9})\.jsonl")
_TRIES: Final = 100
_MOST_FINISHED: Final = 50


@dataclass(frozen=True, slots=True)
class Directive:
    """A goal with what became of it; `created` is in seconds since 1970, `run` the last run of it or ""."""

    number: int
    goal: str
    status: str
    created: float
    run: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.status not in UNFINISHED


class Directives:
    """The directives of one library, by number; `redact` masks secrets before a goal is written."""

    def __init__(self, folder: Path, redact: Callable[[str], str]) -> None:
        """`folder` is the library's own, `.toolwright`."""
        self._folder = folder / FOLDER
        self._redact = redact

    def all(self) -> list[Directive]:
        """Return those that are kept, the oldest first."""
        return [each for number in self._numbers() if (each := self._read(number))]

    def add(self, goal: str) -> Directive:
        """Keep a goal as the last of the queue.

        Raises:
            ToolwrightError: it cannot be written.
        """
        line = {"goal": self._redact(goal), "status": "queued"}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                number = max(self._numbers(), default=0) + 1
                with contextlib.suppress(FileExistsError):  # somebody else was quicker
                    file = os.open(self._path(number), _NEW, 0o600)
                    try:
                        _write(file, line)
                    finally:
                        os.close(file)
                    self._forget()
                    return Directive(number, str(line["goal"]), "queued", time.time())
        except OSError as error:
            raise ToolwrightError(
                f"the directive cannot be kept in {self._folder}: {error.strerror}"
            ) from error
        raise ToolwrightError(f"the directive cannot be kept: {self._folder} is in use by others")

    def drop(self, number: int) -> None:
        """Give one up.

        Raises:
            ToolwrightError: there is none of that number, or it runs.
        """
        with self.running(number, begins=False) as said:
            said("dropped", "")

    @contextlib.contextmanager
    def running(self, number: int, *, begins: bool = True) -> Iterator[Callable[[str, str], None]]:
        """Hold a directive while it runs; what is yielded takes its status and run when that is known.

        Raises:
            ToolwrightError: there is none of that number, or another program runs it.
        """
        try:
            file = os.open(self._path(number), _MORE)
        except OSError:
            raise ToolwrightError(f"there is no directive {number}", hint=":directives lists them") from None
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ToolwrightError(f"directive {number} is run by another program just now") from None
            if begins:
                _write(file, {"status": "running"})
            try:
                yield lambda status, run: _write(file, {"status": status, "run": run})
            except KeyboardInterrupt:
                _write(file, {"status": "interrupted"})
                raise
        finally:
            os.close(file)

    def _forget(self) -> None:
        """Remove the oldest of those that are finished; what became of them stands in the runs."""
        finished = [each for each in self.all() if each.is_finished]
        for each in finished[:-_MOST_FINISHED]:
            with contextlib.suppress(OSError):
                self._path(each.number).unlink()

    def _numbers(self) -> list[int]:
        """Return the numbers that are taken, whatever stands in the files."""
        try:
            names = [_NAME.fullmatch(path.name) for path in self._folder.iterdir()]
        except OSError:
            return []
        return sorted(int(name[1]) for name in names if name)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.jsonl"

    def _read(self, number: int) -> Directive | None:
        """Return a directive, None for a file that is none."""
        said: dict[str, str] = {}
        created = 0.0
        try:
            file = os.open(self._path(number), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            for line in os.read(file, _MOST).decode("utf-8", "replace").splitlines():
                with contextlib.suppress(ValueError, TypeError, AttributeError):
                    told = json.loads(line)
                    created = created or float(told["at"])
                    said |= {name: value for name, value in told.items() if isinstance(value, str)}
            if said.get("status") == "running" and not _is_locked(file):
                said["status"] = "cut off"
        except OSError:
            return None
        finally:
            os.close(file)
        goal = said.get("goal", "")
        return Directive(number, goal, said.get("status", ""), created, said.get("run", "")) if goal else None


_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_MORE: Final = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
_MOST: Final = 1_000_000


def _write(file: int, said: dict[str, str]) -> None:
    """Add a line; it is on disk when this returns."""
    os.write(file, json.dumps({"at": round(time.time(), 3), **said}).encode() + b"\n")
    os.fsync(file)


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
