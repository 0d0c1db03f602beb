"""`gc`: tools that nobody uses, and tools that do the same as another; shown, and retired when asked."""

import sys
from collections.abc import Collection
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.cli.tool_list import seconds_of
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.collecting import Reason, alike, unused, without_callers
from toolwright.library.store import Store
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load
from toolwright.types import Json

_PERIOD: Final = "30d"
_DECLINED: Final = 1


def run(arguments: Arguments) -> int:
    """Show what could go, and retire what is named, or with --all everything that is shown.

    Raises:
        UsageError: a flag makes no sense.
        ToolwrightError: what is to be retired is not among them, or others call it; nothing was removed.
        LibraryError: as for `Store.read` and `Store.remove`.
    """
    settings = load(arguments.overrides)
    if arguments.words[1:]:
        raise UsageError(f"gc takes no {arguments.words[1]!r}", hint="python agent.py gc --retire NAME,NAME")
    period = arguments.unused_for or _PERIOD
    seconds = seconds_of(period)
    store = Store(settings.library)
    snapshot = store.read()
    reasons = (*unused(store, snapshot, seconds), *alike(store, snapshot))
    going = _going(arguments, reasons)
    if not going:
        rows = [_row(reason) for reason in reasons]
        write_line(
            json_text({"found": rows, "retired": []}) if arguments.json else _shown(reasons, period, store)
        )
        return 0
    shown = [f"{each.tool}: {each.why}" for each in reasons if each.tool in going]
    write_stderr("".join(f"{line}\n" for line in shown))
    if at_terminal() and not settings.yes and not _agreed(going):
        write_stderr("Nothing was retired.\n")
        return _DECLINED
    removal = store.remove(going, snapshot)
    if arguments.json:
        rows = [_row(reason) for reason in reasons]
        write_line(json_text({"found": rows, "retired": list(removal.functions)}))
    else:
        undo = command("undo", library=store.directory)
        log = command("tools", "log", going[0], library=store.directory)
        write_line(
            f"retired {', '.join(removal.functions)}; {undo} brings back what went, {log} lists what is kept"
        )
    return 0


def _going(arguments: Arguments, reasons: Collection[Reason]) -> list[str]:
    """Return what is to be retired.

    Raises:
        ToolwrightError: it may not be.
    """
    found = list(dict.fromkeys(reason.tool for reason in reasons))
    if arguments.every and not arguments.flags.retire:
        idle = {reason.tool for reason in reasons if not reason.other}
        # of two that are alike one stays, if any of them is used
        spare = {reason.tool for reason in reasons if reason.other and reason.other not in found}
        return without_callers(reasons, [name for name in found if name in idle | spare])[0]
    wanted = [name.strip() for name in arguments.flags.retire.split(",") if name.strip()]
    unknown = next((name for name in wanted if name not in found), "")
    if unknown:
        raise ToolwrightError(
            f"{unknown} is not among the tools that could go",
            hint=f"python agent.py gc shows them; python agent.py tools remove {unknown} removes any tool",
        )
    going, kept = without_callers(reasons, wanted)
    for name, users in kept.items():
        raise ToolwrightError(
            f"{name} is used by {users}, so nothing was retired", hint="retire or change those first"
        )
    return going


def _shown(reasons: Collection[Reason], period: str, store: Store) -> str:
    if not reasons:
        return f"every tool was used or made in the last {period}, and no two do the same"
    lines = []
    for each in reasons:
        users = f"; used by {', '.join(one or 'code between the functions' for one in each.callers)}"
        lines.append(f"{each.tool}: {each.why}{users if each.callers else ''}")
    retire = command("gc", "--retire", next(iter(reasons)).tool, library=store.directory)
    return "\n".join(
        [*lines, f"nothing was removed; {retire} retires it, --all everything that nothing else uses"]
    )


def _row(reason: Reason) -> Json:
    return {"tool": reason.tool, "why": reason.why, "same_as": reason.other, "callers": list(reason.callers)}


def _agreed(names: Collection[str]) -> bool:
    write_stderr(
        f"Retire {', '.join(names)}? Their versions are kept, and `undo` brings them back. [y/N]\n> "
    )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
