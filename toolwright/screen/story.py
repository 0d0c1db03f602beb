"""The story of a run: events go in, lines that stay on the screen come out, as it happens."""

import time
from typing import Final

from toolwright.events import (
    CandidateChallenged,
    CandidateRefused,
    CandidateVerified,
    CostBounded,
    Event,
    ModelAnswered,
    ModelRetried,
    Notice,
    PermissionDecided,
    PhaseStarted,
    PlanMade,
    ResultJudged,
    RunFinished,
    RunResumed,
    RunStarted,
    StepFailed,
    StepFinished,
    StepsMatched,
    ToolCommitted,
)
from toolwright.screen.bounds import bound_line
from toolwright.screen.display import Display
from toolwright.screen.permissions import permission_line
from toolwright.screen.phases import attempt, phase_of
from toolwright.screen.plan import match_line, plan_lines
from toolwright.screen.verdicts import noticed_words
from toolwright.screen.words import count, duration, faults_noticed, held, joined, one_line, visible
from toolwright.types import Judgement, Plan, StepReport, Usage

REASONING_LINES: Final = 12
REASON_LENGTH: Final = 160
WORTH_SAYING_S: Final = 0.05


class Story:
    """Tells events to a display; `wordy` adds sources, tests' names, all reasons and the model's thoughts."""

    def __init__(self, display: Display, *, wordy: bool) -> None:
        self._display = display
        self._wordy = wordy
        self._phase: PhaseStarted | None = None
        self._phase_began = 0.0
        self._phase_usage = Usage()
        self._heading = ""
        self._plan: Plan | None = None

    def tell(self, event: Event) -> None:
        """Print what the event is worth."""
        match event:
            case PhaseStarted():
                self._begin(event)
            case ModelRetried():
                self._retried(event)
            case ModelAnswered():
                self._answered(event)
            case CandidateRefused():
                self._refused(event)
            case CandidateVerified():
                self._verified(event)
            case CandidateChallenged():
                self._challenged(event)
            case ToolCommitted():
                self._committed(event)
            case StepFailed():
                self._settle(good=False)
                self._ticked(f"step {event.step}: {one_line(event.message, REASON_LENGTH)}", good=False)
            case StepFinished():
                self._step_finished(event.report)
            case _:
                self._tell_news(event)

    def _tell_news(self, event: Event) -> None:
        match event:
            case RunStarted() | RunResumed():
                self._run_started(event)
            case CostBounded():
                if line := bound_line(event):
                    self._line(f"  {line}", "dim")
            case PlanMade():
                self._plan_made(event)
            case StepsMatched():
                self._matched(event)
            case ResultJudged():
                self._judged(event.judgement)
            case Notice():
                self._line(f"! {one_line(event.message)}", "yellow")
            case PermissionDecided():
                self._ticked(permission_line(event), good=event.granted)
            case RunFinished():
                self._settle(good=event.report.failure is None)
            case _:
                pass

    def _matched(self, event: StepsMatched) -> None:
        self._head("Looking in the library")
        for match in event.matches:
            self._display.print(match_line(match))
        self._phase = None

    def _run_started(self, event: RunStarted | RunResumed) -> None:
        if isinstance(event, RunResumed):
            where = f"step {event.step}" if event.step else "its plan"
            self._line(f"takes up run {event.before} at {where}", "dim")
            return
        self._line(f"Goal: {one_line(event.goal, 300)}", "bold")
        library = f"library {one_line(event.library)} ({count(event.tools, 'tool')})"
        self._line(joined(one_line(event.model), library, f"sandbox {held(event.sandbox)}"), "dim")

    def _begin(self, event: PhaseStarted) -> None:
        self._settle(good=True)
        self._head(phase_of(event.stage).heading or self._step_heading(event.step))
        self._phase, self._phase_began, self._phase_usage = event, time.monotonic(), Usage()

    def _plan_made(self, event: PlanMade) -> None:
        self._head("Planning")
        self._plan = event.plan
        steps = count(len(event.plan.steps), "step")
        if event.edited:
            self._ticked(f"{steps}, as you wrote them")
        elif event.remembered:
            whose = "a goal like it" if event.changed else "this goal"
            self._ticked(f"{steps}, remembered: {whose} ran before")
            for old, new in event.changed:
                self._line(f"    {one_line(old)} -> {one_line(new)}")
        else:
            self._ticked(joined(steps, *self._cost()))
        for line in plan_lines(event.plan):
            self._display.print(line)
        self._phase = None

    def _refused(self, event: CandidateRefused) -> None:
        first, *others = event.reasons or ("refused",)
        more = f" (+{len(others)} more)" if others and not self._wordy else ""
        what = f"{phase_of(event.stage).done or event.stage} {one_line(event.tool, 60)}"
        limit = REASON_LENGTH if not self._wordy else 0
        reason = f"{one_line(first, limit)}{more}"
        self._ticked(f"{what} · {attempt(event.attempt, event.of)}: {reason}", good=False)
        if self._wordy:
            for other in others:
                self._line(f"      {one_line(other)}", "red")
        self._phase = None

    def _verified(self, event: CandidateVerified) -> None:
        sandbox = f"sandbox {event.level}" if event.level else ""
        took = f"{count(len(event.tests), 'test')} passed in {duration(event.seconds)}"
        self._ticked(joined(f"test {one_line(event.tool, 60)}: {took}", sandbox))
        noticed = noticed_words(event.controls)
        if noticed:
            self._line(f"      its tests notice {noticed}", "dim")
        if self._wordy:
            for test in event.tests:
                self._line(f"      {one_line(test.name)} {test.outcome}", "dim")
            for control in event.controls:
                tests = ", ".join(map(one_line, control.noticed)) or "no test"
                self._line(f"      control {control.name}: noticed by {tests}", "dim")
        self._phase = None

    def _challenged(self, event: CandidateChallenged) -> None:
        what = f"challenge {one_line(event.tool, 60)}: {faults_noticed(event.score)}"
        same = f"{count(event.replays, 'replay')} went the same" if event.replays else ""
        self._ticked(joined(what, same), good=event.enough)
        if self._wordy:
            for line in event.score.survivors:
                self._line(f"      not noticed: {one_line(line)}", "dim")
        self._phase = None

    def _committed(self, event: ToolCommitted) -> None:
        change = f"+{event.commit.lines_added} -{event.commit.lines_removed} lines"
        verb, where = ("widened", "in") if event.commit.replaced else ("added", "to")
        verb = event.how or verb
        self._ticked(f"{verb} {one_line(event.commit.tool, 60)} {where} tools.py, {change}")
        self._phase = None
        if self._wordy:
            self._source(event.source)

    def _step_finished(self, report: StepReport) -> None:
        self._head("Running")
        result = report.result
        good = result is not None and result.status == "returned"
        name = f"{report.step.number} {one_line(report.tool or report.step.description, 60)}"
        if result is None:
            words = f"{name} · not run"
        elif good:
            words = joined(name, duration(result.seconds))
        else:
            reason = f"{result.error_type}: {result.message}" if result.error_type else result.message
            words = joined(name, result.status, one_line(reason, REASON_LENGTH))
        self._ticked(words, good=good)
        self._phase = None

    def _judged(self, judgement: Judgement) -> None:
        verdict = judgement.sentence if judgement.answers else f"missing: {judgement.missing}"
        self._ticked(joined(one_line(verdict), *self._cost()), good=judgement.answers)
        self._phase = None

    def _retried(self, event: ModelRetried) -> None:
        wait = f", again in {duration(event.wait_s)}" if event.wait_s else ", trying again"
        reason = one_line(event.reason, REASON_LENGTH)
        self._line(f"  ! {reason}{wait} ({attempt(event.attempt, event.of)})", "yellow")

    def _answered(self, event: ModelAnswered) -> None:
        self._phase_usage += event.usage
        if self._wordy and event.reasoning.strip():
            lines = visible(event.reasoning.strip()).splitlines()
            omitted = "      …" if len(lines) > REASONING_LINES else ""
            for line in filter(None, [omitted, *(f"      {line}" for line in lines[-REASONING_LINES:])]):
                self._line(line, "dim italic")

    def _line(self, words: str, style: str = "") -> None:
        self._display.print(words, style)

    def _ticked(self, words: str, *, good: bool = True) -> None:
        from rich.text import Text

        line = Text("  ") + self._display.tick(good=good) + Text(f" {visible(words)}")
        self._display.print(line)

    def _head(self, heading: str) -> None:
        if heading and heading != self._heading:
            self._heading = heading
            self._line(heading, "bold")

    def _step_heading(self, number: int) -> str:
        steps = self._plan.steps if self._plan else ()
        words = [one_line(step.description, 100) for step in steps if step.number == number]
        return f"Step {number} of {len(steps)}: {words[0]}" if words else ""

    def _settle(self, *, good: bool) -> None:
        """End the phase that runs: whatever follows without a refusal says that it went well."""
        phase, cost = self._phase, self._cost()
        self._phase = None
        name = phase_of(phase.stage).done if phase else ""
        if phase and name:
            # The heading above holds the description of the step already.
            subject = "" if one_line(phase.subject, 60) in self._heading else one_line(phase.subject, 60)
            self._ticked(joined(f"{name} {subject}".strip(), *cost), good=good)

    def _cost(self) -> tuple[str, ...]:
        """Return time and tokens of the phase that runs, where they are worth a word."""
        took = time.monotonic() - self._phase_began if self._phase else 0.0
        tokens = self._phase_usage.tokens
        return (duration(took) if took > WORTH_SAYING_S else "", count(tokens, "token") if tokens else "")

    def _source(self, source: str) -> None:
        from rich.padding import Padding
        from rich.syntax import Syntax

        code = Syntax(visible(source.strip("\n")), "python", theme="ansi_dark", word_wrap=True)
        self._display.print(Padding(code, (0, 0, 0, 6)))
