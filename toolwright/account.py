"""The account of one run while it goes on: step by step what was done, on what evidence, at what cost."""

import time
from collections.abc import Mapping
from typing import Literal

from toolwright.errors import ToolwrightError
from toolwright.models.metered import MeteredModel
from toolwright.records import replace
from toolwright.types import (
    Binding,
    CallResult,
    Failure,
    Json,
    Judgement,
    Match,
    Plan,
    RememberedRun,
    Report,
    StepReport,
    Usage,
    Verdict,
)

Status = Literal["done", "made", "planned", "failed"]


class Account:
    """Collects step reports; the only thing in a run that changes in place."""

    def __init__(self, goal: str, run: str, meter: MeteredModel) -> None:
        self.goal = goal
        self.run = run
        self._meter = meter
        self._began = time.monotonic()
        self._stage = "start"
        self._step = 0
        self._steps: dict[int, StepReport] = {}
        self._origin: Literal["model", "remembered", ""] = ""
        self._changed: tuple[tuple[str, str], ...] = ()
        self._first = Usage()
        self._wants: Literal["result", "tool"] = "result"
        self._bindings: tuple[Binding, ...] = ()
        self._ran_from = 0.0
        self._made_before: tuple[StepReport, ...] = ()

    def entering(self, stage: str, step: int = 0) -> None:
        """Note where the run is, so that an error says where it happened."""
        self._stage, self._step = stage, step

    def plan_made(self, plan: Plan, matches: tuple[Match, ...], remembered: RememberedRun | None) -> None:
        """Open one line of the account for every step."""
        self._origin = "remembered" if remembered else "model"
        self._changed = remembered.changed if remembered else ()
        self._first = remembered.cost if remembered else Usage()
        self._wants = plan.wants
        self._steps = {
            step.number: StepReport(step, match) for step, match in zip(plan.steps, matches, strict=True)
        }

    def reused(
        self, match: Match, tests_passed: int, examples: int = 0, refusals: tuple[str, ...] = ()
    ) -> None:
        """A step is done by a tool the library has, on its evidence; `examples` of the user were tried.

        `refusals` tell of versions of another that were written before that was found. What an earlier plan
        of this run put into the library is told as made.
        """
        number, now = match.step.number, self._steps[match.step.number]
        before = next((step for step in self._made_before if step.tool == match.tool), None)
        self._made_before = tuple(step for step in self._made_before if step is not before)
        told = before or replace(now, tool=match.tool, action="reused")
        self._update(
            number,
            match=replace(before.match, step=match.step) if before else match,
            tool=match.tool,
            action=told.action,
            tests_passed=tests_passed,
            attempts=told.attempts,
            examples=examples,
            refusals=(*told.refusals, *refusals),
            commit=told.commit,
            controls=told.controls,
            mutants=told.mutants,
            usage=now.usage + told.usage if before else now.usage,
            seconds=now.seconds + told.seconds if before else now.seconds,
        )

    def spent(self, number: int, usage: Usage, seconds: float) -> None:
        """The making of a tool cost that, whether it came to an end or not."""
        self._update(number, usage=usage, seconds=seconds)

    def made(self, number: int, tool: str, *, verdict: Verdict | None, **rest: object) -> None:
        """A tool was written or widened for a step, or could not be: `rest` are fields of its report."""
        passed = sum(test.outcome == "passed" for test in verdict.tests) if verdict else 0
        controls = verdict.controls if verdict else ()
        mutants = verdict.mutants if verdict else None
        self._update(number, tool=tool, tests_passed=passed, controls=controls, mutants=mutants, **rest)

    def running(self) -> None:
        """The first step is about to run."""
        self._ran_from = time.time()

    def worked(self, bindings: tuple[Binding, ...]) -> None:
        """All steps have run with these bindings."""
        self._bindings = bindings

    def ran(self, number: int, arguments: Mapping[str, Json], result: CallResult, usage: Usage) -> StepReport:
        """A step was run on real values; returns its report."""
        before = self._steps[number]
        self._update(
            number,
            arguments=dict(arguments),
            result=result,
            usage=before.usage + usage,
            seconds=before.seconds + result.seconds,
        )
        return self._steps[number]

    @property
    def steps(self) -> tuple[StepReport, ...]:
        """What is known of every step until now."""
        return tuple(self._steps.values())

    def tool_of(self, number: int) -> str:
        """Return the name of the tool that does a step."""
        return self._steps[number].tool

    @property
    def usage(self) -> Usage:
        """What the model calls of this run cost until now."""
        return self._meter.total

    def failure_of(self, error: ToolwrightError) -> Failure:
        """Turn an error that ended the run into the failure its report shows."""
        step = self._steps.get(self._step)
        return Failure(
            self._stage,
            str(error),
            kind=error.kind,
            step=self._step,
            tool=step.tool if step else "",
            hint=error.hint,
            exit_code=error.exit_code,
        )

    def failed(self, failure: Failure) -> Report:
        """Close the account of a run that did not reach its goal."""
        return replace(self.ended("failed"), failure=failure)

    def plans_again(self) -> None:
        """The goal is planned anew; what was put into the library until now stays part of the account."""
        self._made_before = tuple(step for step in self.steps if step.commit)
        self._steps, self._origin, self._changed = {}, "", ()

    def kept(self, first: Report, second: Report) -> Report:
        """Return the first result, which stands, at the cost of both plans, and the second one's tools.

        What it put into the library stays there, so those steps are part of the account.
        """
        told = [step.commit for step in first.steps]
        steps = (*first.steps, *(step for step in second.steps if step.commit and step.commit not in told))
        cost = {"usage": second.usage, "stages": second.stages, "spending": second.spending}
        return replace(first, steps=steps, seconds=second.seconds, **cost)  # type: ignore[arg-type]  # by field

    def with_cost(self, report: Report) -> Report:
        """Return a report with what the run has cost until now."""
        usage, stages = self._meter.total, dict(self._meter.usage_by_stage)
        spending = self._meter.ledger.spending
        return replace(
            report, usage=usage, stages=stages, spending=spending, seconds=time.monotonic() - self._began
        )

    def ended(self, status: Status, judgement: Judgement | None = None) -> Report:
        """Close the account."""
        steps = self.steps
        last = steps[-1].result if steps else None
        return Report(
            self.goal,
            status,
            self.run,
            (*self._made_before, *steps),
            output=last.value if last and status == "done" else None,
            usage=self._meter.total,
            stages=dict(self._meter.usage_by_stage),
            spending=self._meter.ledger.spending,
            first=self._first,
            plan_origin=self._origin,
            changed=self._changed,
            judgement=judgement,
            bindings=self._bindings if status == "done" else (),
            began=self._ran_from,
            seconds=time.monotonic() - self._began,
            wants=self._wants,
        )

    def _update(self, number: int, **changes: object) -> None:
        self._steps[number] = replace(self._steps[number], **changes)  # type: ignore[arg-type]  # by name
