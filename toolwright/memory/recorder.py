"""Events of one run go in, lines of a file of its own come out, from which the memory takes them later.

Writing a line needs no database: it is quick, waits for nobody, and what is reported once is not lost when
the program is killed. While the run lasts the file is locked; an unlocked one without an end was cut off.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from toolwright.events import Event, ModelAsked, Notice, RunStarted
from toolwright.memory.lines import Line, as_text, line_of
from toolwright.types import Json

SPOOL: Final = "runs"
LIVE: Final = ("executions.jsonl", "executions.folding")
"""Where calls outside of runs are noted, and what of it is being added up just now; `library/spool.py`."""
ADDED_UP: Final = "calls"


class Recorder:
    """A listener that keeps one run; `redact` masks secrets, `tell` gets a notice when it cannot be kept.

    As a context it writes how the run ended, unless the run itself has said that.
    """

    def __init__(
        self,
        folder: Path,
        run: str,
        about: Mapping[str, str],
        redact: Callable[[str], str],
        tell: Callable[[Event], None],
    ) -> None:
        """`folder` is the library's own; `about` holds goal and model for runs that have no beginning."""
        self._path = folder / SPOOL / f"{run}.jsonl"
        self._about = dict(about)
        self._redact = redact
        self._tell = tell
        self._file: int | None = None
        self._asked = ""
        self._ended = False
        self._given_up = False

    def __call__(self, event: Event) -> None:
        """Keep what is to be kept of an event."""
        if isinstance(event, ModelAsked):
            self._asked = event.model
        line = line_of(event)
        if line is not None and line["t"] == "model_call":
            line["model"] = self._asked
        if line is not None:
            self._keep(line, begins=isinstance(event, RunStarted))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._file is not None and not self._ended:
            status = "done" if error is None else "failed" if isinstance(error, Exception) else "interrupted"
            message = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else None
            self._keep({"t": "end", "status": status, "message": message})
        self.close()

    def close(self) -> None:
        """Let the memory have the run."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _keep(self, line: Line, *, begins: bool = False) -> None:
        if self._given_up or self._ended:
            return
        try:
            if self._file is None:
                if not self._path.parents[2].is_dir():  # no library, which the run itself says
                    self._given_up = True
                    return
                self._file = _opened(self._path)
                if not begins:
                    self._write({"t": "run", "sandbox": "", **self._about})
            self._write(line)
            if line["t"] == "end":
                self._ended = True
                os.fsync(self._file)
                self.close()
        except OSError as error:
            self._given_up = True
            why = error.strerror or str(error)
            self._tell(Notice(f"this run is not remembered: cannot write {str(self._path)!r} ({why})"))

    def _write(self, line: Line) -> None:
        if "input" in line:
            line = {**line, "input": as_text(line["input"]), "output": as_text(line["output"])}
        data = json.dumps({"at": round(time.time(), 3), **self._safe(line)}).encode() + b"\n"
        assert self._file is not None  # noqa: S101 - opened by the caller
        while data:
            data = data[os.write(self._file, data) :]

    def _safe(self, value: Json) -> Any:
        match value:
            case str():
                return self._redact(value)
            case dict():
                return {key: self._safe(inner) for key, inner in value.items()}
            case list():
                return [self._safe(inner) for inner in value]
        return value


def _opened(path: Path) -> int:
    """Make the file of a run and lock it; only the user may read it."""
    path.parent.parent.mkdir(exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(path, flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        os.close(file)
        raise
    return file
