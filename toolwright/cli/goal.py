"""A goal from the command line -> its result on stdout, its story on stderr, an exit code."""

import sys

from toolwright.checked_goal import checked_goal
from toolwright.cli.arguments import Arguments
from toolwright.cli.key import at_terminal, missing_key, needs_key, with_key
from toolwright.cli.session import Session
from toolwright.errors import UsageError
from toolwright.library.store import Store
from toolwright.memory.plans import PlanMemory
from toolwright.models.absent import AbsentModel
from toolwright.pipeline import recall
from toolwright.protocols import Model
from toolwright.settings import Settings, load
from toolwright.wiring import STATE


def run(arguments: Arguments) -> int:
    """Run one goal, or ask for goals when there is none."""
    settings = load(arguments.overrides)
    if not arguments.words and not arguments.insisted:
        from toolwright.repl import prompt

        if not at_terminal():
            raise UsageError("no goal was given", hint='python agent.py "what you want done"')
        return prompt(settings, lambda goal: run_one(goal, settings, arguments))
    words = arguments.words
    goal = sys.stdin.read() if words == ("-",) and not arguments.insisted else " ".join(words)
    return run_one(goal, settings, arguments)


def run_one(goal: str, settings: Settings, arguments: Arguments) -> int:
    """Run one goal with the model that the settings name; ask for its key when it is needed."""
    goal = checked_goal(goal, settings.goal_limit)
    settings, model = _equipped(goal, settings)
    return Session(settings, as_json=arguments.json).run(
        goal,
        stop_after="plan" if arguments.plan else "tools" if arguments.make else "",
        name=arguments.name,
        model=model,
    )


def _equipped(goal: str, settings: Settings) -> tuple[Settings, Model | None]:
    """Return the settings with a key; where none is to be had, a remembered plan may do without."""
    variable = needs_key(settings)
    if not variable:
        return settings, None
    store, memory = Store(settings.library), PlanMemory(settings.library / STATE / "plans")
    if not settings.fresh and recall(goal, store, memory):
        return settings, AbsentModel(settings.model, missing_key(variable))
    return with_key(settings, variable), None
