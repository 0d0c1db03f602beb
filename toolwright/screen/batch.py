"""Goals as they begin, go on and end go in; bars at a terminal, or one line for each goal, come out."""

import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, Self

from toolwright.events import Event, PhaseStarted, StepStarted
from toolwright.screen.display import Display
from toolwright.screen.phases import doing
from toolwright.screen.words import count, duration, joined, one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_HEAD: Final = ("LINE", "STATUS", "CALLS", "TIME", "GOAL", "RESULT")
_GOAL, _RESULT, _PHASE = 50, 60, 40
"""Characters of a goal, of its result and of what it is at, where there is room."""
_LEAST: Final = 10
_BAR: Final = 20
_AROUND_BAR: Final = 14
"""Columns of a spinner, of how many goals are done, and of what stands between."""


class BatchScreen:
    """Tells on stderr how far a batch is; what it is told may come from several threads."""

    def __init__(self, display: Display, total: int, *, done: int = 0, quiet: bool = False) -> None:
        self._display = display
        self._total = total
        self._quiet = quiet
        self._done = done
        self._lock = threading.Lock()
        self._bars = _bars(display) if display.live and not quiet else None
        self._all: TaskID | None = None
        if self._bars:
            self._all = self._bars.add_task("all goals", total=total, completed=done, said="")
        self._rows: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        (self._bars or nullcontext()).__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bars:
            for row in self._rows.values():
                self._bars.remove_task(row)
            self._rows.clear()
            self._bars.stop()

    def begin(self, run: str, goal: str) -> None:
        """Show that a goal is being run."""
        if self._bars:
            with self._lock:
                self._rows[run] = self._bars.add_task(self._words(goal), total=None, said="")

    def tell(self, run: str, event: Event) -> None:
        """Show what a goal is at."""
        row = self._rows.get(run)
        if self._bars is None or row is None:
            return
        if isinstance(event, PhaseStarted):
            self._bars.update(row, said=self._cut(doing(event), _PHASE))
        elif isinstance(event, StepStarted):
            self._bars.update(row, said=self._cut(f"running {event.tool}", _PHASE))

    def end(self, run: str, goal: str, *, good: bool, calls: int, seconds: float, why: str) -> None:
        """Show how a goal ended."""
        with self._lock:
            self._done += 1
            row = self._rows.pop(run, None)
        if self._quiet:
            return
        cost = joined(duration(seconds), count(calls, "model call"))
        said = one_line(goal, 70) if good else f"{one_line(goal, 70)}: {one_line(why, 200)}"
        text = f"[{self._done}/{self._total}] {'done' if good else 'failed'} ({cost}) {said}"
        if self._bars is None or self._all is None:
            self._display.print(text, "" if good else "red")
            return
        if row is not None:
            self._bars.remove_task(row)
        self._bars.advance(self._all)
        self._bars.console.print(self._display.spelled(text), style=None if good else "red", markup=False)

    def _words(self, goal: str) -> str:
        return self._cut(one_line(goal), _GOAL)

    def _cut(self, text: str, most: int) -> str:
        """Cut a text to its part of a line, so that a bar is seen beside it and the whole is one line."""
        room = max(_LEAST, (self._display.width - _AROUND_BAR - _bar(self._display)) // 2)
        return self._display.spelled(one_line(text, min(most, room)))


def batch_table(rows: Sequence[tuple[str, ...]], width: int | None) -> list[str]:
    """Return a line for each goal, below their heads; the last two cells are cut to `width` columns."""
    widths = [max(len(row[column]) for row in (_HEAD, *rows)) for column in range(len(_HEAD) - 2)]
    goal, result = _GOAL, _RESULT
    if width is not None:
        room = width - sum(widths) - 2 * len(widths) - 2
        goal = min(_GOAL, max(_LEAST, room // 2, room - max(len(row[-1]) for row in (_HEAD, *rows))))
        result = min(_RESULT, max(_LEAST, room - goal))
    cells = [_HEAD, *((*row[:-2], one_line(row[-2], goal), one_line(row[-1], result)) for row in rows)]
    widths.append(max(len(row[-2]) for row in cells))
    return [
        "  ".join([*(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in cells
    ]


def _bar(display: Display) -> int:
    """Return how many columns a bar has: fewer where the window is narrow."""
    return min(_BAR, max(_LEAST // 2, (display.width - _AROUND_BAR) // 4))


def _bars(display: Display) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(file=sys.stderr, no_color=not display.colour, highlight=False, legacy_windows=False)
    return Progress(
        SpinnerColumn("dots" if display.unicode else "line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(_bar(display)),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        console=console,
        transient=True,
    )
