"""A command line that calls one tool -> the options of the program, and the words that belong to the call.

Nothing is loaded here: this is on the way of every command line.
"""

from toolwright.errors import UsageError

ALLOW = "--allow"
VALUED = {
    "--library": "library",
    "--workspace": "workspace",
    "--timeout": "step_timeout_s",
    "--packages": "packages",
    ALLOW: "allow",
    "--sandbox-minimum": "sandbox_minimum",
}
UNSAFE = "--unsafe"
IGNORED = frozenset({"--json", "--quiet", "-q", "--verbose", "-v", "--yes"})
"""Flags of goals that change nothing here: the answer is JSON, and nobody is asked."""
_HELP = frozenset({"--help", "-h"})


def executes(argv: list[str]) -> bool:
    """Tell whether a command line has `--execute-tool` among its options."""
    return "--execute-tool" in argv[: argv.index("--") if "--" in argv else None]


def calls(argv: list[str]) -> bool:
    """Tell whether a command line is `call NAME ...`, with options of the program before it."""
    return parted(argv) is not None


def parted(argv: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the options of the program, and the tool's name with its flags; None where it is no `call`.

    What stands before the name belongs to the program, what stands behind it to the tool: so a tool may have
    a parameter `timeout` or `json`, and a parameter that it gets later changes the meaning of no command.
    """
    before: list[str] = []
    called = False
    waiting = list(argv)
    while waiting:
        word = waiting.pop(0)
        option = word.partition("=")[0]
        if word.startswith("-"):
            if not called and not (option in VALUED or word in IGNORED or word == UNSAFE):
                return None
            before.append(word)
            before += [waiting.pop(0)] if word in VALUED and waiting else []
        elif called:
            return before, [word, *waiting]
        elif word == "call":
            called = True
        else:
            return None
    return (before, []) if called else None


def program_options(argv: list[str], of: str) -> tuple[dict[str, object], list[str]]:
    """Return settings by field, and the words that are no options; `of` is what they go with.

    Raises:
        UsageError: an option is unknown here, or lacks its value.
    """
    overrides: dict[str, object] = {}
    allow: list[str] = []
    operands: list[str] = []
    waiting = list(argv)
    while waiting:
        word = waiting.pop(0)
        option, equals, value = word.partition("=")
        if option in VALUED:
            if not equals and not waiting:
                raise UsageError(f"{option} needs a value")
            given = value if equals else waiting.pop(0)
            if option == ALLOW:
                allow.append(given)
                overrides["allow"] = allow
            else:
                overrides[VALUED[option]] = given
        elif word == UNSAFE:
            overrides["unsafe"] = "yes"
        elif word in IGNORED:
            continue
        elif word.startswith("--"):
            raise UsageError(f"{word!r} does not go with {of}")
        else:
            operands.append(word)
    return overrides, operands


def wants_help(words: list[str]) -> bool:
    """Tell whether help is asked for."""
    return not _HELP.isdisjoint(words)
