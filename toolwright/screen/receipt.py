"""The account of a run: a report goes in; table, reasons, evidence, costs and the next commands come out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.screen.commands import call_commands, next_commands
from toolwright.screen.display import Display
from toolwright.screen.plan import VERBS
from toolwright.screen.problem import problem_of_failure, show_problem
from toolwright.screen.table import steps_table
from toolwright.screen.words import count, duration, faults_noticed, joined, one_line
from toolwright.types import Judgement, Report, Spending, StepReport, Tool, Usage
from toolwright.types.cost import cost_words, dollars

if TYPE_CHECKING:
    from rich.text import Text

ACTIONS: Final = {"reused": "reused", "widened": "widened", "written": "new", "none": "not made"}
_STYLES: Final = {"reused": "green", "widened": "yellow", "written": "cyan", "none": "red"}
REASON_LENGTH: Final = 200


def show_receipt(
    report: Report,
    display: Display,
    *,
    library: Path = Path(),
    tools: Mapping[str, Tool] | None = None,
    level: str = "",
    allow: Sequence[str] = (),
) -> None:
    """Show the table, the receipt and the next commands; for a failed run its problem last.

    `tools` holds the tools of the library by name, for sample arguments; `level` is the sandbox's,
    `allow` what was granted for this run on the command line.
    """
    display.print()
    if report.steps:
        display.print(steps_table(report, display))
    for step in report.steps:
        display.print(account_of(step, level))
        for refusal in step.refusals:
            display.print(f"      refused before: {one_line(refusal, REASON_LENGTH)}", "dim")
    if report.judgement:
        _show_judgement(report.judgement, display)
    if report.learned:
        display.print(
            f"  Learned {one_line(report.learned, 60)}: this goal, with any values, is one step now", "green"
        )
    stages = {name: used.cost for name, used in report.stages.items() if used.picodollars}
    if stages:
        told = (f"{name} {cost_words(cost)}" for name, cost in stages.items())
        display.print(f"  Cost by stage: {', '.join(told)}", "dim")
    display.print(_total(report), "bold")
    if report.status == "made":
        _show_calls(report, display, library, tools or {})
    for purpose, line in next_commands(report, library, allow):
        display.print(f"  {purpose:<7} {line}")
    if report.failure:
        display.print()
        show_problem(problem_of_failure(report, library), display)


def _show_judgement(judgement: Judgement, display: Display) -> None:
    if judgement.sentence:
        display.print(f"  {one_line(judgement.sentence)}")
    if not judgement.answers:
        display.print(f"  Missing, in the model's opinion: {one_line(judgement.missing)}", "yellow")


def account_of(step: StepReport, level: str = "") -> "Text":
    """Return what was done for a step and why, on what evidence, and what it changed."""
    from rich.text import Text

    name = one_line(step.tool or step.step.description, 60)
    line = Text.assemble(
        f"  {step.step.number} ", (ACTIONS[step.action], _STYLES[step.action]), " ", (name, "bold")
    )
    reason = one_line(step.match.reason, REASON_LENGTH) or VERBS[step.match.kind][0]
    facts = joined(reason, _evidence(step, level), _change(step), _refusals(step))
    line.append(f": {facts}" if facts else "")
    return line


def _evidence(step: StepReport, level: str) -> str:
    if not step.tests_passed:
        return ""
    held = (step.result.level if step.result else "") or level
    passed = f"{count(step.tests_passed, 'test')} passed"
    passed += f", {count(step.examples, 'example')} held" if step.examples else ""
    passed += f" (sandbox {held})" if held else ""
    return joined(passed, faults_noticed(step.mutants) if step.mutants else "")


def _change(step: StepReport) -> str:
    return f"+{step.commit.lines_added} -{step.commit.lines_removed} lines in tools.py" if step.commit else ""


def _refusals(step: StepReport) -> str:
    if not step.refusals:
        return ""
    return f"{count(len(step.refusals), 'candidate')} refused before: {one_line(step.refusals[-1], 100)}"


def _total(report: Report) -> str:
    heads = {"done": "Done", "made": "Made", "planned": "Planned", "failed": "Failed"}
    usage = report.usage
    calls = count(usage.calls, "model call")
    if report.plan_origin == "remembered":
        written = any(step.commit for step in report.steps)
        whose = "a goal like it" if report.changed else "this goal"
        calls += ", the plan was remembered" if written else f", nothing was generated: {whose} ran before"
        calls += f"; the first time cost {_first(report.first)}" if report.first.calls else ""
    changed = [step.commit for step in report.steps if step.commit]
    lines = f"+{sum(one.lines_added for one in changed)} -{sum(one.lines_removed for one in changed)} lines"
    return joined(
        f"{heads[report.status]} in {duration(report.seconds)}",
        calls,
        count(usage.tokens, "token"),
        cost_told(report.usage, report.spending),
        f"{lines} in tools.py" if changed else "tools.py unchanged",
    )


def _first(usage: Usage) -> str:
    told = f" and {dollars(usage.picodollars)}" if usage.cost else ""
    return f"{count(usage.calls, 'call')}, {count(usage.tokens, 'token')}{told}"


def cost_line(usage: Usage, spending: Spending) -> str:
    """Return calls, tokens and cost of some work, for people."""
    calls = count(usage.calls, "model call")
    return joined(calls, count(usage.tokens, "token") if usage.calls else "", cost_told(usage, spending))


def cost_told(usage: Usage, spending: Spending) -> str:
    """Say what work has cost; beside what is allowed, what all work of this program has used of it."""
    if not (usage.calls or usage.vectors):
        return ""
    told = cost_words(usage.cost) if usage.cost or not spending.free else spending.free
    limited = spending.calls_allowed is not None or spending.picodollars_allowed is not None
    return joined(told, f"used {spending.words}" if limited else "")


def _show_calls(report: Report, display: Display, library: Path, tools: Mapping[str, Tool]) -> None:
    names = dict.fromkeys(step.tool for step in report.steps if step.tool)
    for name in names:
        for how, line in call_commands(name, tools.get(name), library):
            display.print(f"  {how:<7} {line}")
