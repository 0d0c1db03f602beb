"""A line of the prompt -> the command of the shell that it is, or whether one lost its colon."""

import os
import shlex
from pathlib import Path
from typing import Final

from toolwright import __version__
from toolwright.cli.arguments import Arguments, parse_arguments
from toolwright.cli.commands import COMMANDS, usages
from toolwright.cli.tool_table import takes
from toolwright.errors import UsageError
from toolwright.library.store import Store
from toolwright.records import replace

_OF_A_RUN: Final = frozenset({"history", "retry", "replay"})
"""Commands whose operand is the id of a run, which begins with a digit."""


def typed(line: str, arguments: Arguments) -> Arguments:
    """Read a line that begins with the name of a command; what it leaves open is as in `arguments`.

    Raises:
        UsageError: a quote is not closed, or an option is unknown or lacks its value.
        SystemExit: the help was asked for and printed.
    """
    words = _split(line)
    if words[0] == "call":
        return replace(arguments, words=words)
    if not any(word.startswith("-") for word in words):
        return replace(arguments, words=words)
    said = parse_arguments(words, usages(), __version__)
    given = {name: value for name, value in said.overrides.items() if value is not None}
    return replace(said, overrides={**arguments.overrides, **given}, json=said.json or arguments.json)


def looks_like_command(line: str, library: Path) -> bool:
    """Tell a command whose colon was forgotten, with as many operands as it takes, from a goal.

    Raises:
        LibraryError: as for `Store.read`.
    """
    words = tuple(line.split())
    return bool(words) and words[0] in COMMANDS and _is_command(words, library)


def _split(line: str) -> tuple[str, ...]:
    try:
        return tuple(_expanded(word) for word in shlex.split(line))
    except ValueError:
        raise UsageError(f"a quote is not closed in {line!r}", hint="close it, or leave it out") from None


def _expanded(word: str) -> str:
    """Return a word with `~/` at its beginning as a shell would hand it on."""
    return os.path.expanduser(word) if word.startswith("~/") else word  # noqa: PTH111 - its end counts


def _is_command(words: tuple[str, ...], library: Path) -> bool:
    name, *operands = words
    if name == "call":
        return bool(operands) and operands[0] in Store(library).read().kept
    operands = [word for word in operands if not word.startswith("-")]
    if name in _OF_A_RUN and len(operands) == 1:
        return operands[0] == "last" or operands[0][:1].isdigit()
    if not operands or words[:2] in {("approvals", "revoke"), ("approvals", "trust"), ("models", "pull")}:
        return True
    if words[:2] == ("tools", "search"):
        return len(words) > 2  # noqa: PLR2004 - and something to look for
    if name == "tools":
        return takes(operands[0], len(operands) - 1)
    return name in {"verify", "check", "why"} and set(operands) <= Store(library).read().kept.keys()
