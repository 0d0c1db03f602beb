"""The text of a memory.json <-> what it says of skills, failures and directives; a wrong place has a path.

Times are ISO 8601 or seconds since 1970, and are written in UTC.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from toolwright.errors import UsageError
from toolwright.records import dataclass

VERSION: Final = 1
STATUSES: Final = ("working", "untested", "failed")
_VERSIONS: Final = (VERSION, "1", "1.0")
_LONGEST_SHOWN: Final = 40
_WHOLE: Final = "the whole of it"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Skill:
    """A tool; times in seconds since 1970, None where they are not known."""

    name: str
    status: str
    description: str
    created: float | None
    updated: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A version of a tool that was refused, why, and when."""

    skill: str
    error: str
    code: str
    at: float


@dataclass(frozen=True, slots=True)
class Directive:
    """A goal, what became of it, and when it was given."""

    goal: str
    status: str
    created: float


@dataclass(frozen=True, slots=True)
class MemoryJson:
    """What a file says; `left_out` names fields that nobody here knows."""

    skills: tuple[Skill, ...] = ()
    failures: tuple[Failed, ...] = ()
    directives: tuple[Directive, ...] = ()
    left_out: tuple[str, ...] = ()


class _WrongError(Exception):
    """What stands at a place is not what belongs there."""


def write(memory: MemoryJson, redact: Callable[[str], str]) -> str:
    """Return the text of a file, its secrets masked."""
    skills = [
        {
            "name": one.name,
            "status": one.status,
            "description": redact(one.description),
            "created_at": iso(one.created),
            "updated_at": iso(one.updated),
        }
        for one in memory.skills
    ]
    failures = [
        {
            "skill": one.skill,
            "error": redact(one.error),
            "code_snippet": redact(one.code),
            "timestamp": iso(one.at),
        }
        for one in memory.failures
    ]
    directives = [
        {"goal": redact(one.goal), "status": one.status, "created_at": iso(one.created)}
        for one in memory.directives
    ]
    said = {"version": VERSION, "skills": skills, "failures": failures, "directives": directives}
    return json.dumps(said, indent=2) + "\n"


def read(text: str, name: str, redact: Callable[[str], str]) -> MemoryJson:
    """Read the text of the file `name`; secrets in it are masked.

    Raises:
        UsageError: it is no such file; names the place by its JSON path.
    """
    try:
        return _read(text, redact)
    except (_WrongError, ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(
            f"{name} is no memory.json: {why}",
            hint='it holds {"version": 1, "skills": [], "failures": [], ...}',
        ) from None


def _read(text: str, redact: Callable[[str], str]) -> MemoryJson:
    said = _Entry(json.loads(text), "")
    version = said.value("version")
    if version not in _VERSIONS or isinstance(version, bool):
        raise _WrongError(f"version is {_shown(version)}, but must be {VERSION}")

    def skill(one: "_Entry") -> Skill:
        status = one.one_of("status", STATUSES)
        times = (one.time("created_at", optional=True), one.time("updated_at", optional=True))
        return Skill(one.filled("name"), status, redact(one.text("description")), *times)

    def failed(one: "_Entry") -> Failed:
        error, code = redact(one.text("error")), redact(one.text("code_snippet"))
        return Failed(one.filled("skill"), error, code, one.time("timestamp") or 0.0)

    def directive(one: "_Entry") -> Directive:
        return Directive(redact(one.filled("goal")), one.filled("status"), one.time("created_at") or 0.0)

    found = (said.each("skills", skill), said.each("failures", failed), said.each("directives", directive))
    return MemoryJson(*found, tuple(dict.fromkeys(said.strangers())))


class _Entry:
    """An object of the file, and where in it that stands; what was asked for is what is known."""

    def __init__(self, said: Any, path: str) -> None:
        if not isinstance(said, dict):
            raise _WrongError(f"{path or _WHOLE} is {_shown(said)}, but must be an object")
        self._said: Mapping[str, Any] = said
        self._path = path
        self._asked: set[str] = set()
        self._parts: list[_Entry] = []

    def value(self, name: str) -> Any:
        """Return what stands under a name, which must be there."""
        self._asked.add(name)
        if name not in self._said:
            raise _WrongError(f"{self._at(name)} is missing")
        return self._said[name]

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.value(name)
        if not isinstance(value, str):
            raise _WrongError(f"{self._at(name)} is {_shown(value)}, but must be a text")
        return value

    def filled(self, name: str) -> str:
        """Return a text that is not empty."""
        text = self.text(name)
        if not text.strip():
            raise _WrongError(f"{self._at(name)} is empty")
        return text

    def one_of(self, name: str, words: Sequence[str]) -> str:
        """Return one of some words."""
        text = self.text(name)
        if text not in words:
            raise _WrongError(f"{self._at(name)} is {_shown(text)}, but must be one of {', '.join(words)}")
        return text

    def time(self, name: str, *, optional: bool = False) -> float | None:
        """Return a time in seconds since 1970; None where it may be left out, and is."""
        if optional and self._said.get(name) is None:
            self._asked.add(name)
            return None
        value = self.value(name)
        seconds = _seconds(value)
        if seconds is None:
            raise _WrongError(
                f"{self._at(name)} is {_shown(value)}, but must be a time such as 2026-01-31T12:00:00Z"
            )
        return seconds

    def each(self, name: str, read_one: "Callable[[_Entry], T]") -> tuple[T, ...]:
        """Read every object of a list."""
        value = self.value(name)
        if not isinstance(value, list):
            raise _WrongError(f"{self._at(name)} is {_shown(value)}, but must be a list")
        entries = [_Entry(one, f"{self._at(name)}[{number}]") for number, one in enumerate(value)]
        self._parts += entries
        return tuple(read_one(entry) for entry in entries)

    def strangers(self) -> list[str]:
        """Return the fields that nobody asked for, without the numbers in their paths."""
        own = [self._at(name) for name in self._said if name not in self._asked]
        return [*own, *(f"{name}" for part in self._parts for name in part.strangers())]

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def iso(seconds: float | None) -> str | None:
    """Write a time as it stands in a file."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _seconds(value: Any) -> float | None:
    """Read a time; one without a zone is in UTC. None for what is none."""
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            value = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        iso(float(value))
        return float(value)
    except (ValueError, OverflowError, OSError):
        return None


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
