"""`--execute-tool NAME JSON`: one tool called, exactly one JSON line on stdout, as soon as can be.

Two processes have much to load: this one, and the one that confines the tool. So the other is started first,
before anything is loaded here that is not needed to understand the command, and both load at the same time.
"""

import gc
import sys

from toolwright.cli.streams import write_stdout
from toolwright.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from toolwright.sandbox.zygote.launch import Launched

_ALLOW = "--allow"
_VALUED = {
    "--library": "library",
    "--workspace": "workspace",
    "--timeout": "step_timeout_s",
    "--packages": "packages",
    _ALLOW: "allow",
    "--sandbox-minimum": "sandbox_minimum",
}
_UNSAFE = "--unsafe"
_IGNORED = frozenset({"--json", "--quiet", "-q", "--verbose", "-v", "--yes"})
"""Flags of goals that change nothing here: the answer is JSON, and nobody is asked."""
_OPERANDS = 2
_END_S = 5.0


def execute_tool(argv: list[str]) -> int:
    """Call one tool, print its answer as one JSON line, and return 0.

    Raises:
        UsageError: wrong options.
        ToolwrightError: the tool did not answer; its text and `kind` make the line that is printed then.
    """
    gc.disable()  # what is loaded stays, and one call leaves little behind
    operands, overrides = _wanted(list(argv))
    launched = _launched()
    try:
        from toolwright.cli.one_call import call_tool

        line = call_tool(operands[0], operands[1], overrides, launched)
    finally:
        if launched is not None:
            launched.end(_END_S)
    write_stdout(line)
    return 0


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
    operands: list[str] = []
    overrides: dict[str, object] = {}
    allow: list[str] = []
    called = False
    while argv:
        word = argv.pop(0)
        option, equals, value = word.partition("=")
        if word == "--execute-tool" and not called:
            called = True
        elif option in _VALUED:
            if not equals and not argv:
                raise UsageError(f"{option} needs a value")
            given = value if equals else argv.pop(0)
            if option == _ALLOW:
                allow.append(given)
                overrides["allow"] = allow
            else:
                overrides[_VALUED[option]] = given
        elif word == _UNSAFE:
            overrides["unsafe"] = "yes"
        elif word in _IGNORED:
            continue
        elif called and len(operands) < _OPERANDS and not word.startswith("--"):
            operands.append(word)
        else:
            raise UsageError(f"{word!r} does not go with --execute-tool NAME JSON")
    if not operands:
        raise UsageError("--execute-tool needs the name of a tool and a JSON object with its arguments")
    operands += ["{}"] if len(operands) == 1 else []
    return operands, overrides
