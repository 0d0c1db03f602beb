"""The prompt: a line typed at a terminal is a goal; Ctrl-C ends the goal, Ctrl-D the program."""

import sys
from collections.abc import Callable

from toolwright.errors import ToolwrightError
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.settings import Settings, terminal

_LEAVING = frozenset({":quit", ":q", "exit", "quit"})
_PROMPT = "goal> "


def prompt(settings: Settings, run_line: Callable[[str], int]) -> int:
    """Read goals until the end of input; return the exit code of the last one."""
    display = Display(terminal=terminal())
    display.print(f"Toolwright, library {settings.library.resolve()}. What do you want done? (Ctrl-D leaves)")
    _edit_lines()
    code = 0
    while True:
        try:
            line = _typed().strip()
        except EOFError:
            sys.stderr.write("\n")
            return code
        except UnicodeDecodeError:
            display.print("that line is not UTF-8; please type it again")
            continue
        except KeyboardInterrupt as interrupt:
            _only_ctrl_c(interrupt)
            sys.stderr.write("\n")
            continue
        if line in _LEAVING:
            return code
        if line:
            code = _run(line, run_line, display)


def _typed() -> str:
    """Read a line; the prompt goes where the line is edited, but never into a result that is piped."""
    if sys.stdout.isatty():
        return input(_PROMPT)
    sys.stderr.write(_PROMPT)
    sys.stderr.flush()
    return input()


def _run(line: str, run_line: Callable[[str], int], display: Display) -> int:
    try:
        return run_line(line)
    except ToolwrightError as error:
        show_problem(error, display)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        _only_ctrl_c(interrupt)
        display.print("interrupted; what was merged stays in the library")
        return 130


def _only_ctrl_c(interrupt: KeyboardInterrupt) -> None:
    """Let what is more than Ctrl-C, such as a terminal that is gone, end the program."""
    if type(interrupt) is not KeyboardInterrupt:
        raise interrupt


def _edit_lines() -> None:
    """Give the line arrow keys and a history, where Python was built with them."""
    try:
        import readline  # noqa: F401 - importing it is its effect
    except ImportError:
        return
