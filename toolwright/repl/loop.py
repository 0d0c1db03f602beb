"""The prompt itself: each line that is read is run; Ctrl-C ends the goal, Ctrl-D the program."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from toolwright.errors import ToolwrightError, UsageError
from toolwright.repl.ahead import Ahead
from toolwright.repl.completing import Completion
from toolwright.repl.interrupts import Interrupts
from toolwright.repl.past_lines import PastLines
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.settings import Terminal

_LEAVING = frozenset({":quit", ":q", "exit", "quit"})


class Lines(Protocol):
    """Where lines come from."""

    def read(self) -> str:
        """Return the next line; raise EOFError behind the last one, KeyboardInterrupt at Ctrl-C."""
        ...


def open_lines(past: PastLines, completion: Completion, terminal: Terminal, ahead: Ahead) -> Lines:
    """Return an editor for a terminal that can move its cursor, else a reader of plain lines."""
    if sys.stdin.isatty() and sys.stdout.isatty() and not terminal.dumb:
        from toolwright.repl.edited_lines import EditedLines

        return EditedLines(past, completion, terminal, ahead)
    from toolwright.repl.plain_lines import PlainLines

    return PlainLines(past, completion, ahead)


def prompt(lines: Lines, run_line: Callable[[str], int], display: Display) -> int:
    """Run lines until the end of input; return the exit code of the last one."""
    code = 0
    interrupts = Interrupts()
    with interrupts.kept_away():
        while True:
            try:
                with interrupts.heard():
                    line = lines.read().strip()
            except EOFError:
                return code
            except UnicodeDecodeError:
                display.print("that line is not UTF-8; please type it again")
                continue
            except KeyboardInterrupt as interrupt:
                _only_ctrl_c(interrupt)
                continue
            if line in _LEAVING:
                return code
            if line:
                code = _run(line, partial(_heard, interrupts, run_line), display)


def _heard(interrupts: Interrupts, run_line: Callable[[str], int], line: str) -> int:
    with interrupts.heard():
        return run_line(line)


def run_all(lines: Lines, run_line: Callable[[str], int], display: Display) -> int | None:
    """Run lines that nobody is typing; return the first exit code that is not 0, None without any line.

    Raises:
        UsageError: a line is not UTF-8.
    """
    codes = []
    while True:
        try:
            line = lines.read().strip()
        except EOFError:
            break
        except UnicodeDecodeError as error:
            raise UsageError(
                f"what came from stdin is not UTF-8: byte {error.start + 1} cannot be read"
            ) from None
        if line in _LEAVING:
            codes.append(0)
            break
        if line:
            try:
                codes.append(run_line(line))
            except ToolwrightError as error:
                show_problem(error, display)
                codes.append(error.exit_code)
    return next((code for code in codes if code), 0) if codes else None


def _run(line: str, run_line: Callable[[str], int], display: Display) -> int:
    try:
        return run_line(line)
    except ToolwrightError as error:
        show_problem(error, display)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        _only_ctrl_c(interrupt)
        display.over_echo()
        display.print("interrupted; what was merged stays in the library")
        return 130


def _only_ctrl_c(interrupt: KeyboardInterrupt) -> None:
    """Let what is more than Ctrl-C, such as a terminal that is gone, end the program."""
    if type(interrupt) is not KeyboardInterrupt:
        raise interrupt
