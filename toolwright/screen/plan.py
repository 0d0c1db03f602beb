"""A plan on the screen: steps and their verdicts go in, lines come out."""

from typing import TYPE_CHECKING, Final

from toolwright.screen.display import Display
from toolwright.screen.words import count, one_line
from toolwright.types import Match, Plan

if TYPE_CHECKING:
    from rich.text import Text

VERBS: Final = {
    "EXISTS_AND_GENERIC": ("reuse", "green"),
    "EXISTS_BUT_SPECIFIC": ("widen", "yellow"),
    "NOT_EXISTS": ("write", "cyan"),
}
REASON_LENGTH: Final = 160


def plan_lines(plan: Plan) -> tuple[str, ...]:
    """Return one line a step."""
    return tuple(f"    {step.number} {one_line(step.description, 200)}" for step in plan.steps)


def match_line(match: Match) -> "Text":
    """Return what will be done for a step: reuse, widen or write, with which tool and why."""
    from rich.text import Text

    verb, colour = VERBS[match.kind]
    line = Text.assemble(f"    {match.step.number} ", (verb, colour))
    line.append(f" {one_line(match.tool)}" if match.tool else "", "bold")
    line.append(f" {match.kind}", "dim")
    if match.reason:
        line.append(f": {one_line(match.reason, REASON_LENGTH)}")
    return line


def show_plan(plan: Plan, matches: tuple[Match, ...], display: Display) -> None:
    """Show every step with its verdict below it, and what carrying it out would write."""
    display.print(f"Plan for: {one_line(plan.goal, 300)}", "bold")
    by_step = {match.step.number: match for match in matches}
    for step, line in zip(plan.steps, plan_lines(plan), strict=True):
        display.print(line[2:])
        if step.number in by_step:
            display.print(_indented(match_line(by_step[step.number]), step.number))
    display.print(_summary(matches), "dim")


def _indented(verdict: "Text", number: int) -> "Text":
    """Return a verdict without its number, which stands above it already."""
    from rich.text import Text

    return Text("      ") + verdict[len(f"    {number} ") :]


def _summary(matches: tuple[Match, ...]) -> str:
    kinds = [match.kind for match in matches]
    done = kinds.count("EXISTS_AND_GENERIC")
    widen, write = kinds.count("EXISTS_BUT_SPECIFIC"), kinds.count("NOT_EXISTS")
    if not widen + write:
        return f"{count(done, 'step')} already in the library, nothing to write"
    return f"{done} of {count(len(kinds), 'step')} already in the library, {widen} to widen, {write} to write"
