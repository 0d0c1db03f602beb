"""A line of the prompt -> the command that it is, read as in the shell; None for a goal."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Final

from toolwright import __version__
from toolwright.cli.arguments import Arguments, parse_arguments
from toolwright.cli.commands import COMMANDS, usages
from toolwright.cli.tool_table import takes
from toolwright.errors import UsageError
from toolwright.library.store import Store

_OF_A_RUN: Final = frozenset({"history"})
"""Commands whose operand is the id of a run, which begins with a digit."""


def typed(line: str, arguments: Arguments, library: Path) -> Arguments | None:
    """Read a line that may be a command with its options; what it leaves open is as in `arguments`.

    With a colon before it, it is a command whatever follows.

    Raises:
        UsageError: a quote is not closed, or an option is unknown or lacks its value.
        LibraryError: as for `Store.read`.
    """
    line, sure = line.strip().removeprefix(":"), line.strip().startswith(":")
    words = line.split()
    if not words or words[0] not in COMMANDS:
        return None
    if words[0] == "call":
        asked = replace(arguments, words=_split(line))
        kept = sure or (len(asked.words) > 1 and asked.words[1] in Store(library).read().kept)
        return asked if kept else None
    if not any(word.startswith("-") for word in words):
        asked = replace(arguments, words=tuple(words))
        return asked if sure or _is_command(asked.words, library) else None
    said = parse_arguments(_split(line), usages(), __version__)
    if not sure and not _is_command(said.words, library):
        return None
    given = {name: value for name, value in said.overrides.items() if value is not None}
    return replace(said, overrides={**arguments.overrides, **given}, json=said.json or arguments.json)


def _split(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError:
        raise UsageError(f"a quote is not closed in {line!r}", hint="close it, or leave it out") from None


def _is_command(words: tuple[str, ...], library: Path) -> bool:
    """Tell a command, with as many operands as it takes, from a goal that begins like one."""
    name, *operands = words
    if name in _OF_A_RUN and len(operands) == 1:
        return operands[0] == "last" or operands[0][:1].isdigit()
    if not operands or words[:2] in {("approvals", "revoke"), ("models", "pull")}:
        return True
    if words[:2] == ("tools", "search"):
        return len(words) > 2  # noqa: PLR2004 - and something to look for
    if name == "tools":
        return takes(operands[0], len(operands) - 1)
    return name in {"verify", "check", "why"} and set(operands) <= Store(library).read().kept.keys()
