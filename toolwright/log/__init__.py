"""`agent.log`: events of a run go in, one JSON object a line comes out; redacted, never in the way."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from toolwright.events import Event, ModelProgress, RunFinished, RunStarted
from toolwright.log.lines import described
from toolwright.log.shared_file import SharedFile
from toolwright.types import Json

LONGEST_TEXT: Final = 2000
MOST_CAUSES: Final = 5


class RunLog:
    """A listener that writes the events of one run to a file; a place that cannot be written is no error.

    `redact` masks secrets in a text. `problem` says why nothing is written, "" while all is well.
    """

    def __init__(self, path: Path, run: str, redact: Callable[[str], str]) -> None:
        self._handler = SharedFile(path)
        self._run = run
        self._redact = redact
        self._step = 0

    @property
    def problem(self) -> str:
        """Why the last line could not be written."""
        return self._handler.problem

    def __call__(self, event: Event) -> None:
        """Write a line for the event, or one for each exchange in it; progress of the model is left out."""
        if isinstance(event, ModelProgress):
            return
        if isinstance(event, RunStarted):
            self._run = event.run
        for level, name, fields in described(event):
            step = fields.pop("step", None)
            self._step = step if isinstance(step, int) else self._step
            self._write(level, name, fields)
        if isinstance(event, RunFinished):
            self.close()

    def failed(self, error: BaseException) -> None:
        """Write what ended the run before it could report; the causes are included."""
        texts: list[str] = []
        cause: BaseException | None = error
        while cause is not None and len(texts) < MOST_CAUSES:
            texts.append(f"{type(cause).__name__}: {cause}")
            cause = cause.__cause__
        self._write(logging.ERROR, "run.broken", {"errors": texts})
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later event opens it again."""
        self._handler.close()

    def _write(self, level: int, name: str, fields: Mapping[str, Json]) -> None:
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": logging.getLevelName(level).lower(),
            "run": self._run,
            "step": self._step,
            "event": name,
        }
        safe = self._safe({**line, **fields})
        text = json.dumps(safe, ensure_ascii=True, separators=(",", ":"))
        self._handler.handle(logging.makeLogRecord({"msg": text, "levelno": level}))

    def _safe(self, value: Json) -> Json:
        """Return the value with every text in it redacted first and shortened then."""
        match value:
            case str():
                text = self._redact(value)
                return (
                    text
                    if len(text) <= LONGEST_TEXT
                    else f"{text[:LONGEST_TEXT]}... ({len(text)} characters)"
                )
            case Mapping():
                return {self._safe(str(key)): self._safe(item) for key, item in value.items()}
            case list() | tuple():
                return [self._safe(item) for item in value]
            case float() if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  (NaN)
                return None
            case None | bool() | int() | float():
                return value
        return self._safe(str(value))
