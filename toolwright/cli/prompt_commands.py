"""What the commands of the prompt do, by name: the goals of this prompt and the words behind go in."""

import importlib
import sys
from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Final, TypeAlias

from toolwright.cli.commands import COMMANDS
from toolwright.cli.prompt_table import prompt_table
from toolwright.cli.streams import ask_in_place, at_terminal
from toolwright.cli.typed import typed
from toolwright.errors import UsageError
from toolwright.records import replace
from toolwright.repl.table import SIGN, WIDEST, Entry, help_lines, nearest_command
from toolwright.screen.display import Display
from toolwright.screen.result import write_line
from toolwright.settings import terminal

if TYPE_CHECKING:
    from toolwright.cli.goals import Goals
    from toolwright.parts import Ask

Run: TypeAlias = Callable[["Goals", str], int]
"""Takes what stands behind the name of the command; returns an exit code."""
_WITH_EXAMPLES: Final = (("tools", "fix"), ("tools", "adopt"))


def run_command(goals: "Goals", line: str) -> int:
    """Run a line that begins with a colon.

    Raises:
        UsageError: there is no such command; names the nearest.
        ToolwrightError: what the command raises.
    """
    name, _, rest = line.removeprefix(SIGN).lstrip().partition(" ")
    run = OWN.get(name)
    if run is not None:
        return run(goals, rest.strip())
    if name in COMMANDS:
        return _of_shell(goals, f"{name} {rest}")
    table = prompt_table()
    nearest = nearest_command(name, table)
    offer = f"; did you mean {SIGN}{nearest}?" if nearest else ""
    raise UsageError(
        f"{SIGN + name!r} is not a command{offer}",
        hint=f"{SIGN}{table[nearest].usage}" if nearest else ":help lists the commands",
    )


def _of_shell(goals: "Goals", line: str) -> int:
    """Run a command as the shell would; the settings of this prompt are its own."""
    try:
        asked = typed(line, goals.arguments)
    except SystemExit:  # the help was asked for and printed
        return 0
    if asked.words[:2] in _WITH_EXAMPLES:  # what was noted before is of this tool
        asked = replace(asked, examples=(*goals.noted(), *asked.examples))
    said = {field: value for field, value in asked.overrides.items() if value is not None}
    given = goals.arguments.given
    asked = replace(asked, overrides={**asked.overrides, **given, **said}, given=given)
    return COMMANDS[asked.words[0]].run(replace(asked, shared=goals.shared))


def _shell(begins: str) -> Run:
    return lambda goals, rest: _of_shell(goals, f"{begins} {rest}")


def _show(goals: "Goals", rest: str) -> int:
    if not rest:
        raise UsageError(":show needs the name of a tool", hint=":tools lists them")
    return _of_shell(goals, f"tools show {rest}")


def _search(goals: "Goals", rest: str) -> int:
    if not rest:
        raise UsageError("there is nothing to search for", hint=":search TEXT")
    asked = replace(goals.arguments, words=("tools", "search", rest), shared=goals.shared)
    return COMMANDS["tools"].run(asked)


def _run(goals: "Goals", rest: str) -> int:
    from toolwright.cli.execute_tool import call_confined

    name, _, text = rest.partition(" ")
    if not name:
        raise UsageError(":run needs the name of a tool and a JSON object", hint=":tools lists the tools")
    call_confined(name, text.strip() or "{}", dict(goals.arguments.overrides), _asking(goals))
    return 0


def _call(goals: "Goals", rest: str) -> int:
    from toolwright.cli.call import run

    return run(typed(f"call {rest}", goals.arguments), _asking(goals))


def _asking(goals: "Goals") -> "Ask | None":
    """Return who asks the person at the prompt, None where there is nobody."""

    def ask(question: str) -> str | None:
        goals.shared.ahead.take()
        return ask_in_place(question)

    return ask if at_terminal() else None


def _of(module: str, function: str) -> Run:
    """Return a command of a module that is loaded when it is asked for."""

    def run(goals: "Goals", rest: str) -> int:
        command: Run = getattr(importlib.import_module(f"toolwright.cli.{module}"), function)
        return command(goals, rest)

    return run


def _learn(goals: "Goals", rest: str) -> int:
    if rest and not rest.isidentifier():
        raise UsageError(f"{rest!r} cannot be the name of a function", hint=":learn count_words, for example")
    return goals.learn(rest)


def _example(goals: "Goals", rest: str) -> int:
    return goals.note_example(rest)


def _model(goals: "Goals", rest: str) -> int:
    if rest:
        goals.choose_model(rest)
    settings = goals.settings
    origin = settings.origins.get("model", "the default")
    write_line(settings.model if rest else f"{settings.model} ({origin})")
    return 0


def _quit(_goals: "Goals", _rest: str) -> int:
    raise UsageError(":quit takes nothing", hint=":quit, or Ctrl-D")


def _help(_goals: "Goals", rest: str) -> int:
    table = prompt_table()
    name = rest.removeprefix(SIGN)
    width = min(Display(sys.stdout, terminal()).width, WIDEST)
    if not name:
        own = {each: entry for each, entry in table.items() if each in OWN}
        others = " ".join(f"{SIGN}{each}" for each in table if each not in own)
        said = (f"{_BEGIN} Commands:", help_lines(own, width), f"As in the shell: {others}", _KEYS)
        lines = [line for part in said for line in (wrap(part, width) if isinstance(part, str) else part)]
        write_line("\n".join(lines))
        return 0
    if name not in table:
        nearest = nearest_command(name, table)
        offer = f"; did you mean {SIGN}{nearest}?" if nearest else ""
        raise UsageError(f"there is no command {SIGN + name!r}{offer}", hint=":help lists the commands")
    parts = COMMANDS[name].parts if name in COMMANDS else {}
    rows = list(parts.values()) or [(table[name].usage, table[name].about)]
    write_line("\n".join(help_lines({usage: Entry(usage, about) for usage, about in rows}, width)))
    return 0


_BEGIN: Final = "A line that does not begin with a colon is a goal."
_KEYS: Final = (
    "Enter runs the line; Alt-Enter, or a backslash at its end, begins another. Tab completes, the "
    "arrow keys bring earlier lines back. Ctrl-C ends the goal, or clears the line; Ctrl-D leaves."
)
OWN: Final[Mapping[str, Run]] = {
    "directive": _of("directive_commands", "direct"),
    "queue": _of("directive_commands", "queue"),
    "directives": _of("directive_commands", "show"),
    "resume": _of("directive_commands", "resume"),
    "drop": _of("directive_commands", "drop"),
    "tools": _shell("tools"),
    "skills": _shell("tools"),
    "show": _show,
    "run": _run,
    "search": _search,
    "call": _call,
    "memory": _shell("memory"),
    "history": _shell("history"),
    "learn": _learn,
    "example": _example,
    "approvals": _shell("approvals"),
    "model": _model,
    "stats": _shell("stats"),
    "verify": _shell("verify"),
    "undo": _shell("undo"),
    "help": _help,
    "quit": _quit,
}
