"""Real streams for the screen's tests (a pseudo terminal, a pipe), and the story of a realistic run."""

import fcntl
import io
import os
import re
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from toolwright.events import (
    CandidateChallenged,
    CandidateRefused,
    CandidateVerified,
    Event,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunStarted,
    StepFinished,
    StepsMatched,
    StepStarted,
    ToolCommitted,
)
from toolwright.types import (
    CallResult,
    Commit,
    ControlOutcome,
    Match,
    MutationScore,
    Plan,
    Report,
    Step,
    StepReport,
    TestOutcome,
    Usage,
)

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TRIES = 3


def holds_when_not_disturbed(check: Callable[[], None]) -> None:
    """Check what happens in time; since others use the machine as well, it may be late twice."""
    for _ in range(_TRIES - 1):
        with suppress(AssertionError):
            check()
            return
    check()


class Reader:
    """Collects what comes out of a descriptor, on a thread of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._data = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._descriptor, 65536)
            except OSError:  # how a pseudo terminal says that the other end is closed
                return
            if not piece:
                return
            self._data += piece

    def join(self) -> None:
        """Wait for the end of the stream."""
        self._thread.join(60)

    @property
    def text(self) -> str:
        """What came so far."""
        return self._data.decode("utf-8", "replace")


@contextmanager
def pseudo_terminal(columns: int = 80, encoding: str = "utf-8") -> Iterator[tuple[TextIO, Reader]]:
    """Open a terminal of that width: the stream to write to, and what a person would see of it."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    stream = os.fdopen(slave, "w", encoding=encoding)
    reader = Reader(master)
    try:
        yield stream, reader
    finally:
        if not stream.closed:
            stream.close()
        reader.join()
        os.close(master)


@contextmanager
def pipe(encoding: str = "utf-8") -> Iterator[tuple[TextIO, Reader]]:
    """Open a pipe: the stream to write to and what came through."""
    source, sink = os.pipe()
    stream = os.fdopen(sink, "w", encoding=encoding)
    reader = Reader(source)
    try:
        yield stream, reader
    finally:
        if not stream.closed:
            stream.close()
        reader.join()
        os.close(source)


def seen(output: str) -> list[str]:
    """Return the lines that stay on a terminal after carriage returns wrote over each other."""
    return [_overwritten(line).rstrip() for line in ESCAPE.sub("", output).split("\r\n")]


def _overwritten(line: str) -> str:
    cells: list[str] = []
    for piece in line.split("\r"):
        cells[: len(piece)] = list(piece)
    return "".join(cells)


def text_of(show: object) -> str:
    """Return what `show(stream)` writes into a file that is no terminal."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    show(stream)  # type: ignore[operator]
    stream.seek(0)
    return stream.read()


READ = Step(1, "Read the rows of a CSV file")
GROUP = Step(2, "Group rows by a column and sum another")
MATCHES = (
    Match(READ, "EXISTS_AND_GENERIC", "read_csv", "reads any CSV file"),
    Match(GROUP, "NOT_EXISTS", reason="nothing in the library groups rows"),
)
RETURNED = CallResult("returned", [1], seconds=0.2, level="full")
SOURCE = 'def group_rows(rows: list) -> dict:\n    """Group."""\n    return {}\n'
REPORT = Report(
    "Sum the sales per region",
    "done",
    "r1",
    (
        StepReport(READ, MATCHES[0], "read_csv", "reused", 3, result=RETURNED, seconds=0.2),
        StepReport(
            GROUP,
            MATCHES[1],
            "group_rows",
            "written",
            6,
            2,
            ("review: name 'x' is not defined",),
            Usage(3, 1000, 2000, 12.0),
            Commit("group_rows", 42, 0),
            {"rows": [1]},
            RETURNED,
            12.3,
        ),
    ),
    {"north": 12},
    usage=Usage(5, 1500, 2500, 20.0),
    stages={"decompose": Usage(2, 500, 500, 8.0)},
    plan_origin="model",
    seconds=33.0,
)
STORY: tuple[Event, ...] = (
    RunStarted("r1", "Sum the sales per region", "together:r1", "lib", 3, "full"),
    PhaseStarted("decompose", "Sum the sales per region"),
    ModelAsked("decompose", "", "together:r1"),
    ModelProgress(400, 0),
    ModelAnswered("decompose", "", Usage(1, 100, 300, 1.0), "first I think\nthen I know"),
    PlanMade(Plan("Sum the sales per region", (READ, GROUP))),
    PhaseStarted("classify", "Sum the sales per region"),
    StepsMatched(MATCHES),
    PhaseStarted("contract", GROUP.description, 2),
    PhaseStarted("generate", "group_rows", 2, 1, 5),
    PhaseStarted("review", "group_rows", 2),
    CandidateRefused("review", "group_rows", 1, 5, ("name 'x' is not defined", "no docstring")),
    PhaseStarted("generate", "group_rows", 2, 2, 5),
    PhaseStarted("review", "group_rows", 2),
    PhaseStarted("verify", "group_rows", 2),
    CandidateVerified(
        "group_rows",
        tuple(TestOutcome(f"test_{n}", "passed") for n in range(6)),
        8,
        0.4,
        "full",
        (
            ControlOutcome("values", ("test_1", "test_2")),
            ControlOutcome("own values", ()),
            ControlOutcome("files", ("test_3",)),
        ),
    ),
    PhaseStarted("challenge", "group_rows", 2),
    CandidateChallenged("group_rows", MutationScore(9, 10, 1, 0, ("line 7: `<` became `<=`",)), 20, 0.3),
    ToolCommitted(Commit("group_rows", 42, 0), SOURCE),
    PhaseStarted("bind", "Sum the sales per region"),
    StepStarted(1, "read_csv"),
    StepFinished(REPORT.steps[0]),
    StepStarted(2, "group_rows"),
    StepFinished(REPORT.steps[1]),
    RunFinished(REPORT),
)
