"""`tools [list]`: which tools are listed, in which order, which page of them."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.errors import UsageError
from toolwright.library.executions import Uses, executions
from toolwright.library.snapshot import Snapshot
from toolwright.library.standing import Standing
from toolwright.library.store import Store
from toolwright.types import PERMISSIONS, Tool

PAGE: Final = 100
_UNITS: Final = {"h": 3600, "d": 86_400, "w": 604_800}
_ORDERS: Final = ("file", "name", "used", "calls")
_LONGEST: Final = 100_000

Keeps = Callable[[Tool], bool]


def is_chosen(arguments: Arguments) -> bool:
    """Tell whether anything was said of which tools are listed, or how."""
    return bool(
        arguments.permission
        or arguments.unused_for
        or arguments.edited
        or arguments.quarantined
        or arguments.sort
        or arguments.page
    )


def chosen(
    arguments: Arguments, snapshot: Snapshot, store: Store, standings: Mapping[str, Standing]
) -> list[Tool]:
    """Return the tools that are asked for, in the order that is asked for; pages are cut by others.

    Raises:
        UsageError: a filter or an order is none.
    """
    tools = snapshot.quarantined if arguments.quarantined else snapshot.tools
    uses = executions(store.place.private) if arguments.unused_for or arguments.sort else {}
    keeps = _permitted(arguments.permission) + _unused(arguments.unused_for, uses, store)
    if arguments.edited:
        keeps.append(lambda tool: standings[tool.name].kind == "edited")
    kept = [tool for tool in tools.values() if all(keep(tool) for keep in keeps)]
    order = arguments.sort or "file"
    if order not in _ORDERS:
        raise UsageError(f"--sort is {order!r}, but must be one of {', '.join(_ORDERS)}", hint="--sort used")
    if order == "name":
        kept.sort(key=lambda tool: tool.name)
    elif order == "used":
        kept.sort(key=lambda tool: -uses.get(tool.name, Uses()).last)
    elif order == "calls":
        kept.sort(key=lambda tool: -uses.get(tool.name, Uses()).calls)
    return kept


def page_of(tools: list[Tool], text: str) -> tuple[list[Tool], int, int]:
    """Return one page of the tools, its number and how many pages there are; "" is the first.

    Raises:
        UsageError: there is no such page.
    """
    pages = max(1, -(-len(tools) // PAGE))
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= pages):
        raise UsageError(f"--page is {text!r}, but must be a whole number from 1 to {pages}", hint="--page 1")
    number = int(text or 1)
    return tools[(number - 1) * PAGE : number * PAGE], number, pages


def _permitted(name: str) -> list[Keeps]:
    if not name:
        return []
    if name not in PERMISSIONS:
        raise UsageError(
            f"--permission is {name!r}, but must be one of {', '.join(PERMISSIONS)}",
            hint="--permission network",
        )
    return [lambda tool: name in tool.docstring.permissions]


def _unused(text: str, uses: Mapping[str, Uses], store: Store) -> list[Keeps]:
    """Keep what was neither called nor admitted within the time."""
    if not text:
        return []
    since = time.time() - seconds_of(text)

    def unused(tool: Tool) -> bool:
        return max(uses.get(tool.name, Uses()).last, _made(store, tool.name)) < since

    return [unused]


def seconds_of(text: str) -> int:
    """Read a time such as 30d.

    Raises:
        UsageError: it is none.
    """
    said = re.fullmatch(r"([0-9]{1,6})([hdw])", text)
    if not said or not 1 <= int(said[1]) <= _LONGEST:
        raise UsageError(
            f"--unused-for is {text!r}, but must be a number with h, d or w", hint="--unused-for 30d"
        )
    return int(said[1]) * _UNITS[said[2]]


def _made(store: Store, name: str) -> float:
    """Return when the latest evidence of a tool was written, in seconds since the epoch; 0 without any."""
    path = store.place.evidence_of(name)
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
