"""The one table of what can be typed behind a colon at the prompt: help, completion and docs are made of it.

A command of the shell that has no row of its own does at the prompt what it does in the shell.
"""

from collections.abc import Mapping
from typing import Final

from toolwright.cli.commands import COMMANDS
from toolwright.repl.table import Entry

_OWN: Final[Mapping[str, Entry]] = {
    "directive": Entry(
        "directive GOAL", "keep a goal and run it; what becomes of it is still known tomorrow", ("goal",)
    ),
    "queue": Entry("queue GOAL", "keep a goal, to be run by :resume", ("goal",)),
    "directives": Entry("directives", "list the goals that were kept, and what became of them"),
    "resume": Entry(
        "resume [N ...]",
        "take up the directives that wait, or those, where they ended",
        ("directive",),
    ),
    "drop": Entry("drop N ...", "give directives up", ("directive",)),
    "tools": Entry(COMMANDS["tools"].usage, COMMANDS["tools"].about, ("subcommand", "tool")),
    "skills": Entry("skills", "the same as :tools", ("subcommand", "tool")),
    "show": Entry("show NAME", "show one tool, its evidence and its uses", ("tool",)),
    "run": Entry("run NAME {JSON}", "call one tool with a JSON object of its arguments", ("tool", "json")),
    "search": Entry("search TEXT", "show what the search finds for a step, and why", ("goal",)),
    "memory": Entry(COMMANDS["memory"].usage, COMMANDS["memory"].about, ("exchange", "path")),
    "history": Entry(COMMANDS["history"].usage, COMMANDS["history"].about, ("run",)),
    "learn": Entry("learn [NAME]", "make one tool of the goal of several steps that was reached last"),
    "example": Entry("example CALL == ANSWER", "hold out an example for the next goal", ("tool",)),
    "approvals": Entry(COMMANDS["approvals"].usage, COMMANDS["approvals"].about, ("revoke", "tool")),
    "model": Entry("model [SERVER:NAME]", "ask another model from now on, or say which is asked", ("model",)),
    "stats": Entry(COMMANDS["stats"].usage, COMMANDS["stats"].about),
    "verify": Entry(COMMANDS["verify"].usage, COMMANDS["verify"].about, ("tool",)),
    "undo": Entry(COMMANDS["undo"].usage, COMMANDS["undo"].about),
    "help": Entry("help [COMMAND]", "list the commands, or explain one", ("command",)),
    "quit": Entry("quit", "leave; so does Ctrl-D"),
}
_FOLLOWS: Final[Mapping[str, tuple[str, ...]]] = {
    "call": ("tool", "flags"),
    "check": ("tool",),
    "why": ("tool",),
    "retry": ("run",),
    "replay": ("run",),
}


def prompt_table() -> dict[str, Entry]:
    """Return every command of the prompt, in the order of the help."""
    others = {
        name: Entry(command.usage, command.about, _FOLLOWS.get(name, ("path",)))
        for name, command in COMMANDS.items()
        if name not in _OWN
    }
    return {**_OWN, **others}
