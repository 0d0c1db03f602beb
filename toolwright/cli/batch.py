"""`batch GOALS.txt`: many goals side by side, a table in the end; what is done is not done again."""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from toolwright.allowance import open_ledger, rates
from toolwright.batch.goals import Goal, read_goals
from toolwright.batch.ledger import Ledger
from toolwright.batch.outcome import Outcome, record_of
from toolwright.batch.running import Batch
from toolwright.bounding import goal_bounds
from toolwright.checked_goal import checked_goal
from toolwright.cli.arguments import Arguments
from toolwright.cli.batch_goal import OneGoal, settle_begun, without_question
from toolwright.cli.goal import check_settings
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.streams import flushed, read_stdin, write_stderr
from toolwright.cli.verify import jobs_of
from toolwright.errors import ToolwrightError, UsageError
from toolwright.events import Event, Listener
from toolwright.executors import Threads
from toolwright.library.lock import make_private
from toolwright.library.store import Store
from toolwright.records import replace
from toolwright.redaction import Redactor
from toolwright.remembering import STATE
from toolwright.sandbox.opening import open_configured
from toolwright.screen.batch import BatchScreen, batch_table
from toolwright.screen.bounds import goals_line
from toolwright.screen.commands import command
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, duration
from toolwright.settings import Settings, load, secrets, terminal
from toolwright.types import Report, Spending
from toolwright.wiring import new_run, options

Work: TypeAlias = Callable[[Goal, str, Listener], Report]

_GRACE_S: Final = 5.0
"""How long goals that run get to end by themselves after Ctrl-C."""
_STDIN: Final = "-"


def run(arguments: Arguments) -> int:
    """Run the goals of a file; 1 when one failed."""
    name = _file_of(arguments)
    settings = load(arguments.overrides)
    jobs = jobs_of(arguments.jobs, settings)
    settings = replace(settings, jobs=1)  # goals go side by side, their steps do not
    check_settings(settings, arguments)
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    text = read_stdin() if name == _STDIN else _text_of(Path(name))
    kind = "make" if arguments.make else ""
    goals = read_goals(
        text,
        "stdin" if name == _STDIN else name,
        lambda goal: checked_goal(goal, settings.goal_limit),
        kind=kind,
    )
    store = Store(settings.library)
    store.read()  # a library that cannot be used is said before anything is made in it
    settings = without_question(settings, [goal.text for goal in goals], arguments.given)
    make_private(store.place)
    known_as = _STDIN if name == _STDIN else str(Path(name).resolve())
    redact = Redactor(secrets(settings)).redact
    with Ledger.opened(settings.library / STATE, known_as, redact, fresh=settings.fresh) as ledger:
        return _run_all(arguments, settings, goals, ledger, jobs)


def _run_all(
    arguments: Arguments, settings: Settings, goals: Sequence[Goal], ledger: Ledger, jobs: int
) -> int:
    settle_begun(settings, goals, ledger)
    results = {goal.key: ledger.outcomes[goal.key] for goal in goals if _is_done(goal, ledger)}
    todo = [goal for goal in goals if goal.key not in results]
    if results and settings.verbosity >= 0:
        again = "" if todo else "; --fresh does them again"
        write_stderr(f"{len(results)} of {count(len(goals), 'goal')} done before{again}\n")
    for goal in goals if arguments.json else ():
        if goal.key in results:
            write_line(_as_json(goal, results[goal.key]))
    again = command("batch", *arguments.words[1:], library=settings.library)
    run = _Run(arguments, settings, ledger, len(goals), jobs)
    code = run.run(todo, results, again) if todo else 0
    if todo and settings.verbosity >= 0:
        write_stderr(f"used {run.spending.words}\n")
    if not arguments.json:
        _show_table(goals, results)
    if run.waits:  # for a model perhaps, and Python would wait for it
        os._exit(flushed(code))
    failed = [goal for goal in goals if goal.key in results and not results[goal.key].is_well]
    if failed and not code:
        first = results[failed[0].key]
        show_problem(
            ToolwrightError(
                f"{len(failed)} of {count(len(goals), 'goal')} failed, first line {failed[0].line}: "
                f"{first.message}",
                hint=f"{again} runs only what is not done",
            )
        )
    return code or (ToolwrightError.exit_code if failed else 0)


