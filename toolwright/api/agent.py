"""Goals in, typed reports out: what the command line does with a goal, as a Python object."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import TypeVar

from toolwright.allowance import open_ledger
from toolwright.api.given import listed, read_examples, read_saved, read_values, written_plan
from toolwright.checked_goal import checked_goal
from toolwright.company import Company
from toolwright.earlier_run import failed_run, left_behind
from toolwright.errors import ToolwrightError, UsageError
from toolwright.events import Listener, Notice
from toolwright.executors import Threads
from toolwright.library.store import Store
from toolwright.memory.past import Past
from toolwright.mending import adopted, examples_for, fixed, is_verified, not_adopted, not_fixed
from toolwright.parts import Approve, Ask, Options, Parts
from toolwright.pipeline import run_goal
from toolwright.protocols import Executor, Model, Sandbox
from toolwright.records import replace
from toolwright.remembering import measured, open_past, recording
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load
from toolwright.stages.rules.rule import Rule
from toolwright.syntax.held_out import read_goal
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import Json, Report, Tool
from toolwright.types.metrics import Metrics
from toolwright.wiring import new_run, open_parts, options

T = TypeVar("T")
Values = Mapping[str, Json]
"""Values by PARAMETER or TOOL.PARAMETER; a text is read as what the parameter takes."""


class Agent:
    """Runs goals against one library. Each run asks the model only for what the library lacks."""

    def __init__(
        self,
        library: str | os.PathLike[str] = ".",
        model: str | Model = "",
        *,
        listeners: Iterable[Listener] = (),
        rules: Iterable[Rule] = (),
        ask: Ask = lambda _question: None,
        approve: Approve = lambda _plan, _matches: True,
        **settings: object,
    ) -> None:
        """Configure; nothing is read or started yet.

        Args:
            library: The folder with tools.py.
            model: `SERVER:NAME`, "" for the configured one, or any object with `name` and `complete`.
            listeners: Called with every event of a run.
            rules: Rules of review for new tools, besides ours and those of `pyproject.toml`.
            ask: Given a question, such as for a value that a goal does not say, returns the answer, or None.
                Permissions are not asked for: `allow=` gives them.
            approve: Shown a plan with its verdicts before anything is written; returns whether to go on.
            settings: Fields of `toolwright.settings.Settings`, such as `attempts=3`. `budget` and `max_calls`
                are for all runs of this agent together, also when they go on at the same time.

        Raises:
            UsageError: a setting is not allowed, or a budget meets a model whose price is not known.
        """
        named = model if isinstance(model, str) else ""
        overrides = {"library": str(library), "model": named or None, **settings}
        self._settings = load(overrides)
        self._model = None if isinstance(model, str) else model
        ledger = open_ledger(self._settings, "" if self._model is None else self._model.name)
        self._company = Company(tuple(listeners), ask, approve, rules=tuple(rules), ledger=ledger)
        self._sandbox: Sandbox | None = None
        self._opening = Lock()

    def run(
        self,
        goal: str,
        *,
        make: bool = False,
        plan: bool = False,
        name: str = "",
        learn: bool = False,
        examples: Iterable[str] = (),
        values: Values | None = None,
    ) -> Report:
        """Take one goal through all stages.

        Args:
            goal: What is wanted, in words.
            make: Stop when the tools are in the library.
            plan: Stop with the plan, before anything is written; `carry_out` goes on from there.
            name: What the one new function is to be called.
            examples: Calls with the answers that are right, such as `slugify("A B") == "a-b"` or, without the
                name, `("A B") -> "a-b"`. No author of code sees the answers; they are compared in the end.
            learn: Make one tool of all steps when the goal was reached; its name is in `Report.learned`.
            values: What the goal does not say, by PARAMETER or TOOL.PARAMETER: `{"limit": 5}`.

        Returns:
            The report; an expected failure, such as a model that does not answer, is one with
            `status == "failed"`.

        Raises:
            UsageError: the goal is empty or too long, or an example or a value cannot be read.
            TranscriptError: the transcript to replay cannot be read.
        """
        goal = checked_goal(goal, self._settings.goal_limit)
        goal, held_out = read_goal(goal, listed(examples))
        how = self._how(make=make, plan=plan, name=name, learn=learn, values=values)
        return self._report(goal, replace(how, examples=held_out))

    def carry_out(
        self,
        plan: Report | str | os.PathLike[str],
        *,
        make: bool = False,
        learn: bool = False,
        examples: Iterable[str] = (),
        values: Values | None = None,
    ) -> Report:
        """Carry out a plan: the report of `run(..., plan=True)`, or a file that was saved at the prompt.

        The other arguments are those of `run`. What the library has gained or lost since is looked up again.

        Raises:
            UsageError: the file cannot be read or holds no plan, or an example or a value cannot be read.
        """
        tools = Store(self._settings.library).read().tools
        if isinstance(plan, Report):
            written = written_plan(plan, tools)
        else:
            written = read_saved(Path(plan), tools, self._company.redactor.redact)
        goal, held_out = read_goal(written.plan.goal, listed(examples))
        how = self._how(make=make, learn=learn, values=values)
        return self._report(goal, replace(how, plan=written, examples=(*held_out, *written.examples)))

    def retry(self, run: str = "last") -> Report:
        """Take a goal that failed up again at the step where it failed; what was done stays done.

        `run` is the id of its run, the beginning of one, or `last`.

        Raises:
            ToolwrightError: there is no such run, it did not fail, or its goal held a secret.
        """
        past = self._past()
        row = failed_run(past, run)
        plan, resumed = left_behind(row, past, self._settings)
        goal, held_out = read_goal(row["goal"], ())
        return self._report(goal, replace(self._how(), plan=plan, resumed=resumed, examples=held_out))

    def run_many(
        self, goals: Iterable[str], *, jobs: int = 1, executor: Executor | None = None
    ) -> list[Report]:
        """Run several goals and return their reports in order; a goal that fails does not stop the others.

        Args:
            goals: The goals, in words.
            jobs: How many are run at the same time; with more than one, listeners are called from threads.
            executor: What runs them instead of threads of this process.

        Raises:
            UsageError: a goal is empty or too long; then none was run.
        """
        checked = [checked_goal(goal, self._settings.goal_limit) for goal in goals]
        done = (executor or Threads(jobs)).each(self.run, checked)
        reports = {place: future.result() for place, future in done}
        return [reports[place] for place in range(len(checked))]

    def fix(self, name: str, examples: Iterable[str] = ()) -> Tool:
        """Repair a kept tool that answers an example wrongly; return it as it is kept then.

        Without examples those that are kept with it count. Where it answers all of them, nothing is done.

        Raises:
            UsageError: there is no example, or one is no call of the tool.
            ToolwrightError: there is no such tool, or no repair passed the gate; then nothing was changed.
        """
        store = Store(self._settings.library)
        self._kept(store, name)
        if store.tests_of(name) is None:
            raise ToolwrightError(f"{name} has no tests that could guard a repair", hint=f"adopt({name!r})")
        given = examples_for(store, name, read_examples(examples))
        if not given:
            raise UsageError(
                f"to fix {name} takes a call with its right answer", hint=f"examples=['{name}(...) == ...']"
            )
        how = self._how()
        _, made = self._with_parts(f"tools fix {name}", lambda parts, _: fixed(parts, how, name, given))
        if made and made.failure:
            raise not_fixed(made.failure, name)
        return self._kept(store, name)

    def adopt(self, name: str, examples: Iterable[str] = ()) -> Tool:
        """Give a function that somebody wrote in tools.py its contract and tests; return the tool.

        Its code stays as it is. Where it is proven already, nothing is done.

        Raises:
            UsageError: an example is no call of the function.
            ToolwrightError: it cannot be a tool, or its tests and it disagree; then nothing was changed.
        """
        store = Store(self._settings.library)
        if not is_verified(store, name):
            given, how = read_examples(examples), self._how()
            made = self._with_parts(f"tools adopt {name}", lambda parts, _: adopted(parts, how, name, given))
            if made.failure:
                raise not_adopted(made.failure, name, f"adopt({name!r})")
        return self._kept(store, name)

    def history(self, most: int = 50) -> list[dict[str, Json]]:
        """Return the newest runs of this library, the latest first: id, goal, status, calls, cost and more.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        return [dict(row) for row in self._past().runs(most, own=True)]

    def stats(self, since: float = 0.0) -> Metrics:
        """Return what the past of this library comes to in numbers, from a time in seconds since the epoch.

        Raises:
            MemoryFileError: the memory cannot be read.
        """
        past = self._past()
        return measured(past, since, past.shared_as)

    def _past(self) -> Past:
        return open_past(self._settings, lambda said: self._company.tell(Notice(said)))

    def _kept(self, store: Store, name: str) -> Tool:
        kept = store.read().kept
        if name not in kept:
            raise tool_not_found(name, kept)
        return kept[name]

    def _how(
        self,
        *,
        make: bool = False,
        plan: bool = False,
        name: str = "",
        learn: bool = False,
        values: Values | None = None,
    ) -> Options:
        stop_after = "plan" if plan else "tools" if make else ""
        return options(
            self._settings, stop_after=stop_after, name=name, learn=learn, values=read_values(values or {})
        )

    def _report(self, goal: str, how: Options) -> Report:
        return self._with_parts(goal, lambda parts, run: run_goal(goal, parts, how, run))

    def _with_parts(self, goal: str, work: Callable[[Parts, str], T]) -> T:
        """Do some work of a run with its working parts; the memory is told of it."""
        run, company, settings = new_run(), self._company, self._settings
        with recording(settings, run, goal, company.redactor, company.tell) as record:
            told = replace(company, listeners=(*company.listeners, record))
            return work(open_parts(settings, run, goal, told, self._opened(), self._model), run)

    def _opened(self) -> Sandbox:
        with self._opening:
            if self._sandbox is None:
                self._sandbox = open_configured(self._settings, lambda said: self._company.tell(Notice(said)))
            return self._sandbox
