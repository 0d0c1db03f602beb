"""What became of the goals of one file: lines go into a file of its own, and are there after a crash."""

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Self

from toolwright.batch.goals import Goal
from toolwright.batch.outcome import Outcome, outcome_in, record_of
from toolwright.errors import ToolwrightError
from toolwright.types import Json

FOLDER: Final = "batches"
BEGUN: Final = "begun"


class Ledger:
    """The outcomes of a file of goals by their keys; `begun` holds the runs that never said how they ended.

    While it is open nobody else can open it.
    """

    def __init__(self, path: Path, file: int, redact: Callable[[str], str]) -> None:
        self._path = path
        self._file = file
        self._redact = redact
        self._lock = threading.Lock()
        self.outcomes: dict[str, Outcome] = {}
        self.begun: dict[str, str] = {}

    @classmethod
    @contextlib.contextmanager
    def opened(
        cls, folder: Path, name: str, redact: Callable[[str], str], *, fresh: bool = False
    ) -> Iterator[Self]:
        """Open the ledger of the goals called `name`, below the library's own folder; `fresh` empties it.

        Raises:
            ToolwrightError: it is open elsewhere, or cannot be written.
        """
        path = folder / FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.jsonl"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            _lock(file, name)
            if fresh:
                os.ftruncate(file, 0)
            ledger = cls(path, file, redact)
            ledger._read()
            yield ledger
        finally:
            os.close(file)

    def begin(self, goal: Goal, run: str) -> None:
        """Note that a goal is being run; should the program be killed, the run may still say how it ended."""
        self._write({"key": goal.key, "status": BEGUN, "run": run})

    def end(self, goal: Goal, outcome: Outcome) -> None:
        """Note what became of a goal; from then on it is among the `outcomes`."""
        self._write({"key": goal.key, **record_of(outcome)})
        self.outcomes[goal.key] = outcome

    def _read(self) -> None:
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            for line in file.read().splitlines():
                with contextlib.suppress(ValueError, KeyError, TypeError):  # torn by a crash
                    self._take(json.loads(line))

    def _take(self, record: dict[str, Json]) -> None:
        key = str(record["key"])
        if record["status"] == BEGUN:
            self.begun[key] = str(record["run"])
            self.outcomes.pop(key, None)
        else:
            self.outcomes[key] = outcome_in(record)
            self.begun.pop(key, None)

    def _write(self, record: dict[str, Json]) -> None:
        line = json.dumps(_masked(record, self._redact)).encode()
        data = b"\n" + line + b"\n"  # what a crash tore before it stays a line of its own
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._file, data) :]
                os.fsync(self._file)
            except OSError as error:
                raise _unwritable(self._path, error) from error


def _lock(file: int, name: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ToolwrightError(
            f"the goals of {name} are being run already", hint="wait for that to end, or stop it"
        ) from None


def _masked(value: Json, redact: Callable[[str], str]) -> Json:
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(key): _masked(inner, redact) for key, inner in value.items()}
        case list():
            return [_masked(inner, redact) for inner in value]
    return value


def _unwritable(path: Path, error: OSError) -> ToolwrightError:
    return ToolwrightError(
        f"what is done cannot be noted in {str(path)!r}: {error.strerror}",
        hint="make that folder writable, or name another library with --library DIR",
    )
