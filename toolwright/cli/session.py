"""One run at the command line: screen and log listen, the user is asked, result and receipt are printed."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Self, TypeVar

from toolwright.allowance import open_ledger
from toolwright.bounding import learn_bound, promise
from toolwright.cli.key import typed_secret
from toolwright.cli.plan_question import PlanQuestion
from toolwright.cli.shared import Shared
from toolwright.cli.streams import at_terminal, typed_line
from toolwright.company import Company
from toolwright.errors import LibraryError
from toolwright.events import Notice
from toolwright.learning import learn
from toolwright.library.store import Store
from toolwright.log import RunLog
from toolwright.making.wish import Made
from toolwright.parts import Parts
from toolwright.pipeline import run_goal
from toolwright.protocols import Model, Sandbox
from toolwright.redaction import Redactor, Secret
from toolwright.remembering import recording
from toolwright.sandbox.opening import open_configured
from toolwright.screen.commands import call_commands, next_commands
from toolwright.screen.display import Display
from toolwright.screen.live import Screen
from toolwright.screen.plan import show_plan
from toolwright.screen.problem import problem_of_failure, show_problem
from toolwright.screen.receipt import show_receipt
from toolwright.screen.result import report_json, show_result, write_line
from toolwright.settings import Settings, secrets, terminal
from toolwright.types import HeldOut, Match, Plan, Report, Resumption, Tool, WrittenPlan
from toolwright.wiring import new_run, open_parts, options

T = TypeVar("T")

_DECLINED = 1
"""The exit code of a run whose plan was not agreed to: the goal was not reached."""


class Session:
    """Runs goals with one set of settings."""

    def __init__(
        self,
        settings: Settings,
        *,
        as_json: bool = False,
        values: Mapping[str, str] | None = None,
        shared: Shared | None = None,
        began: Callable[[str], None] = lambda _run: None,
    ) -> None:
        """`as_json` prints reports as JSON instead of results; `values` are those of `Options`.

        `shared` is what it has in common with others of the program; `began` is told the ids of runs.

        Raises:
            UsageError: there is a budget, and a model whose price is not known.
        """
        self._shared = shared or Shared(open_ledger(settings))
        self._began = began
        self._values = values or {}
        self._settings = settings
        self._as_json = as_json
        self._screen = Screen(settings.verbosity, terminal=terminal(), words=self._shared.words)
        self._sandbox: Sandbox | None = None
        self.last: Report | None = None
        self._by_hand = False
        """Whether a person wrote the plan that comes next."""
        self._examples: tuple[HeldOut, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what the sandbox has running, however the goal ended."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()

    def run(
        self,
        goal: str,
        *,
        stop_after: str = "",
        name: str = "",
        learn: bool = False,
        examples: tuple[HeldOut, ...] = (),
        model: Model | None = None,
        plan: WrittenPlan | None = None,
        resumed: Resumption | None = None,
    ) -> int:
        """Run one goal and print what it led to; return the exit code.

        `plan` is one that was saved, or that of the run that is taken up, `resumed`.
        """
        report = self.report(
            goal,
            stop_after=stop_after,
            name=name,
            learn=learn,
            examples=examples,
            model=model,
            plan=plan,
            resumed=resumed,
        )
        self.last = report
        if report.status == "planned":
            self._show_plan(report, asked_for=stop_after == "plan")
            return 0 if stop_after == "plan" else _DECLINED
        self.show(report)
        return report.failure.exit_code if report.failure else 0

    def report(
        self,
        goal: str,
        *,
        stop_after: str = "",
        name: str = "",
        learn: bool = False,
        examples: tuple[HeldOut, ...] = (),
        model: Model | None = None,
        plan: WrittenPlan | None = None,
        resumed: Resumption | None = None,
    ) -> Report:
        """Run one goal while the screen tells of it."""
        self._by_hand = plan is not None and resumed is None
        self._examples = examples
        how = options(
            self._settings,
            stop_after=stop_after,
            name=name,
            learn=learn,
            judge=self._judges(),
            examples=examples,
            plan=plan,
            values=self._values,
            resumed=resumed,
        )
        return self.with_parts(goal, model, lambda parts, run: run_goal(goal, parts, how, run))

    def learn(self, report: Report, name: str, model: Model | None = None) -> Made:
        """Make one tool of a goal that was reached in this session.

        Raises:
            NotLearnedError: from its run no tool can be made.
        """
        how = options(self._settings)

        def work(parts: Parts, _run: str) -> Made:
            promise("learn", learn_bound(parts.rate), parts)
            return learn(report, parts, how, name)

        return self.with_parts(report.goal, model, work)

    def with_parts(self, goal: str, model: Model | None, work: Callable[[Parts, str], T]) -> T:
        """Do some work of a run with its working parts, while screen and log are told of it."""
        run = new_run()
        settings = self._settings
        redactor = Redactor(secrets(settings))
        question = PlanQuestion(self._screen.display, self._line, self._tools, redactor.redact)
        with (
            self._screen,
            RunLog(settings.library / "agent.log", run, redactor.redact) as log,
            recording(settings, run, goal, redactor, self._screen) as record,
        ):
            company = Company(
                (self._screen, log, record),
                self._ask,
                partial(self._approve, question),
                at_terminal(),
                self._ask_secret,
                self._confirm if at_terminal() else None,
                redactor,
                ledger=self._shared.ledger,
            )
            self._began(run)
            try:
                parts = open_parts(settings, run, goal, company, self._opened(), model)
                for notice in settings.notices:
                    company.tell(Notice(notice))
                return work(parts, run)
            except BaseException as error:  # also Ctrl-C: the log says how the run ended
                log.failed(error)
                redactor.redact_error(error)  # a key that was typed in is known here only
                raise

    def _judges(self) -> bool:
        """Tell whether results are judged: as set, else for a person, and not where replies were recorded."""
        return at_terminal() and not self._settings.replay

    def _opened(self) -> Sandbox:
        """Return the sandbox of all goals of this session."""
        if self._sandbox is None:
            self._sandbox = open_configured(self._settings, lambda said: self._screen(Notice(said)))
        return self._sandbox

    def show(self, report: Report) -> None:
        """Print the receipt to stderr, and result or report to stdout."""
        tools = self._tools() if report.status == "made" else {}
        display, library = self._screen.display, self._settings.library
        if self._settings.verbosity >= 0:
            level, allow = _level(report), _typed_grants(self._settings)
            show_receipt(report, display, library=library, tools=tools, level=level, allow=allow)
        elif report.failure:
            show_problem(problem_of_failure(report, library), display)
        if self._as_json:
            write_line(report_json(report))
        elif report.status == "done":
            show_result(report.output)
        elif report.status == "made" and (self._settings.verbosity < 0 or not sys.stdout.isatty()):
            names = dict.fromkeys(step.tool for step in report.steps if step.tool)
            write_line("\n".join(call_commands(name, tools.get(name), library)[0][1] for name in names))

    def _show_plan(self, report: Report, *, asked_for: bool) -> None:
        """Print a plan that was asked for to stdout, as every result, and how to carry it out to stderr."""
        told = self._settings.verbosity >= 0
        if self._as_json:
            write_line(report_json(report))
        elif asked_for and not (told and sys.stdout.isatty()):  # there the screen has shown it
            plan = Plan(report.goal, tuple(step.step for step in report.steps))
            show_plan(plan, tuple(step.match for step in report.steps), Display(sys.stdout, terminal()))
        if told:
            self._screen.display.print("Nothing was written.")
            for purpose, line in next_commands(report, self._settings.library, _typed_grants(self._settings)):
                self._screen.display.print(f"  {purpose:<7} {line}")

    def _tools(self) -> dict[str, Tool]:
        """Return the tools, for sample arguments; a library that was broken meanwhile only costs those."""
        try:
            return dict(Store(self._settings.library).read().tools)
        except LibraryError:
            return {}

    def _ask(self, question: str) -> str | None:
        """Put a question; None when there is nobody, or no answer."""
        return (self._line(question) or "").strip() or None

    def _confirm(self, question: str) -> bool:
        """Put a question with yes or no; anything else is a no."""
        answer = self._line(f"{question} [y/N]")
        return answer is not None and answer.strip().lower() in {"y", "yes"}

    def _ask_secret(self, name: str) -> Secret | None:
        """Ask for a secret without an echo; None when there is nobody."""
        if not at_terminal():
            return None
        with self._screen.paused():
            return Secret(typed_secret(name))

    def _approve(self, question: PlanQuestion, plan: Plan, matches: tuple[Match, ...]) -> bool | WrittenPlan:
        """Ask before anything is written; where nobody can be asked, or nothing is written, go on.

        A plan that a person wrote is asked about in any case.
        """
        writes = any(match.kind != "EXISTS_AND_GENERIC" for match in matches)
        if self._settings.yes or not (writes or self._by_hand) or not at_terminal():
            return True
        if self._settings.verbosity < 0:  # nothing has shown it yet
            show_plan(plan, matches, self._screen.display)
        said = question.ask(_question(plan, writes=writes), plan, matches, self._examples)
        self._by_hand = not isinstance(said, bool)
        return said

    def _line(self, question: str) -> str | None:
        """Put a question and return the line that was typed, None at the end of input."""
        if not at_terminal():
            return None
        with self._screen.paused():
            self._shared.ahead.take()  # what was typed before the question does not answer it
            self._screen.display.print(question)
            return typed_line()


def _question(plan: Plan, *, writes: bool) -> str:
    if not writes:
        return "Run the plan?"
    return (
        "Write the missing functions?"
        if plan.wants == "tool"
        else "Write the missing functions and run the plan?"
    )


def _typed_grants(settings: Settings) -> tuple[str, ...]:
    """Return the grants of this command line; those of the environment are there the next time too."""
    return settings.allow if settings.origins.get("allow") == "--allow" else ()


def _level(report: Report) -> str:
    return next((step.result.level for step in report.steps if step.result and step.result.level), "")
