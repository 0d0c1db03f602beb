"""What was typed while nobody asked -> what the next prompt begins with; it answers no question."""

import os
import select
import sys
from typing import Final

CTRL_D: Final = "\x04"
_MOST: Final = 65_536
"""Bytes of one read; a terminal gives one line at a time."""


class Ahead:
    """Keys that were pressed ahead, as a terminal in its raw mode would give them."""

    def __init__(self) -> None:
        self._typed = ""

    def take(self) -> None:
        """Take what waits in the terminal now: whole lines, and Ctrl-D; where stdin is none, nothing."""
        ended = False
        while _waits():
            said = os.read(sys.stdin.fileno(), _MOST)
            if not said and ended:  # which goes on for ever where the terminal is gone
                return
            ended = not said
            self._typed += said.decode("utf-8", "replace") if said else CTRL_D

    def pop(self) -> str:
        """Return what was typed so far, and forget it."""
        self.take()
        typed, self._typed = self._typed, ""
        return typed


def _waits() -> bool:
    """Tell whether a line, or Ctrl-D, is there to be read without waiting."""
    try:
        return sys.stdin.isatty() and bool(select.select([sys.stdin.fileno()], [], [], 0)[0])
    except (OSError, ValueError):  # closed, or gone
        return False
