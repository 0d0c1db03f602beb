"""The one entrance: dispatches the command line, and turns whatever happens into an exit code."""

import os
import sys
from collections.abc import Sequence
from typing import Final

from toolwright import __version__
from toolwright.cli.arguments import Arguments, parse_arguments
from toolwright.cli.commands import COMMANDS
from toolwright.errors import ToolwrightError, UsageError
from toolwright.syntax.nearest import nearest_names

_INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code.

    0 done, 1 an expected failure, 2 usage, 3 a bug (with a redacted report file), 130 Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except KeyboardInterrupt:
        sys.stderr.write("\nerror: interrupted; what was merged stays in the library\n")
        return _INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return 1
    except ToolwrightError as error:
        return _say(error, words)
    except Exception as error:  # noqa: BLE001 - the one catch-all: a bug must end in a report
        missing = _missing_package(error)
        return _say(missing, words) if missing else _report_bug(error, words)


def _run(words: list[str]) -> int:
    if "--execute-tool" in words[: words.index("--") if "--" in words else None]:
        from toolwright.cli.execute_tool import main as execute_tool

        return execute_tool(words)
    known = {name: (command.usage, command.about) for name, command in COMMANDS.items()}
    try:
        arguments = parse_arguments(words, known, __version__)
    except SystemExit as stop:
        return int(stop.code or 0)
    return _dispatch(arguments)


def _dispatch(arguments: Arguments) -> int:
    if arguments.demo:
        from toolwright.cli.demo import run_demo

        return run_demo(arguments)
    first = arguments.words[0] if arguments.words else ""
    if first in COMMANDS and not arguments.insisted:
        return COMMANDS[first].run(arguments)
    if first and not arguments.insisted:
        _refuse_typo(arguments.words)
    from toolwright.cli.goal import run

    return run(arguments)


def _refuse_typo(words: tuple[str, ...]) -> None:
    """Stop a misspelt command before it becomes a goal that somebody pays for."""
    nearest = nearest_names(words[0].lower(), COMMANDS, 1)
    if nearest and not any(character.isspace() for character in words[0]):
        rest = " ".join(words[1:])
        raise UsageError(
            f"{words[0]!r} is not a command; did you mean {nearest[0]}?",
            hint=f"python agent.py {nearest[0]} {rest}".rstrip() + ", or put -- before it when it is a goal",
        )


def _say(error: ToolwrightError, words: list[str]) -> int:
    if "--json" in words:
        from toolwright.screen.result import error_json

        sys.stdout.write(error_json(error) + "\n")
        return error.exit_code
    from toolwright.screen.display import Display
    from toolwright.screen.problem import show_problem
    from toolwright.settings import terminal

    show_problem(error, Display(terminal=terminal()))
    return error.exit_code


def _missing_package(error: Exception) -> ToolwrightError | None:
    """Return what to install when the error is a package that is not there."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if name in {"", "toolwright"}:
        return None
    return ToolwrightError(
        f"the package {name!r} is not installed", hint=f"python -m pip install {name}  (or: uv sync)"
    )


def _report_bug(error: Exception, words: list[str]) -> int:
    """Write a redacted report and say where it is."""
    from toolwright.screen.problem import known_redactor, show_bug

    redactor = known_redactor()
    if "--json" in words:
        from toolwright.screen.result import error_json

        sys.stdout.write(redactor.redact(error_json(error)) + "\n")
    return show_bug(error, words, redactor=redactor)


def _silence_stdout() -> None:
    """Keep the interpreter from failing again when it flushes a pipe that nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
