"""Exchanges with a model to and from a JSON-lines file: a header line, then one exchange a line."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from toolwright.errors import TranscriptError
from toolwright.events import Listener, Notice
from toolwright.records import dataclass
from toolwright.types import Json, Reply, Usage

VERSION: Final = 1
_MARK: Final = "toolwright_transcript"
_HINT: Final = "give --replay a file that Toolwright recorded, unchanged"
_Kind: TypeAlias = type | tuple[type, ...]
_USAGE: Final[Mapping[str, _Kind]] = {
    "calls": int,
    "prompt_tokens": int,
    "output_tokens": int,
    "seconds": (int, float),
    "picodollars": int,
    "priced": int,
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer; `stage` and `subject` are what a replay goes by."""

    stage: str
    subject: str
    prompt: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript as read: `note` says where it comes from, `goal` what was wanted."""

    path: str
    note: str
    goal: str
    exchanges: tuple[Exchange, ...]

    @classmethod
    def read(cls, path: str | Path) -> "Transcript":
        """Read a transcript. Of an exchange, stage, subject and reply are required.

        Raises:
            TranscriptError: it cannot be read or is malformed; the message names file and line.
        """
        try:
            lines = Path(path).read_bytes().split(b"\n")
        except OSError as error:
            raise TranscriptError(
                f"cannot read the transcript {str(path)!r}: {error.strerror}", hint=_HINT
            ) from error
        records = [
            (number, _record(path, number, line)) for number, line in enumerate(lines, 1) if line.strip()
        ]
        if not records:
            raise TranscriptError(f"the transcript {str(path)!r} is empty", hint=_HINT)
        number, header = records[0]
        if type(header.get(_MARK)) is not int or header[_MARK] != VERSION:
            found = f"version {header[_MARK]!r}" if _MARK in header else "no transcript header"
            raise _wrong(path, number, f"{found}, where {_MARK!r} should be {VERSION}")
        note, goal = (_field(path, number, header, name, str, "") for name in ("note", "goal"))
        return cls(
            str(path), note, goal, tuple(_exchange(path, number, record) for number, record in records[1:])
        )


class TranscriptWriter:
    """Appends exchanges to a file of mode 0600; the file and its folder are made with the first one.

    Each exchange is one write, and a file that is nowhere to be written does not stop the run: a
    `Notice` says so once, and nothing more is recorded.
    """

    def __init__(
        self,
        path: str | Path,
        note: str,
        redact: Callable[[str], str],
        *,
        goal: str = "",
        emit: Listener = lambda _event: None,
    ) -> None:
        """`redact` takes the secrets out of every text before it is written."""
        self._path = Path(path)
        self._redact = redact
        self._emit = emit
        self._header = {_MARK: VERSION, "note": redact(note), "goal": redact(goal)}
        self._given_up = False

    @property
    def path(self) -> Path:
        """Where the transcript is, once something was recorded."""
        return self._path

    def add(self, exchange: Exchange) -> None:
        """Write one exchange down."""
        if self._given_up:
            return
        try:
            self._append(_line(self._as_json(exchange)))
        except OSError as error:
            self._given_up = True
            reason = error.strerror or str(error)
            self._emit(
                Notice(f"this run is not recorded from here on: cannot write {str(self._path)!r} ({reason})")
            )

    def _as_json(self, exchange: Exchange) -> dict[str, Json]:
        reply, redact = exchange.reply, self._redact
        return {
            "stage": exchange.stage,
            "subject": redact(exchange.subject),
            "prompt": redact(exchange.prompt),
            "reply": redact(reply.text),
            "reasoning": redact(reply.reasoning),
            "finish": reply.finish,
            "model": reply.model,
            "usage": {name: getattr(reply.usage, name) for name in _USAGE},
        }

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self._path, flags, 0o600), "ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            whole = line if size else _line(self._header) + line
            try:
                _write_all(file.fileno(), whole)
            except OSError:
                file.truncate(size)  # a full disk takes half a line: what stands before it stays readable
                raise


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _line(record: Mapping[str, Json]) -> bytes:
    # A lone surrogate has no UTF-8; what backslashreplace makes of it is its JSON escape.
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _record(path: str | Path, number: int, line: bytes) -> dict[str, Json]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _wrong(path, number, f"not UTF-8 text (byte {error.start + 1})") from error
    except ValueError as error:
        raise _wrong(path, number, f"not JSON ({error})") from error
    except RecursionError as error:
        raise _wrong(path, number, "nested too deeply") from error
    if not isinstance(record, dict):
        raise _wrong(path, number, "not a JSON object")
    return record


def _exchange(path: str | Path, number: int, record: Mapping[str, Json]) -> Exchange:
    def text(name: str, default: str | None = None) -> str:
        return str(_field(path, number, record, name, str, default))

    usage = _field(path, number, record, "usage", dict, {})
    counts = {name: _field(path, number, usage, name, kind, 0) for name, kind in _USAGE.items()}
    reply = Reply(
        text("reply"), text("reasoning", ""), text("finish", "stop"), Usage(**counts), text("model", "")
    )
    return Exchange(text("stage"), text("subject"), text("prompt", ""), reply)


def _field(
    path: str | Path, number: int, record: Mapping[str, Json], name: str, kind: _Kind, default: Json
) -> Json:
    """Return a field of the right type; a default of None means that it is required."""
    value = record.get(name, default)
    if value is None and default is None:
        raise _wrong(path, number, f"the field {name!r} is missing")
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _wrong(
            path, number, f"the field {name!r} holds {json.dumps(value)[:60]}, which is of the wrong type"
        )
    return value


def _wrong(path: str | Path, number: int, what: str) -> TranscriptError:
    return TranscriptError(f"line {number} of the transcript {str(path)!r} is wrong: {what}", hint=_HINT)
