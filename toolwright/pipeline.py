"""Goal -> report. The only module that knows in which order the stages come."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from toolwright.account import Account
from toolwright.agreeing import agree
from toolwright.answering import asks_nothing
from toolwright.errors import ToolwrightError
from toolwright.events import Notice, PhaseStarted, RunFinished, RunResumed, RunStarted
from toolwright.judging import judged
from toolwright.learning import learn
from toolwright.library.network import first_caution
from toolwright.obtaining import obtain_tools
from toolwright.parts import Options, Parts
from toolwright.proposing import look_up, propose
from toolwright.recalling import remembered_run
from toolwright.records import replace
from toolwright.redaction import MASK
from toolwright.resuming import bound_before
from toolwright.running import run_bindings
from toolwright.stages.bind import bind
from toolwright.temporary.folders import fresh_folder, remove_left
from toolwright.types import Binding, Failure, Plan, Report, Step, Tool

_MASKED: Final = (
    "the goal holds what looks like a secret, which is masked, also for the model: "
    "write the name of an environment variable that holds it, such as GITHUB_TOKEN"
)

Calls = Sequence[tuple[Step, Tool]]


def run_goal(goal: str, parts: Parts, options: Options, run: str) -> Report:
    """Take a goal through all stages.

    Expected failures, a model that does not answer among them, end in a report whose status is
    `failed`; what was merged until then stays.
    """
    shown = parts.redact(goal)
    if shown != goal:
        parts.emit(Notice(_MASKED))
        goal = shown
    account = Account(goal, run, parts.model)
    try:
        report = _follow(goal, parts, options, account)
    except ToolwrightError as error:
        report = account.failed(account.failure_of(error))
    if options.learn and report.status == "done":
        report = _learned(report, parts, options, account)
    parts.emit(RunFinished(report))
    parts.store.settle()
    return report


def _learned(report: Report, parts: Parts, options: Options, account: Account) -> Report:
    """Turn a goal that was reached into one tool where that can be; the result stands in any case."""
    if report.plan_origin == "remembered" and len(report.steps) == 1:
        return report  # it is one already
    try:
        made = learn(report, parts, options)
        why = made.failure.message if made.failure else ""
    except ToolwrightError as error:
        made, why = None, str(error)
    if why:
        parts.emit(Notice(f"not learned: {why}"))
    return account.with_cost(replace(report, learned=made.tool if made and made.commit else ""))


def _follow(goal: str, parts: Parts, options: Options, account: Account) -> Report:
    _start(goal, parts, options, account)
    report = _reach(goal, parts, options, account)
    judgement = report.judgement
    if not judgement or judgement.answers or not parts.replan(judgement.missing):
        return report
    second = _reach_again(goal, parts, options, account, judgement.missing)
    return second if second.status == "done" else account.kept(report, second)


def _reach(goal: str, parts: Parts, options: Options, account: Account, missing: str = "") -> Report:
    """Follow one plan to its end; `missing` says what an earlier one did not reach."""
    proposed = propose(goal, parts, options, account, missing)
    agreed = agree(proposed, partial(look_up, parts, options, account), parts, options, account)
    if isinstance(agreed, Failure):
        return account.failed(agreed)
    if not agreed.go:
        return account.ended("planned")
    plan, remembered = agreed.plan, agreed.remembered
    failure = obtain_tools(plan, agreed.heeded, parts, options, account)
    if failure:
        return account.failed(failure)
    if plan.wants == "tool" or options.stop_after == "tools":
        return account.ended("made")
    calls = _calls(plan, parts, account)
    bindings = remembered.bindings if remembered else _bound(goal, calls, parts, options, account)
    account.running()
    with fresh_folder("run") as scratch:
        outcome = run_bindings(calls, bindings, scratch, parts, options, account)
    if isinstance(outcome, Failure):
        return account.failed(outcome)
    account.worked(outcome)
    judgement = None if remembered else judged(goal, parts, options, account)
    well = judgement is None or judgement.answers
    if well and asks_nothing(bindings) and MASK not in goal:
        done_by = [step.match for step in account.steps]
        cost = remembered.cost if remembered else account.usage
        parts.memory.remember(remembered_run(plan, done_by, outcome, parts.store.read(), cost))
    return account.ended("done", judgement)


def _reach_again(goal: str, parts: Parts, options: Options, account: Account, missing: str) -> Report:
    """Plan once more with what was missing in view; whatever becomes of it, there is a result already."""
    account.plans_again()
    try:
        report = _reach(goal, parts, options, account, missing)
    except ToolwrightError as error:
        report = account.failed(account.failure_of(error))
    if report.failure:
        parts.emit(
            Notice(f"the second plan did not get there, the first result stands: {report.failure.message}")
        )
    return report


def _start(goal: str, parts: Parts, options: Options, account: Account) -> None:
    remove_left()
    said = parts.store.recover()
    for notice in (said, first_caution(parts.store.place)):
        if notice:
            parts.emit(Notice(notice))
    tools = len(parts.store.read().tools)
    library = str(parts.store.directory)
    parts.emit(RunStarted(account.run, goal, parts.model.name, library, tools, parts.sandbox.level))
    if options.resumed and options.resumed.run:
        parts.emit(RunResumed(options.resumed.run, options.resumed.step))


def _calls(plan: Plan, parts: Parts, account: Account) -> Calls:
    tools = parts.store.read().tools
    return [(step, tools[account.tool_of(step.number)]) for step in plan.steps]


def _bound(goal: str, calls: Calls, parts: Parts, options: Options, account: Account) -> tuple[Binding, ...]:
    """Return where arguments come from: as in the run that is taken up, where that still fits."""
    before = bound_before(options.resumed, goal, calls) if options.resumed else None
    if before is not None:
        return before
    account.entering("bind")
    parts.emit(PhaseStarted("bind", goal))
    return bind(parts.model, goal, calls)
