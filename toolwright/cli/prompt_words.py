"""What may be typed as an operand at the prompt, by kind, read when Tab is pressed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from toolwright.cli.directive_commands import unfinished
from toolwright.cli.prompt_table import prompt_table
from toolwright.cli.tool_table import SUBCOMMANDS
from toolwright.settings.servers import SERVERS

if TYPE_CHECKING:
    from toolwright.cli.goals import Goals
    from toolwright.repl.completing import Words

_RUNS = 20
_WAIT_S = 1.0


def prompt_words(goals: "Goals") -> "dict[str, Words]":
    """Return for each kind of operand the words there are, with what they mean."""
    return {
        "command": _commands,
        "subcommand": lambda: [(name, about) for name, (_, about) in SUBCOMMANDS.items()],
        "model": lambda: _models(goals),
        "directive": lambda: [(str(each.number), each.goal) for each in unfinished(goals)],
        "run": lambda: _runs(goals),
        "exchange": lambda: [("export", "write a memory.json"), ("import", "read a memory.json")],
        "revoke": lambda: [
            ("revoke", "take an approval back"),
            ("trust", "let the rules in this folder count"),
        ],
    }


def _commands() -> Sequence[tuple[str, str]]:
    return [(name, entry.about) for name, entry in prompt_table().items()]


def _models(goals: "Goals") -> Sequence[tuple[str, str]]:
    settings = goals.settings
    named = [(model, "of this run") for model in (settings.model, *settings.fallbacks)]
    servers = [(f"{name}:{one.default}", "the default of the server") for name, one in SERVERS.items()]
    return list(dict(reversed([*named, *servers])).items())[::-1]


def _runs(goals: "Goals") -> Sequence[tuple[str, str]]:
    from toolwright.errors import ToolwrightError
    from toolwright.remembering import open_past

    try:  # what is wrong with it is said by commands, not while somebody types
        rows = open_past(goals.settings, lambda _said: None, wait_s=_WAIT_S).runs(_RUNS, own=True)
    except ToolwrightError:
        rows = ()
    return [("last", "the last goal"), *((str(row["id"]), str(row["goal"])) for row in rows)]
