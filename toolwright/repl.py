"""The prompt: a line typed at a terminal is a goal; Ctrl-C ends the goal, Ctrl-D the program."""

import sys
from collections.abc import Callable

from toolwright.errors import ToolwrightError
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.settings import Settings, terminal

_LEAVING = frozenset({":quit", ":q", "exit", "quit"})


def prompt(settings: Settings, run_goal: Callable[[str], int]) -> int:
    """Read goals until the end of input; return the exit code of the last one."""
    display = Display(terminal=terminal())
    display.print(f"Toolwright, library {settings.library.resolve()}. What do you want done? (Ctrl-D leaves)")
    _edit_lines()
    code = 0
    while True:
        try:
            sys.stderr.write("goal> ")
            sys.stderr.flush()
            goal = input().strip()
        except EOFError:
            sys.stderr.write("\n")
            return code
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            continue
        if goal in _LEAVING:
            return code
        if goal:
            code = _run(goal, run_goal, display)


def _run(goal: str, run_goal: Callable[[str], int], display: Display) -> int:
    try:
        return run_goal(goal)
    except ToolwrightError as error:
        show_problem(error, display)
        return error.exit_code
    except KeyboardInterrupt:
        display.print("interrupted; what was merged stays in the library")
        return 130


def _edit_lines() -> None:
    """Give the line arrow keys and a history, where Python was built with them."""
    try:
        import readline  # noqa: F401 - importing it is its effect
    except ImportError:
        return
