"""The table of `verify`: tools with their verdicts go in, a rich renderable that fits the width comes out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from toolwright.records import dataclass
from toolwright.screen.display import Display
from toolwright.screen.words import count, duration, held, one_line
from toolwright.types import ControlOutcome, MutationScore, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN: Final = 8
CONTROLS: Final = {
    "values": "wrong answers",
    "none": "missing answers",
    "own values": "an answer that is wrong in its own way",
    "files": "files left as they were",
    "requests": "requests not sent",
}
"""The negative controls in words."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A tool, its verdict (None without tests), and "", "quarantined" or "released"."""

    name: str
    verdict: Verdict | None
    moved: str = ""


def verdicts_table(rows: Sequence[VerdictRow], display: Display) -> "RenderableType":
    """Return tool, verdict, tests passed, lies and faults noticed, seconds and level of every tool."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD if display.unicode else box.ASCII, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("tool", overflow="fold", style="bold")
    table.add_column("verdict", overflow="fold")
    table.add_column("tests", justify="right", no_wrap=True)
    table.add_column("noticed", overflow="fold")
    table.add_column("faults", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("level", overflow="fold")
    for row in rows:
        table.add_row(*(Text(display.spelled(cell)) for cell in _cells(row)))
    return table


def verdict_line(name: str, verdict: Verdict, display: Display) -> "RenderableType":
    """Return one line that says why a tool failed."""
    mark = display.tick(good=verdict.passed)
    mark.append(f" {name}: {one_line(verdict.why)}")
    return mark


def weakness_lines(name: str, score: MutationScore, where: str) -> list[str]:
    """Return lines that say which faults the tests of a tool do not notice; `where` is its test file."""
    shown = [f"    not noticed: tools.py {one_line(fault)}" for fault in score.survivors[:_SHOWN]]
    more = len(score.survivors) - len(shown)
    noticed = f"{score.killed} of {count(score.of, 'deliberate fault')}"
    return [
        f"! {name}: its tests notice only {noticed}; tests that notice more can be added to {where}",
        *shown,
        *([f"    and {more} more"] if more else []),
    ]


def _cells(row: VerdictRow) -> tuple[str, ...]:
    verdict = row.verdict
    moved = f", {row.moved}" if row.moved else ""
    if verdict is None:
        return (one_line(row.name), f"no tests{moved}", "-", "-", "-", "-", "-")
    passed = sum(test.outcome == "passed" for test in verdict.tests)
    return (
        one_line(row.name),
        ("passed" if verdict.passed else "failed") + moved,
        f"{passed} of {len(verdict.tests)}",
        _controls(verdict),
        f"{verdict.mutants.killed} of {verdict.mutants.of}" if verdict.mutants else "-",
        duration(verdict.seconds),
        held(verdict.level) if verdict.level else "-",
    )


def _controls(verdict: Verdict) -> str:
    """Name the negative controls; of a verdict against a tool also the one that no test noticed."""
    names = [
        each.name if each.noticed else f"not {each.name}"
        for each in verdict.controls
        if each.noticed or not verdict.passed
    ]
    return ", ".join(names) or "-"


def noticed_words(controls: Sequence[ControlOutcome]) -> str:
    """Say in words which lies the tests noticed; "" when they were told none."""
    return ", ".join(CONTROLS.get(each.name, each.name) for each in controls if each.noticed)
