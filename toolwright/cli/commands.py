"""The one table of commands: dispatch, help and the guard against typos are made from it."""

from collections.abc import Callable, Mapping
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.tool_table import SUBCOMMANDS
from toolwright.errors import UsageError
from toolwright.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Command:
    """A word that is not a goal: how it is used, what it does, and the function that does it."""

    usage: str
    about: str
    run: Callable[[Arguments], int]
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Its subcommands, with usage and description; then its own are not shown."""


def usages() -> dict[str, tuple[str, str]]:
    """Return usage and description of every command and subcommand, as help and docs show them."""
    rows: dict[str, tuple[str, str]] = {}
    for name, command in COMMANDS.items():
        own = {name: (command.usage, command.about)}
        rows |= {f"{name} {part}": said for part, said in command.parts.items()} or own
    return rows


def takes_nothing(arguments: Arguments) -> None:
    """Refuse operands of a command that has none; perhaps a goal was meant that begins with its word.

    Raises:
        UsageError: there are some.
    """
    name, *rest = arguments.words
    if rest:
        raise UsageError(
            f"{name} takes nothing, not {' '.join(rest)!r}",
            hint=f"python agent.py {name}, or put -- before it when it is a goal",
        )


def _tools(arguments: Arguments) -> int:
    from toolwright.cli.show_tools import run

    return run(arguments)


def _call(arguments: Arguments) -> int:
    from toolwright.cli.call import run

    return run(arguments)


def _verify(arguments: Arguments) -> int:
    from toolwright.cli.verify import run

    return run(arguments)


def _check(arguments: Arguments) -> int:
    from toolwright.cli.check import run

    return run(arguments)


def _why(arguments: Arguments) -> int:
    from toolwright.cli.why import run

    return run(arguments)


def _models(arguments: Arguments) -> int:
    from toolwright.cli.models import run

    return run(arguments)


def _undo(arguments: Arguments) -> int:
    from toolwright.cli.undo import run

    return run(arguments)


def _approvals(arguments: Arguments) -> int:
    from toolwright.cli.approvals import run

    return run(arguments)


def _packages(arguments: Arguments) -> int:
    from toolwright.cli.tool_packages import run

    return run(arguments)


def _history(arguments: Arguments) -> int:
    from toolwright.cli.history import run

    return run(arguments)


def _stats(arguments: Arguments) -> int:
    from toolwright.cli.stats import run

    return run(arguments)


def _memory(arguments: Arguments) -> int:
    from toolwright.cli.memory import run

    return run(arguments)


def _retry(arguments: Arguments) -> int:
    from toolwright.cli.retry import run

    return run(arguments)


def _replay(arguments: Arguments) -> int:
    from toolwright.cli.replay import run

    return run(arguments)


def _batch(arguments: Arguments) -> int:
    from toolwright.cli.batch import run

    return run(arguments)


def _config(arguments: Arguments) -> int:
    from toolwright.cli.config import run

    return run(arguments)


def _completion(arguments: Arguments) -> int:
    from toolwright.cli.completion import run

    return run(arguments)


def _doctor(arguments: Arguments) -> int:
    from toolwright.cli.doctor import run

    return run(arguments)


def _gc(arguments: Arguments) -> int:
    from toolwright.cli.collect import run

    return run(arguments)


COMMANDS: Final = {
    "tools": Command("tools [SUBCOMMAND]", "list the library, or what follows", _tools, SUBCOMMANDS),
    "call": Command(
        "call NAME [--FLAG VALUE ...]",
        "call one tool, with a flag for each parameter; `call NAME --help` lists them",
        _call,
    ),
    "verify": Command(
        "verify [NAME ...] [--all] [--quick] [--jobs N] [--quarantine]",
        "prove kept tools again, isolated; without NAME those that changed, or what they stand on",
        _verify,
    ),
    "check": Command(
        "check [NAME ...] [--format FORMAT] [--quick] [--jobs N]",
        "prove every kept tool, for CI: no model, nothing is written",
        _check,
    ),
    "why": Command("why NAME", "say from the files in git why a tool is trusted", _why),
    "models": Command(
        "models [pull [NAME]]",
        "list the models that the server offers, or bring a GGUF file",
        _models,
    ),
    "approvals": Command(
        "approvals [revoke ID|TOOL|--all | trust]",
        "list what tools were allowed for good, take it back, or let the rules in this folder count",
        _approvals,
    ),
    "history": Command(
        "history [ID | --all]",
        "list the goals that ran, or tell one stage by stage; ID may be its beginning, or last",
        _history,
    ),
    "stats": Command(
        "stats [--since 30d] [--all] [--json | --html FILE]",
        "tell in numbers how goals, tools, models and hints did, and how that changed from day to day",
        _stats,
    ),
    "memory": Command(
        "memory [export [FILE] | import FILE]",
        "say where the memory is, how it is and what it holds; write memory.json, or add what it says",
        _memory,
    ),
    "retry": Command(
        "retry ID",
        "take a goal that failed up again at the step where it failed; ID as for history",
        _retry,
    ),
    "replay": Command(
        "replay ID",
        "run a goal again from what was recorded, without a model, and say what is different now",
        _replay,
    ),
    "batch": Command(
        "batch GOALS.txt [--jobs N]",
        "run the goals of a file, one a line, side by side; what is done is not done again",
        _batch,
    ),
    "packages": Command(
        "packages [add NAME | remove NAME | install]", "list the packages of tools, or change them", _packages
    ),
    "config": Command("config", "list every setting with its value and where that came from", _config),
    "completion": Command(
        "completion bash|zsh|fish",
        "print what lets that shell complete commands, flags, tools and parameters",
        _completion,
    ),
    "doctor": Command(
        "doctor", "say whether goals can run here, how tools are confined, what to mend", _doctor
    ),
    "gc": Command(
        "gc [--unused-for 30d] [--retire LIST | --all] [--yes]",
        "show tools that nobody uses or that do the same as another; retire them when asked",
        _gc,
    ),
    "undo": Command(
        "undo", "take the last admission to the library back; who calls the tool is verified first", _undo
    ),
}
