"""What a command of the prompt says of itself, for help, completion and the documents."""

import difflib
import re
import textwrap
from collections.abc import Collection, Mapping
from typing import Final

from toolwright.records import dataclass
from toolwright.screen.program import program

SIGN: Final = ":"
"""What a line begins with that is a command and no goal."""
_CLOSE: Final = 0.6
_COLUMN: Final = 25
_INDENT: Final = 6
_NARROW: Final = 70
"""Columns up to which there is no room for two columns of text."""
WIDEST: Final = 100
"""Columns of the help, and of that of the usage."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its usage and what it does; `follows` says for each word behind it what it may be.

    The last of `follows` holds for all further words. `goal` is free text, with paths and names of tools.
    """

    usage: str
    about: str
    follows: tuple[str, ...] = ()

    def kind(self, number: int) -> str:
        """Return what the word of that number, counted from 0, may be; "" for nothing that is known."""
        return self.follows[min(number, len(self.follows) - 1)] if self.follows else ""


def help_lines(table: Mapping[str, Entry], width: int = WIDEST) -> list[str]:
    """Return the help of some commands: usage in one column, what it does in another; `width` in columns."""
    lines: list[str] = []
    blank = " " * (_COLUMN + 2 if width > _NARROW else _INDENT)
    for entry in table.values():
        usage = f"  {SIGN}{entry.usage}"
        about = textwrap.wrap(entry.about, max(min(width, WIDEST), _COLUMN) - len(blank))
        if len(usage) > _COLUMN or len(blank) == _INDENT:
            lines += [usage, *(blank + each for each in about)]
        else:
            lines += [f"{usage:<{len(blank)}}{about[0]}", *(blank + each for each in about[1:])]
    return lines


def as_typed_here(hint: str, table: Collection[str]) -> str:
    """Return a hint for the shell as one for the prompt: its commands begin with a colon."""
    hint = re.sub(r"(?:put )?-- before it when it is a goal", "leave the colon out when it is a goal", hint)
    shell = rf"(?<!\$\(){re.escape(program())} (?:--library (?:'[^']*'|\S+) )?([a-z][a-z-]*)"
    return re.sub(shell, lambda found: f"{SIGN}{found[1]}" if found[1] in table else found[0], hint)


def nearest_command(name: str, table: Mapping[str, Entry]) -> str:
    """Return the command that was probably meant by a misspelt one, "" if none is near."""
    return next(iter(difflib.get_close_matches(name.lower(), table, n=1, cutoff=_CLOSE)), "")
