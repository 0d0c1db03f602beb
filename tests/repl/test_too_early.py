"""Keys that come too early, and Ctrl-C that comes twice: nothing is agreed to, lost, or left undone."""

import contextlib
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from toolwright.cli.key import typed_secret
from toolwright.cli.streams import typed_line
from toolwright.lanes import Lanes
from toolwright.repl.ahead import CTRL_D, Ahead
from toolwright.repl.interrupts import Interrupts
from toolwright.repl.loop import prompt
from toolwright.repl.past_lines import PastLines
from toolwright.repl.plain_lines import PlainLines
from toolwright.screen.display import Display


class Given:
    """Lines, one after the other, and then the end."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)

    def read(self) -> str:
        """Return the next line."""
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal in the place of stdin; what is written to the descriptor is typed."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


def press_ctrl_c() -> None:
    """Send the signal as the terminal does."""
    os.kill(os.getpid(), signal.SIGINT)


def swallow_one() -> None:
    """Go on after the first Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        press_ctrl_c()
    press_ctrl_c()


def test_ctrl_c_twice_ends_the_line_once_and_lets_it_tidy_up() -> None:
    """The second one neither breaks into the tidying up nor ends the prompt; then all is as it was."""
    told = []

    def run_line(line: str) -> int:
        try:
            if line == "slow":
                press_ctrl_c()
            told.append(line)
        except KeyboardInterrupt:
            press_ctrl_c()
            press_ctrl_c()
            told.append("tidied up")
            raise
        return 0

    before = signal.getsignal(signal.SIGINT)
    assert prompt(Given("slow", "next"), run_line, Display()) == 0
    assert told == ["tidied up", "next"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_counts_again_where_the_first_did_not_help() -> None:
    """Who swallows the first one is interrupted by a later one; between two lines it does nothing."""
    interrupts = Interrupts(patience_s=0.0)
    with interrupts.kept_away():
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt), interrupts.heard():
            swallow_one()
        press_ctrl_c()


def test_keys_pressed_ahead_wait_for_the_prompt(typed: int, tmp_path: Path) -> None:
    """Lines and Ctrl-D, in their order; what is not a whole line yet stays in the terminal."""
    ahead = Ahead()
    assert ahead.pop() == ""
    os.write(typed, f"one\n{CTRL_D}two\nhalf".encode())
    ahead.take()
    assert ahead.pop() == f"one\n{CTRL_D}two\n"
    os.write(typed, f" a line\nnext\n{CTRL_D}".encode())
    lines = PlainLines(PastLines(tmp_path, str, keeps=False), lambda _text: (), ahead)
    assert [lines.read(), lines.read()] == ["half a line", "next"]
    with pytest.raises(EOFError):
        lines.read()


@pytest.mark.parametrize("ask", [typed_line, partial(typed_secret, "HUB_TOKEN")])
def test_a_question_beside_others_takes_no_key_after_ctrl_c(
    typed: int, ask: Callable[[], str | None]
) -> None:
    """Its thread ends, and the terminal shows again what is typed: the next key is the prompt's."""
    before, waiting = termios.tcgetattr(typed), threading.Event()

    def question() -> None:
        waiting.set()
        ask()

    def interrupt() -> None:
        waiting.wait(10)
        press_ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        Lanes(lambda _event: None, jobs=2).side_by_side([question, interrupt])
    for thread in [each for each in threading.enumerate() if each.name == "toolwright-lane"]:
        thread.join(10)
        assert not thread.is_alive()
    os.write(typed, b"mine\n")
    assert Ahead().pop() == "mine\n"
    assert termios.tcgetattr(typed) == before
