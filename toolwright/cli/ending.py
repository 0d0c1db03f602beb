"""What ended a run early -> words on stderr, JSON on stdout where it was asked for, and an exit code."""

import json
import sys
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from toolwright.cli.call_words import calls, executes
from toolwright.cli.streams import OutputError, write_stderr, write_stdout
from toolwright.errors import ToolwrightError

if TYPE_CHECKING:
    from toolwright.screen.problem import Problem

BUG: Final = 3

_Form: TypeAlias = Literal["text", "report", "call"]
"""What stdout gets: nothing, a report as JSON, or the line of `--execute-tool` and `call`."""


def refused(error: ToolwrightError, words: list[str]) -> int:
    """Say an expected failure; return its exit code."""
    form = _form(words)
    if form == "call":
        _write_call(str(error), error.kind)
        if isinstance(error, OutputError):
            write_stderr(f"error: {error}\n")
        elif not executes(words):  # who types flags is a person
            _show(error)
        return error.exit_code
    if form == "report":
        from toolwright.screen.result import error_json

        _print_line(error_json(error))
    _show(error)
    return error.exit_code


def interrupted(words: list[str], code: int) -> int:
    """Say that somebody ended the run; return `code`."""
    form = _form(words)
    if form == "call":
        _write_call("interrupted", "interrupted")
        return code
    message = "interrupted; what was merged stays in the library"
    if form == "report":
        _write_report("interrupted", message)
    write_stderr(f"\nerror: {message}\n")
    return code


def broken(error: Exception, words: list[str]) -> int:
    """Say an unexpected failure: a missing package by its name, anything else with a redacted report."""
    if isinstance(error, ModuleNotFoundError):
        from toolwright.cli.packages import missing_package

        missing = missing_package(error)
        if missing is not None:
            return refused(missing, words)
    from toolwright.screen.problem import problem_of_bug

    problem = problem_of_bug(error, words)
    form = _form(words)
    if form == "call":
        _write_call(problem.message, "bug")
    elif form == "report":
        _write_report("bug", problem.message, problem.hint)
    _show(problem)
    return BUG


def _form(words: list[str]) -> _Form:
    options = words[: words.index("--") if "--" in words else None]
    if executes(words) or calls(words):
        return "call"
    return "report" if "--json" in options or _formatted(options) == "json" else "text"


def _formatted(options: list[str]) -> str:
    """Return the value of `--format`."""
    given = " ".join(options).replace("=", " ").split()
    return given[given.index("--format") + 1] if "--format" in given[:-1] else ""


def _write_call(message: str, kind: str) -> None:
    _print_line(json.dumps({"status": "error", "error": message, "kind": kind}))


def _write_report(kind: str, message: str, hint: str = "") -> None:
    from toolwright.screen.result import json_text

    about = {"kind": kind, "message": message, "causes": [], "hint": hint}
    _print_line(json_text({"status": "failed", "error": about}))


def _print_line(text: str) -> None:
    """Print JSON in ASCII, which every stream can carry; where nobody can get it, say that."""
    line = json.dumps(json.loads(text)) + "\n"
    try:
        write_stdout(line)
    except OutputError as error:
        write_stderr(f"error: {error}\n")


def _show(problem: "Problem | ToolwrightError") -> None:
    """Show a problem in colour, or without the package that makes the colours."""
    from toolwright.screen.display import Display
    from toolwright.screen.problem import Problem, describe, problem_of, show_problem
    from toolwright.settings import terminal

    try:
        show_problem(problem, Display(sys.stderr, terminal()))
    except ModuleNotFoundError:
        plain = problem if isinstance(problem, Problem) else problem_of(problem)
        write_stderr(f"{describe(plain)}\n")
