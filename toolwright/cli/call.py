"""`call NAME --flag value ...`: a tool as a command with typed flags; it answers as by `--execute-tool`."""

import gc

from toolwright.cli.call_words import parted, program_options, wants_help
from toolwright.cli.execute_tool import call_confined
from toolwright.cli.streams import write_stdout
from toolwright.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from pathlib import Path

    from toolwright.cli.arguments import Arguments
    from toolwright.parts import Ask

_USAGE = """\
usage: toolwright [options] call NAME [--FLAG VALUE ...]

Calls one tool, confined as a goal does, and prints one JSON line. Each parameter of the tool is a flag;
`toolwright call NAME --help` lists them, `toolwright tools` lists the tools. Options of the program, such as
--library, --timeout and --allow, stand before NAME.
"""


def call(argv: list[str]) -> int:
    """Call the tool that the command line names, print its answer as one JSON line, and return 0.

    Raises:
        UsageError: wrong options, or flags that do not fit the tool.
        ToolwrightError: the tool did not answer.
    """
    gc.disable()  # what is loaded stays, and one call leaves little behind
    before, words = parted(argv) or (argv, [])
    if wants_help(before):
        write_stdout(_USAGE)
        return 0
    return _call(words, program_options(before, "call NAME")[0])


def run(arguments: "Arguments", ask: "Ask | None" = None) -> int:
    """Call a tool as it is typed at the prompt; `ask` puts a question to who typed it."""
    return _call(list(arguments.words[1:]), dict(arguments.overrides), ask)


def _call(words: list[str], overrides: dict[str, object], ask: "Ask | None" = None) -> int:
    if not words:
        raise UsageError("call needs the name of a tool", hint="python agent.py tools")
    name, *flags = words
    if wants_help(flags):
        from toolwright.settings import load

        shown = _help(name, load(overrides).library.absolute(), short="-h" in flags)
        if shown:
            write_stdout(shown)
            return 0
    call_confined(name, flags, overrides, ask)
    return 0


def _help(name: str, library: "Path", *, short: bool) -> str:
    """Return the help of a tool, "" where a parameter of that name is meant; `short` can mean none."""
    from toolwright.cli.asked_tool import find_tool
    from toolwright.cli.flag_help import flag_help

    tool = find_tool(name, library).tool
    return flag_help(tool) if short or "help" not in tool.parameters["properties"] else ""
