"""A plan before anything is written -> go, no, or another plan: edited, saved, and asked about again."""

import contextlib
import shlex
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from toolwright.cli.line_editor import edit_lines
from toolwright.errors import ToolwrightError, UsageError
from toolwright.screen.commands import command
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.words import one_line
from toolwright.settings import editor
from toolwright.syntax.plan_text import PlanTextError, plan_text, read_plan_text
from toolwright.temporary.folders import fresh_folder
from toolwright.types import HeldOut, Match, Plan, WrittenPlan

_YES: Final = frozenset({"", "y", "yes", "go"})
_NO: Final = frozenset({"n", "no", "q", "quit"})
_CHOICES: Final = "[Enter] go · e edit · s save · n no"
_AGAIN: Final = "[Enter] edit again · n throw the changes away"
_FILE: Final = "plan.txt"


class PlanQuestion:
    """Puts plans to a person at a terminal."""

    def __init__(
        self,
        display: Display,
        line: Callable[[str], str | None],
        tools: Callable[[], Collection[str]],
        redact: Callable[[str], str],
    ) -> None:
        """`line` puts a question, None at the end of input; `tools` are those that a verdict may name."""
        self._display = display
        self._line = line
        self._tools = tools
        self._redact = redact

    def ask(
        self, question: str, plan: Plan, matches: Sequence[Match], examples: Sequence[HeldOut]
    ) -> bool | WrittenPlan:
        """Ask until the plan is agreed to, refused or changed; `examples` are those of its goal."""
        text = plan_text(plan, matches, examples)
        while True:
            answer = self._line(f"{question} {_CHOICES}")
            match "n" if answer is None else answer.strip().lower():
                case "e" | "edit":
                    changed = self._edited(text)
                    if changed:
                        return changed
                case "s" | "save":
                    self._save(text)
                case yes if yes in _YES:
                    return True
                case no if no in _NO:
                    return False
                case other:
                    self._display.print(f"{one_line(other, 60)!r} is none of these")

    def _edited(self, before: str) -> WrittenPlan | None:
        """Return the plan as it was changed, None when it stays as it is."""
        text = before
        while True:
            try:
                new = self._typed(text)
            except ToolwrightError as error:
                show_problem(error, self._display)
                new = None
            if new is None or new == before:
                self._display.print("the plan stays as it is")
                return None
            text = new
            try:
                return self._read(text, before)
            except UsageError as error:
                show_problem(error, self._display)
            answer = self._line(_AGAIN)
            if answer is None or answer.strip().lower() not in {"", "e"}:
                return None

    def _typed(self, text: str) -> str | None:
        program, environment = editor()
        if not program:
            return edit_lines(text, self._display.print, self._line)
        return _in_editor(program, environment, text)

    def _read(self, text: str, before: str) -> WrittenPlan:
        tools = self._tools()
        written = read_plan_text(self._redact(text), tools)
        asked = read_plan_text(self._redact(before), tools)
        if written.plan.goal != asked.plan.goal:
            raise PlanTextError("the goal was changed", hint="answer n, and begin anew with the other goal")
        if written.examples != asked.examples:
            raise PlanTextError("an example was changed", hint="answer n, and begin anew with others")
        return written

    def _save(self, text: str) -> None:
        answer = self._line(f"Save the plan to a file: [Enter] {_FILE}, or its name")
        if answer is None:
            return
        path = Path(answer.strip() or _FILE).expanduser()
        try:
            save_plan(path, self._redact(text))
        except ToolwrightError as error:
            show_problem(error, self._display)
        else:
            self._display.print(f"saved; to run it: {command('--plan-file', str(path))}")


def save_plan(path: Path, text: str) -> None:
    """Write the text of a plan to a new file.

    Raises:
        ToolwrightError: there is one of that name, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError:
        raise ToolwrightError(f"{path} is there already", hint="give another name") from None
    except OSError as error:
        raise ToolwrightError(
            f"{path} cannot be written: {error.strerror}", hint="give another name"
        ) from error


def _in_editor(program: str, environment: dict[str, str], text: str) -> str:
    """Let a text be changed in the user's editor.

    Raises:
        UsageError: it could not be started, said that it failed, or left something that is no text.
    """
    hint = "set EDITOR to the command of an editor, or to nothing for a plain one"
    with fresh_folder("scratch") as folder, _left_to_the_editor():
        path = Path(folder) / _FILE
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        try:
            words = shlex.split(program)
            ended = subprocess.run([*words, str(path)], env=environment, check=False)
            if ended.returncode:
                raise UsageError(f"the editor {program!r} ended with code {ended.returncode}", hint=hint)
            return path.read_text(encoding="utf-8")
        except ValueError as error:
            raise UsageError(f"the editor {program!r} cannot be used: {error}", hint=hint) from error
        except OSError as error:
            raise UsageError(
                f"the editor {program!r} cannot be started: {error.strerror}", hint=hint
            ) from error


@contextlib.contextmanager
def _left_to_the_editor() -> Iterator[None]:
    """Let Ctrl-C be the editor's while it has the terminal; it does not inherit our handler."""
    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    terminal = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    try:
        yield
    finally:
        if terminal:  # an editor that was killed leaves it as editors want it
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, terminal)
        signal.signal(signal.SIGINT, before)
