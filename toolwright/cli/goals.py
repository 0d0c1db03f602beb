"""Goals that are run one after the other: a key that was typed in, and the model chosen, serve for all."""

import sys
from collections.abc import Callable
from pathlib import Path

from toolwright.allowance import open_ledger
from toolwright.api.given import read_saved
from toolwright.checked_goal import checked_goal
from toolwright.cli.arguments import Arguments
from toolwright.cli.given_values import values_of
from toolwright.cli.key import missing_key, needs_key, with_given, with_key
from toolwright.cli.session import Session
from toolwright.cli.shared import Shared
from toolwright.cli.taking_up import asks, taken_up
from toolwright.errors import NotLearnedError, UsageError
from toolwright.library.store import Store
from toolwright.models import parse_model
from toolwright.models.absent import AbsentModel
from toolwright.protocols import Model
from toolwright.recalling import recall
from toolwright.records import replace
from toolwright.redaction import Redactor
from toolwright.remembering import plan_memory
from toolwright.settings import Settings, load, secrets
from toolwright.settings.prices import tariff
from toolwright.syntax.held_out import read_example, read_goal
from toolwright.types import Report, WrittenPlan


class Goals:
    """Runs goals with one set of settings."""

    def __init__(self, settings: Settings, arguments: Arguments) -> None:
        self.settings = settings
        self.arguments = arguments
        self.last: Report | None = None
        self._examples: list[str] = []
        self.shared = Shared(open_ledger(settings))

    def run_saved(self, path: Path) -> int:
        """Carry out a plan that was saved, with the goal in it.

        Raises:
            UsageError: another goal was given, or the plan cannot be read.
        """
        if self.arguments.words or self.arguments.insisted:
            raise UsageError("--plan-file has its goal in it: leave the goal out")
        tools = Store(self.settings.library).read().tools
        plan = read_saved(path, tools, Redactor(secrets(self.settings)).redact, "--plan-file")
        return self.run(plan.plan.goal, plan)

    def run(
        self,
        goal: str,
        plan: WrittenPlan | None = None,
        *,
        earlier: str = "",
        began: Callable[[str], None] = lambda _run: None,
    ) -> int:
        """Run one goal with the model that the settings name; ask for its key when it is needed.

        `plan` is one that was saved; `earlier` is a run of this goal, which is taken up where it can be;
        `began` is told the id of the run.
        """
        goal = checked_goal(goal, self.settings.goal_limit)
        noted, self.last = self.noted(), None
        try:
            goal, examples = read_goal(goal, (*self.arguments.examples, *noted))
            examples += plan.examples if plan else ()
            taken = taken_up(earlier, self.settings) if earlier else None
            plan, resumed = taken or (plan, None)
            model = None if taken and not asks(*taken) else self._equipped(goal, planned=plan is not None)
            with self._session(began) as session:
                code = session.run(
                    goal,
                    examples=examples,
                    model=model,
                    plan=plan,
                    resumed=resumed,
                    stop_after=self._last_stage,
                    name=self.arguments.name,
                    learn=self.arguments.learn,
                )
        except BaseException:  # also Ctrl-C: the goal may come again
            self._examples = noted
            raise
        self.last = session.last
        if session.last and session.last.status == "planned":
            self._examples = noted
        return code

    @property
    def _last_stage(self) -> str:
        return "plan" if self.arguments.plan else "tools" if self.arguments.make else ""

    def _session(self, began: Callable[[str], None] = lambda _run: None) -> Session:
        arguments = self.arguments
        return Session(
            self.settings,
            as_json=arguments.json,
            values=values_of(arguments.values),
            shared=self.shared,
            began=began,
        )

    def note_example(self, text: str) -> int:
        """Keep an example for the next goal.

        Raises:
            UsageError: it is none.
        """
        try:
            example = read_example(text)
        except UsageError as error:
            said = str(error) if text else ":example needs a call with its answer"
            raise UsageError(said, hint=error.hint.replace("--example '", ":example ").rstrip("'")) from None
        self._examples.append(text)
        sys.stderr.write(f"noted for the next goal: {example.call()}, its answer is held out\n")
        return 0

    def noted(self) -> list[str]:
        """Return the examples that were noted, and forget them."""
        noted, self._examples = self._examples, []
        return noted

    def with_noted(self, goal: str) -> str:
        """Return a goal with the examples that were noted written into it; one without a name stays noted."""
        noted = {text: read_example(text) for text in self.noted()}
        self._examples = [text for text, example in noted.items() if not example.function]
        return "\n".join([goal, *(example.text() for example in noted.values() if example.function)])

    def learn(self, name: str) -> int:
        """Make one tool of the last goal."""
        if self.last is None:
            raise UsageError(
                "there is no goal to learn from yet", hint="reach a goal of several steps, then :learn"
            )
        self.settings = with_given(self.settings, self.arguments.given)
        variable = needs_key(self.settings)
        if variable:
            self.settings = with_key(self.settings, variable, self.arguments.given)
        with self._session() as session:
            made = session.learn(self.last, name)
        if made.failure:
            raise NotLearnedError(f"not learned: {made.failure.message}", hint=made.failure.hint)
        return 0

    def choose_model(self, name: str) -> None:
        """Ask another model from now on; keys that were typed in stay.

        Raises:
            UsageError: there is no such server, or no such name can be.
        """
        overrides = {**self.arguments.overrides, "model": name}
        try:
            chosen = load(overrides)
            parse_model(chosen.model)
        except UsageError as error:
            said = str(error).replace("--model is", "the model is")
            hint = error.hint.replace("write --model", ":model").replace("set --model to", ":model takes")
            raise UsageError(said, hint=hint) from None
        self.settings = with_given(chosen, self.arguments.given)
        self.shared.ledger.take_prices(tariff(self.settings))
        self.arguments = replace(self.arguments, overrides=overrides)

    def _equipped(self, goal: str, *, planned: bool) -> Model | None:
        """See to it that there is a key; where none is to be had, a remembered plan may do without."""
        self.settings = settings = with_given(self.settings, self.arguments.given)
        variable = needs_key(settings)
        if not variable:
            return None
        store, memory = Store(settings.library), plan_memory(settings)
        store.read()  # a library that cannot be used is said before anybody looks for a key
        if not settings.fresh and not planned and recall(goal, store, memory):
            return AbsentModel(settings.model, missing_key(variable))
        self.settings = with_key(settings, variable, self.arguments.given)
        return None
