"""The table at the end of a run: a report goes in, a rich renderable that fits the width comes out."""

from typing import TYPE_CHECKING, Final

from toolwright.screen.display import Display
from toolwright.screen.words import count, duration, joined, one_line
from toolwright.types import Report, StepReport, Usage
from toolwright.types.cost import dollars

if TYPE_CHECKING:
    from rich.console import RenderableType

VERDICTS: Final = {"reused": "reused", "widened": "widened", "written": "new", "none": "-"}
NARROW: Final = 72
"""Columns below which seven columns are not readable and every step becomes a small paragraph."""


def steps_table(report: Report, display: Display) -> "RenderableType":
    """Return step, verdict, tool, tests passed, time, model calls and tokens of every step, and the sum.

    Where something is known to have cost money, that too.
    """
    rows = [_cells(step) for step in report.steps]
    judging = report.stages.get("judge", Usage())
    planning = report.usage - sum((step.usage for step in report.steps), judging)
    rows += [
        _row(name, used) for name, used in (("planning", planning), ("judging", judging)) if used.calls > 0
    ]
    usage = report.usage
    total = ("", "total", "", "", duration(report.seconds), *_spent(usage))
    if not usage.picodollars:
        rows, total = [row[:-1] for row in rows], total[:-1]
    if display.width < NARROW:
        return _paragraphs([*rows, total])
    return _table(rows, total, display)


def _row(name: str, used: Usage) -> tuple[str, ...]:
    return ("", name, "", "", duration(used.seconds), *_spent(used))


def _spent(used: Usage) -> tuple[str, ...]:
    cost = "unknown" if used.cost is None else dollars(used.cost) if used.calls else "-"
    return f"{used.calls}", f"{used.tokens:,}", cost


def _cells(step: StepReport) -> tuple[str, ...]:
    seconds = step.seconds or (step.result.seconds if step.result else 0.0)
    return (
        f"{step.step.number} {one_line(step.step.description, 80)}",
        VERDICTS[step.action],
        one_line(step.tool) or "-",
        f"{step.tests_passed}",
        duration(seconds),
        *_spent(step.usage),
    )


def _table(rows: list[tuple[str, ...]], total: tuple[str, ...], display: Display) -> "RenderableType":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    frame = box.SIMPLE_HEAD if display.unicode else box.ASCII
    table = Table(box=frame, pad_edge=False, padding=(0, 1, 0, 0))
    # Only words may wrap: a number that is cut is a wrong number.
    table.add_column("step", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("tool", overflow="fold", style="bold")
    heads = ("tests\npassed", "time", "model\ncalls", "tokens", "cost")
    for name in heads[: len(total) - 3]:
        table.add_column(name, justify="right", no_wrap=True, vertical="top")
    for row in [*rows, total]:
        table.add_row(*(Text(display.spelled(cell)) for cell in row), style="dim" if row is total else "")
    return table


def _paragraphs(rows: list[tuple[str, ...]]) -> "RenderableType":
    """Return the same facts as two short lines a step."""
    from rich.console import Group
    from rich.text import Text

    lines = []
    for step, verdict, tool, tests, seconds, calls, tokens, *spent in rows:
        lines.append(Text(step or verdict, style="bold", overflow="fold"))
        what = joined(verdict if step else "", tool, f"{tests} tests" if tests else "")
        cost = joined(seconds, count(int(calls), "call"), f"{tokens} tokens", *spent)
        lines += [Text(f"  {words}", overflow="fold") for words in (what, cost) if words]
    return Group(*lines)
