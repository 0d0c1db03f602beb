"""A goal from the command line -> its result on stdout, its story on stderr, an exit code."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from toolwright.checked_goal import checked_goal
from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import COMMANDS
from toolwright.cli.key import missing_key, needs_key, with_key
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.plan_question import load_plan
from toolwright.cli.session import Session
from toolwright.cli.streams import at_terminal, read_stdin
from toolwright.cli.typed import typed
from toolwright.cli.typos import refuse_typo
from toolwright.errors import NotLearnedError, UsageError
from toolwright.library.store import Store
from toolwright.models import parse_model
from toolwright.models.absent import AbsentModel
from toolwright.permissions.allowed import read_allowed
from toolwright.protocols import Model
from toolwright.recalling import recall
from toolwright.redaction import Redactor
from toolwright.settings import Settings, load, secrets
from toolwright.settings.servers import models_of
from toolwright.stages.rules.naming import why_not_a_name
from toolwright.syntax.held_out import read_example, read_goal
from toolwright.types import WrittenPlan
from toolwright.wiring import plan_memory

_WITH_EXAMPLES: Final = (("tools", "fix"), ("tools", "adopt"))
_LEARN: Final = ":learn"
_EXAMPLE: Final = ":example"
_SEARCH: Final = ":search"


def run(arguments: Arguments) -> int:
    """Run one goal, or ask for goals when there is none."""
    settings = load(arguments.overrides)
    _check(settings, arguments)
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    goals = Goals(settings, arguments)
    if arguments.plan_file:
        return goals.run_saved(Path(arguments.plan_file))
    if not arguments.words and not arguments.insisted:
        from toolwright.repl import prompt

        if not at_terminal():
            raise UsageError("no goal was given", hint='python agent.py "what you want done"')
        return prompt(settings, goals.take)
    words = arguments.words
    return goals.run(read_stdin() if words == ("-",) and not arguments.insisted else " ".join(words))


class Goals:
    """Runs goals with one set of settings; a key that was typed in serves for all of them."""

    def __init__(self, settings: Settings, arguments: Arguments) -> None:
        self._settings = settings
        self._arguments = arguments
        self._session: Session | None = None
        self._examples: list[str] = []

    def take(self, line: str) -> int:
        """Run a line of the prompt: a goal, or a command that is typed as in the shell."""
        words = tuple(line.split())
        if words[:1] == (_LEARN,):
            return self.learn(" ".join(words[1:]))
        if words[:1] == (_EXAMPLE,):
            return self.note_example(line.strip().removeprefix(_EXAMPLE).strip())
        if words[:1] == (_SEARCH,):
            looked_for = line.strip().removeprefix(_SEARCH).strip()
            if not looked_for:
                raise UsageError("there is nothing to search for", hint=":search TEXT")
            return COMMANDS["tools"].run(replace(self._arguments, words=("tools", "search", looked_for)))
        try:
            asked = typed(line, self._arguments, self._settings.library)
        except SystemExit:  # the help was asked for and printed
            return 0
        if asked and asked.words[:2] in _WITH_EXAMPLES:  # what was noted before is of this tool
            noted, self._examples = self._examples, []
            asked = replace(asked, examples=(*noted, *asked.examples))
        if asked:
            return COMMANDS[asked.words[0]].run(asked)
        if len(words) == 1:
            refuse_typo(words)
        return self.run(line)

    def run_saved(self, path: Path) -> int:
        """Carry out a plan that was saved, with the goal in it.

        Raises:
            UsageError: another goal was given, or the plan cannot be read.
        """
        if self._arguments.words or self._arguments.insisted:
            raise UsageError("--plan-file has its goal in it: leave the goal out")
        tools = Store(self._settings.library).read().tools
        plan = load_plan(path, tools, Redactor(secrets(self._settings)).redact)
        return self.run(plan.plan.goal, plan)

    def run(self, goal: str, plan: WrittenPlan | None = None) -> int:
        """Run one goal with the model that the settings name; ask for its key when it is needed.

        `plan` is one that was saved.
        """
        arguments = self._arguments
        goal = checked_goal(goal, self._settings.goal_limit)
        goal, examples = read_goal(goal, (*arguments.examples, *self._examples))
        self._examples = []
        model = self._equipped(goal, planned=plan is not None)
        self._session = Session(self._settings, as_json=arguments.json, values=_values(arguments.values))
        return self._session.run(
            goal,
            stop_after="plan" if arguments.plan else "tools" if arguments.make else "",
            name=arguments.name,
            learn=arguments.learn,
            examples=examples,
            model=model,
            plan=plan,
        )

    def note_example(self, text: str) -> int:
        """Keep an example for the next goal of this prompt."""
        example = read_example(text)
        self._examples.append(text)
        sys.stderr.write(f"noted for the next goal: {example.call()}, its answer is held out\n")
        return 0

    def learn(self, name: str) -> int:
        """Make one tool of the last goal of this prompt."""
        report = self._session.last if self._session else None
        if self._session is None or report is None:
            raise UsageError(
                "there is no goal to learn from yet", hint="reach a goal of several steps, then :learn"
            )
        variable = needs_key(self._settings)
        if variable:
            self._settings = with_key(self._settings, variable)
        made = Session(self._settings).learn(report, name)
        if made.failure:
            raise NotLearnedError(f"not learned: {made.failure.message}", hint=made.failure.hint)
        return 0

    def _equipped(self, goal: str, *, planned: bool) -> Model | None:
        """See to it that there is a key; where none is to be had, a remembered plan may do without."""
        settings = self._settings
        variable = needs_key(settings)
        if not variable:
            return None
        store, memory = Store(settings.library), plan_memory(settings)
        store.read()  # a library that cannot be used is said before anybody looks for a key
        if not settings.fresh and not planned and recall(goal, store, memory):
            return AbsentModel(settings.model, missing_key(variable))
        self._settings = with_key(settings, variable)
        return None


def _values(given: tuple[str, ...]) -> dict[str, str]:
    """Return the values of `--value NAME=VALUE` by name.

    Raises:
        UsageError: one has no name.
    """
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not all(part.isidentifier() for part in name.strip().split(".")):
            raise UsageError(f"--value {text!r} does not say which argument it is", hint="--value limit=5")
        values[name.strip()] = value
    return values


def _check(settings: Settings, arguments: Arguments) -> None:
    """Refuse now what would be refused after the first paid answer.

    Raises:
        UsageError: a model is on no server that is known, the workspace is no folder, a grant grants nothing,
            or the name cannot be that of a new tool.
        LibraryError: as for `Store.read`.
    """
    named = (model for models in models_of(settings).values() for model in models)
    for model in dict.fromkeys((*named, *settings.fallbacks)):
        parse_model(model)
    if not settings.workspace.is_dir():
        raise UsageError(
            f"the workspace {settings.workspace} is not a folder",
            hint=f"mkdir -p {shlex.quote(str(settings.workspace))}",
        )
    read_allowed(settings.allow, settings.workspace)
    if arguments.name:
        snapshot = Store(settings.library).read()
        why = why_not_a_name(arguments.name, snapshot.names)
        if why:
            raise UsageError(f"--name {arguments.name}: {why}", hint="--name count_words, for example")
