"""The first word of a command line -> an error when it is a command misspelt: a typo is never paid for."""

import difflib
from typing import Final

from toolwright.cli.commands import COMMANDS
from toolwright.cli.tool_table import SUBCOMMANDS
from toolwright.errors import UsageError
from toolwright.screen.commands import command

_CLOSE: Final = 0.7
"""One letter wrong, missing, too many or swapped in a word of four letters or more."""
_FLAGS: Final = {"demo": "--demo", "help": "--help", "version": "--version"}
"""Flags that are typed as if they were commands."""
_SHORT: Final = 2
"""So few words can still be a command with its operand."""


def refuse_typo(words: tuple[str, ...]) -> None:
    """Stop a misspelt command before it becomes a goal.

    Raises:
        UsageError: names the command that was probably meant.
    """
    first, *rest = words
    if any(character.isspace() for character in first):
        return  # a quoted goal
    known = {name: name for name in COMMANDS} | ({} if rest else _FLAGS)
    nearest = difflib.get_close_matches(first.lower(), known, n=1, cutoff=_CLOSE)
    if not nearest or (len(words) > _SHORT and not _could_follow(nearest[0], rest)):
        return
    meant = known[nearest[0]]
    raise UsageError(
        f"{first!r} is not a command; did you mean {meant}?",
        hint=f"{command(meant, *rest)}, or put -- before it when it is a goal",
    )


def _could_follow(name: str, rest: list[str]) -> bool:
    """Tell whether words could be the operands of a command; prose rarely looks like them."""
    if name == "tools":
        return bool(difflib.get_close_matches(rest[0], SUBCOMMANDS, cutoff=_CLOSE))
    if name == "approvals":
        return bool(difflib.get_close_matches(rest[0], ["revoke", "list"], cutoff=_CLOSE))
    return name in {"verify", "check", "call", "why"} and all(word.isidentifier() for word in rest)
