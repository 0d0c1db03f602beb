"""`--execute-tool NAME JSON`: one tool called, exactly one JSON line on stdout, as soon as can be.

Two processes have much to load: this one, and the one that confines the tool. So the other is started first,
before anything is loaded here that is not needed to understand the command, and both load at the same time.
"""

import gc
import sys

from toolwright.cli.call_words import program_options
from toolwright.cli.streams import write_stdout
from toolwright.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from toolwright.parts import Ask
    from toolwright.sandbox.zygote.launch import Launched

_EXECUTE = "--execute-tool"
_OPERANDS = 2
_END_S = 5.0


def execute_tool(argv: list[str]) -> int:
    """Call one tool, print its answer as one JSON line, and return 0.

    Raises:
        UsageError: wrong options.
        ToolwrightError: the tool did not answer; its text and `kind` make the line that is printed then.
    """
    gc.disable()  # what is loaded stays, and one call leaves little behind
    (name, text), overrides = _wanted(argv)
    call_confined(name, text, overrides)
    return 0


def call_confined(
    name: str, typed: str | list[str], overrides: dict[str, object], ask: "Ask | None" = None
) -> None:
    """Call one tool with JSON, or with flags, and print its answer; the process that confines it comes first.

    Raises:
        ToolwrightError: the tool did not answer.
    """
    launched = _launched()
    try:
        from toolwright.cli.one_call import call_tool

        line = call_tool(name, typed, overrides, launched, ask)
    finally:
        if launched is not None:
            launched.end(_END_S)
    write_stdout(line)


def _launched() -> "Launched | None":
    """Start the process that is going to confine the tool; where that fails, the call will say why."""
    if sys.platform != "linux":
        return None
    from toolwright.sandbox.zygote.launch import launch

    try:
        return launch()
    except OSError:
        return None


def _wanted(argv: list[str]) -> tuple[list[str], dict[str, object]]:
    """Take the command line apart: the tool with its JSON as typed, and settings by field.

    Options and operands may come in any order after `--execute-tool`.
    """
    at = argv.index(_EXECUTE)
    known = "--execute-tool NAME JSON"
    overrides, early = program_options(argv[:at], known)
    more, operands = program_options(argv[at + 1 :], known)
    for word in early + operands[_OPERANDS:]:
        raise UsageError(f"{word!r} does not go with {known}")
    if not operands:
        raise UsageError("--execute-tool needs the name of a tool and a JSON object with its arguments")
    allow = [*overrides.get("allow", ()), *more.get("allow", ())]  # type: ignore[misc]  # lists, if any
    operands += ["{}"] if len(operands) == 1 else []
    return operands, overrides | more | ({"allow": allow} if allow else {})
