"""`:directive`, `:queue`, `:directives`, `:resume`, `:drop`: goals that are kept until they are done."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from toolwright.checked_goal import checked_goal
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.lock import make_private
from toolwright.library.place import Place
from toolwright.memory.directives import Directive, Directives
from toolwright.redaction import Redactor
from toolwright.remembering import STATE
from toolwright.screen.result import write_line
from toolwright.screen.words import count, one_line
from toolwright.settings import secrets
from toolwright.syntax.held_out import read_goal

if TYPE_CHECKING:
    from toolwright.cli.goals import Goals

_LONGEST = 80
_PUT_ASIDE = frozenset({"planned", "failed"})
"""What waits no more, and is not done either."""


def directives_of(goals: "Goals") -> Directives:
    """Return the directives of the library of these goals."""
    settings = goals.settings
    return Directives(settings.library.absolute() / STATE, Redactor(secrets(settings)).redact)


def unfinished(goals: "Goals") -> list[Directive]:
    """Return the directives that wait, the oldest first; those that another program runs do not."""
    waiting = (each for each in directives_of(goals).all() if not each.is_finished)
    return [each for each in waiting if each.status != "running"]


def direct(goals: "Goals", goal: str) -> int:
    """Keep a goal, with the examples that were noted, and run it."""
    goal = _checked(goals, goal, ":directive")
    return _carried_out(goals, _kept(goals, goal), goal)


def queue(goals: "Goals", goal: str) -> int:
    """Keep a goal for later, with the examples that were noted."""
    number = _kept(goals, _checked(goals, goal, ":queue")).number
    write_line(f"directive {number} is queued; :resume runs what is not finished")
    return 0


def show(goals: "Goals", rest: str) -> int:
    """List the directives with what became of them."""
    if rest:
        raise UsageError(":directives takes nothing", hint=":directive GOAL keeps a goal and runs it")
    kept = directives_of(goals).all()
    for line in directive_lines(kept):
        write_line(line)
    if not kept:
        write_line("no directive is kept here; :directive GOAL keeps a goal and runs it")
    return 0


def resume(goals: "Goals", rest: str) -> int:
    """Run the directives that wait, or those that are named; return the first exit code that is not 0."""
    kept = {each.number: each for each in directives_of(goals).all()}
    chosen = [_named(kept, number) for number in _numbers(rest)] if rest else unfinished(goals)
    if not chosen:
        write_line("no directive waits; :resume N takes up one that failed")
    codes = []
    for directive in chosen:
        write_line(f"directive {directive.number}: {one_line(directive.goal, _LONGEST)}")
        codes.append(_carried_out(goals, directive, directive.goal))
    return next((code for code in codes if code), 0)


def drop(goals: "Goals", rest: str) -> int:
    """Give directives up."""
    numbers = _numbers(rest)
    if not numbers:
        raise UsageError(":drop needs the number of a directive", hint=":directives lists them")
    kept = {each.number: each for each in directives_of(goals).all()}
    for number in numbers:
        if _named(kept, number).is_finished:
            raise UsageError(f"directive {number} is finished: {kept[number].status}")
        directives_of(goals).drop(number)
        write_line(f"directive {number} is given up")
    return 0


def directive_lines(directives: Sequence[Directive]) -> list[str]:
    """Return a line for each directive: its number, its status, when it was given, and its goal."""
    return [
        f"{each.number:>4}  {each.status:<11}  "
        f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime(each.created))}  {one_line(each.goal, _LONGEST)}"
        for each in directives
    ]


def waiting_lines(directives: Sequence[Directive]) -> list[str]:
    """Return what is said of directives that wait when the prompt begins; nothing where none does."""
    if not directives:
        return []
    verb = "is" if len(directives) == 1 else "are"
    said = f"{count(len(directives), 'directive')} {verb} not finished"
    return [f"{said} (:resume runs what waits, :drop N gives it up):", *directive_lines(directives)]


def _checked(goals: "Goals", goal: str, command: str) -> str:
    if not goal:
        raise UsageError(f"{command} needs a goal", hint=f"{command} what you want done")
    read_goal(goal)  # what cannot be run is not kept
    return checked_goal(goals.with_noted(goal), goals.settings.goal_limit)


def _kept(goals: "Goals", goal: str) -> Directive:
    place = Place(goals.settings.library.absolute())
    place.check()
    try:
        make_private(place)
    except OSError as error:
        raise ToolwrightError(f"{place.private} cannot be written: {error.strerror}") from error
    return directives_of(goals).add(goal)


def _carried_out(goals: "Goals", directive: Directive, goal: str) -> int:
    """Run a directive, from where an earlier run of it ended; however that ends, its status is kept."""
    runs = [directive.run]
    with directives_of(goals).running(directive.number) as say:

        def began(run: str) -> None:
            runs.append(run)
            say("running", run)

        try:
            code = goals.run(goal, earlier=directive.run, began=began)
        except ToolwrightError:
            say("failed" if len(runs) > 1 else "queued", runs[-1])  # without a key, say, nothing was tried
            raise
        except KeyboardInterrupt:
            over = "\r" if at_terminal() else ""  # over the ^C that the terminal shows
            number = directive.number
            write_stderr(f"{over}directive {number} waits; :resume {number} takes it up there\n")
            raise
        report = goals.last
        status = report.status if report else "failed"
        say(status, report.run if report else runs[-1])
    if status in _PUT_ASIDE:
        write_stderr(f"directive {directive.number} is put aside; :resume {directive.number} takes it up\n")
    return code


def _numbers(text: str) -> list[int]:
    words = text.split()
    for word in words:
        if not word.isascii() or not word.isdigit():
            raise UsageError(f"{word!r} is not the number of a directive", hint=":directives lists them")
    return [int(word) for word in dict.fromkeys(words)]


def _named(kept: dict[int, Directive], number: int) -> Directive:
    if number not in kept:
        raise UsageError(f"there is no directive {number}", hint=":directives lists them")
    return kept[number]
