"""`retry ID`: takes a goal that failed up again at the step where it failed; what was done stays done."""

from toolwright.checked_goal import checked_goal
from toolwright.cli.arguments import Arguments
from toolwright.cli.goal import check_settings
from toolwright.cli.history import found_here, past_of
from toolwright.cli.key import needs_key, with_key
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.session import Session
from toolwright.cli.taking_up import asks
from toolwright.earlier_run import WELL, Row, left_behind, why_not_again
from toolwright.errors import ToolwrightError, UsageError
from toolwright.screen.commands import command
from toolwright.settings import Settings, load
from toolwright.syntax.held_out import read_goal


def run(arguments: Arguments) -> int:
    """Take up the run that an id names; its exit code is that of its goal."""
    identity = the_id(arguments)
    settings = load(arguments.overrides)
    check_settings(settings, arguments)
    past = past_of(settings)
    row = found_here(past, identity, settings)
    _check(row, settings)
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    plan, resumed = left_behind(row, past, settings)
    variable = needs_key(settings)
    if variable and asks(plan, resumed):
        settings = with_key(settings, variable, arguments.given)
    goal, examples = read_goal(checked_goal(row["goal"], settings.goal_limit), arguments.examples)
    with Session(settings, as_json=arguments.json, shared=arguments.shared) as session:
        return session.run(
            goal,
            stop_after="plan" if arguments.plan else "tools" if arguments.make else "",
            name=arguments.name,
            learn=arguments.learn,
            examples=examples,
            plan=plan,
            resumed=resumed,
        )


def the_id(arguments: Arguments) -> str:
    """Return the one id that a command was given.

    Raises:
        UsageError: there is none, or more than one.
    """
    name, *words = arguments.words
    if len(words) != 1:
        wrong = f"{name} takes one run, not {' '.join(words)!r}" if words else f"{name} needs the id of a run"
        raise UsageError(wrong, hint=f"python agent.py {name} last; python agent.py history lists the runs")
    return words[0]


def _check(row: Row, settings: Settings) -> None:
    """Refuse a run that is not to be taken up.

    Raises:
        ToolwrightError: it went well, goes on still, or its goal cannot be known.
    """
    why = why_not_again(row)
    if not why:
        return
    hint = "give the goal anew"
    if row["status"] in WELL:
        hint = f"{command('replay', row['id'], library=settings.library)} runs it again without a model"
    elif row["status"] == "running":
        hint = command("history", row["id"], library=settings.library)
    raise ToolwrightError(why, hint=hint)