class _Run:
    """One pass over the goals that are not done."""

    def __init__(
        self, arguments: Arguments, settings: Settings, ledger: Ledger, total: int, jobs: int
    ) -> None:
        self._jobs = jobs
        self._as_json = arguments.json
        self._settings = settings
        self._spending = arguments.shared.ledger if arguments.shared else open_ledger(settings)
        self._ledger = ledger
        self._total = total
        self._display = Display(sys.stderr, terminal())
        self._stop_after = "tools" if arguments.make else ""
        self.waits = False
        """Whether a goal goes on after the end, in a thread that could not be told."""

    @property
    def spending(self) -> Spending:
        """What all goals have used, and may use."""
        return self._spending.spending

    def run(self, goals: Sequence[Goal], results: dict[str, Outcome], again: str) -> int:
        """Run the goals and add what became of them to `results`; return 0, or the code of an interrupt."""
        screen = BatchScreen(
            self._display, self._total, done=len(results), quiet=self._settings.verbosity < 0
        )
        sandbox = open_configured(self._settings, self._display.print)
        one = OneGoal(self._settings, sandbox, self._spending, self._stop_after)
        if self._settings.verbosity >= 0:
            bounds = goal_bounds(options(self._settings), rates(self._settings))
            self._display.print(goals_line(bounds, self._spending.spending), "dim")
        batch = Batch(self._ledger, Threads(self._jobs), _told(one, screen), new_run)
        try:
            with screen:
                for goal, outcome in batch.run(goals):
                    results[goal.key] = outcome
                    self._tell(screen, goal, outcome)
        except KeyboardInterrupt as interrupt:
            code = 128 + getattr(interrupt, "number", signal.SIGINT)
            self.waits = not batch.stop(_GRACE_S)
            for goal in goals:
                ended = self._ledger.outcomes.get(goal.key)
                if goal.key not in results and ended and not ended.earlier:  # since the interrupt
                    results[goal.key] = ended
                    self._tell(screen, goal, ended)
            left = self._total - sum(outcome.is_well for outcome in results.values())
            write_stderr(
                f"\nerror: interrupted; {count(left, 'goal')} of {self._total} left\nhint: {again} goes on\n"
            )
            return code
        finally:
            sandbox.close()
        return 0

    def _tell(self, screen: BatchScreen, goal: Goal, outcome: Outcome) -> None:
        screen.end(
            outcome.run,
            goal.text,
            good=outcome.is_well,
            calls=outcome.calls,
            seconds=outcome.seconds,
            why=outcome.message or outcome.status,
        )
        if self._as_json:
            write_line(_as_json(goal, outcome))


def _told(one: OneGoal, screen: BatchScreen) -> Work:
    """Return the work on one goal, of which the screen is told."""

    def work(goal: Goal, run: str, check: Listener) -> Report:
        def listen(event: Event) -> None:
            check(event)
            screen.tell(run, event)

        screen.begin(run, goal.text)
        return one.run(goal.text, run, listen)

    return work


def _is_done(goal: Goal, ledger: Ledger) -> bool:
    return goal.key in ledger.outcomes and ledger.outcomes[goal.key].is_well


def _as_json(goal: Goal, outcome: Outcome) -> str:
    return json_text({"line": goal.line, "goal": goal.text, **record_of(outcome), "earlier": outcome.earlier})


def _show_table(goals: Sequence[Goal], results: Mapping[str, Outcome]) -> None:
    display = Display(sys.stdout, terminal())
    rows = [_cells(goal, results.get(goal.key)) for goal in goals]
    for line in batch_table(rows, display.width if display.live else None):
        write_line(line)


def _cells(goal: Goal, outcome: Outcome | None) -> tuple[str, ...]:
    if outcome is None:
        return (str(goal.line), "left", "-", "-", goal.text, "")
    said = json_text(outcome.output) if outcome.is_well else outcome.message or outcome.status
    status = f"{outcome.status} before" if outcome.earlier else outcome.status
    return (str(goal.line), status, str(outcome.calls), duration(outcome.seconds), goal.text, said)


def _file_of(arguments: Arguments) -> str:
    """Return the file that is named.

    Raises:
        UsageError: there is none or several, or a flag of single goals was given.
    """
    flags = {
        "--plan": arguments.plan,
        "--name": bool(arguments.name),
        "--learn": arguments.learn,
        "--example": bool(arguments.examples),
    }
    wrong = [flag for flag, given in flags.items() if given]
    if wrong:
        raise UsageError(f"{wrong[0]} goes with one goal, not with a batch", hint="leave it out")
    match arguments.words[1:]:
        case (name,):
            return name
        case words:
            raise UsageError(
                f"batch takes one file, not {' '.join(words)!r}" if words else "batch needs a file of goals",
                hint="python agent.py batch GOALS.txt, one goal a line; - reads them from stdin",
            )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not a UTF-8 text (byte {error.start + 1})"
        raise UsageError(message, hint=f"save {path} as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
