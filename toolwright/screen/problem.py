"""Errors in one shape everywhere: an exception or a failed run goes in, error, causes and hint come out.

error: one sentence
  cause: what lies behind it

hint: the command or setting that helps
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import ToolwrightError, UsageError
from toolwright.records import dataclass, replace
from toolwright.redaction import Redactor
from toolwright.screen.display import Display
from toolwright.screen.program import as_started
from toolwright.screen.words import count, one_line
from toolwright.settings import load, secrets, terminal
from toolwright.types import Json, Report

BUG_EXIT_CODE: Final = 3
MOST_CAUSES: Final = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong in one sentence, details as (word, text), and the next command or setting."""

    message: str
    details: tuple[tuple[str, str], ...] = ()
    hint: str = ""


def problem_of(error: BaseException) -> Problem:
    """Return an error with the causes that a user can understand: our own errors and the system's."""
    causes: list[str] = []
    cause = error.__cause__
    while cause is not None and len(causes) < MOST_CAUSES:
        words = _sentence(cause)
        known = isinstance(cause, OSError) and bool(cause.strerror) and str(cause.strerror) in str(error)
        if isinstance(cause, ToolwrightError | OSError) and not known and words not in {*causes, str(error)}:
            causes.append(words)
        cause = cause.__cause__
    hint = as_started(error.hint) if isinstance(error, ToolwrightError) else ""
    return Problem(_sentence(error), tuple(("cause", words) for words in causes), hint)


def problem_of_failure(report: Report, library: Path = Path()) -> Problem:
    """Return why a goal stopped: step, tool, arguments and reason, and what was kept all the same."""
    failure = report.failure
    if failure is None:
        raise ValueError("the run did not fail")
    details: list[tuple[str, str]] = []
    steps = [step.step for step in report.steps if step.step.number == failure.step]
    if failure.step:
        words = f" {steps[0].description}" if steps else ""
        details.append(("step", f"{failure.step}{words}"))
    if failure.tool:
        details.append(("tool", failure.tool))
    if failure.arguments:
        details.append(("arguments", _arguments(failure.arguments)))
    details += [("cause", line) for line in failure.details]
    details.append(("kept", _kept(report, library)))
    return Problem(failure.message, tuple(details), as_started(failure.hint))


def describe(problem: Problem) -> str:
    """Return the problem as plain text without a line break at the end."""
    lines = [f"error: {one_line(problem.message)}"]
    lines += [f"  {word}: {one_line(text, 1000)}" for word, text in problem.details]
    if problem.hint:
        lines += ["", f"hint: {one_line(problem.hint)}"]
    return "\n".join(lines)


def show_problem(problem: Problem | BaseException, display: Display | None = None) -> None:
    """Show a problem or an exception, by default on stderr, in colour where there is some."""
    display = display or Display(terminal=terminal())
    if isinstance(problem, BaseException):
        problem = problem_of(problem)
    problem = replace(problem, hint=display.words(problem.hint))
    if not display.colour:
        display.print_plain(describe(problem))
        return
    from rich.text import Text

    text = Text(describe(problem))
    text.highlight_regex(r"\Aerror:", "bold red")
    text.highlight_regex(r"(?m)^hint:", "bold cyan")
    text.highlight_regex(r"(?m)^  [a-z]+:", "dim")
    display.print(text)


def problem_of_bug(
    error: BaseException,
    argv: Sequence[str] | None = None,
    *,
    redactor: Redactor | None = None,
    directory: Path = Path(".toolwright"),
) -> Problem:
    """Write a bug report and return the problem, whose hint says where the report is.

    A `directory` that is not there is not made: the report goes to the folder for temporary files.
    """
    from toolwright.screen.bug_report import write_bug_report

    redactor = redactor or known_redactor()
    name = type(error).__name__
    try:
        hint = f"read it, then attach it to an issue: {write_bug_report(error, redactor, directory, argv)}"
    except OSError as full:
        hint = f"run it again where a report can be written (now: {_sentence(full)})"
    return Problem(redactor.redact(f"a bug in Toolwright, {name}: {_sentence(error)}"), hint=hint)


def show_bug(
    error: BaseException,
    argv: Sequence[str] | None = None,
    *,
    redactor: Redactor | None = None,
    directory: Path = Path(".toolwright"),
    display: Display | None = None,
) -> int:
    """Write a bug report, say where it is, and return the exit code of a bug."""
    show_problem(problem_of_bug(error, argv, redactor=redactor, directory=directory), display)
    return BUG_EXIT_CODE


def known_redactor() -> Redactor:
    """Return a redactor for every secret that settings and environment hold."""
    try:
        return Redactor(secrets(load({})))
    except UsageError:
        return Redactor(secrets())


def _sentence(error: BaseException) -> str:
    """Return an exception as one sentence; the system's errors without their number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def _arguments(arguments: Mapping[str, Json]) -> str:
    return ", ".join(f"{name}={one_line(repr(value), 120)}" for name, value in arguments.items())


def _kept(report: Report, library: Path) -> str:
    names = [step.commit.tool for step in report.steps if step.commit]
    if not names:
        return f"nothing was changed in {library / 'tools.py'}"
    return f"{', '.join(names)} in {library / 'tools.py'} ({count(len(names), 'tested tool')})"
