"""`tools [list]`: which tools are listed, in which order, which page of them."""

import re
import time
from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeAlias

from toolwright.cli.arguments import Arguments
from toolwright.errors import UsageError
from toolwright.library.executions import Uses, executions
from toolwright.library.papers import Trust
from toolwright.library.snapshot import Snapshot
from toolwright.library.store import Store
from toolwright.types import PERMISSIONS, Tool

PAGE: Final = 100
_UNITS: Final = {"h": 3600, "d": 86_400, "w": 604_800}
_ORDERS: Final = ("file", "name", "used", "calls", "quality")
_LONGEST: Final = 100_000

Keeps: TypeAlias = Callable[[str], bool]
Trusts: TypeAlias = Callable[[Collection[str]], Mapping[str, Trust]]


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


def chosen(arguments: Arguments, snapshot: Snapshot, store: Store, trusts: Trusts) -> list[str]:
    """Return the names of the tools that are asked for, in the order that is asked for, all pages of it.

    What is not asked for is not looked up: `trusts` is called for all tools only when a filter or an order
    needs it.

    Raises:
        UsageError: a filter or an order is none.
        LibraryError: a file of the library cannot be read.
    """
    tools, order = snapshot.quarantined if arguments.quarantined else snapshot.tools, arguments.sort or "file"
    if order not in _ORDERS:
        raise UsageError(f"--sort is {order!r}, but must be one of {', '.join(_ORDERS)}", hint="--sort used")
    keeps = _permitted(arguments.permission, tools)
    longest = seconds_of(arguments.unused_for) if arguments.unused_for else 0
    uses = executions(store.place.private) if arguments.unused_for or order in {"used", "calls"} else {}
    judged = arguments.unused_for or arguments.edited or order == "quality"
    trust = trusts(tools) if judged else {}
    if longest:
        keeps.append(_unused(time.time() - longest, uses, trust))
    if arguments.edited:
        keeps.append(lambda name: trust[name].standing.kind == "edited")
    kept = [name for name in tools if all(keep(name) for keep in keeps)]
    if order == "name":
        kept.sort()
    elif order == "used":
        kept.sort(key=lambda name: -uses.get(name, Uses()).last)
    elif order == "calls":
        kept.sort(key=lambda name: -uses.get(name, Uses()).calls)
    elif order == "quality":
        kept.sort(key=lambda name: _worth(trust[name]))
    return kept


def _worth(one: Trust) -> tuple[object, ...]:
    """Order what is not verified first, then the tools whose tests notice least."""
    return one.standing.kind == "verified", *one.quality.order


def page_of(names: list[str], text: str) -> tuple[list[str], int, int]:
    """Return one page of the tools, its number and how many pages there are; "" is the first.

    Raises:
        UsageError: there is no such page.
    """
    pages = max(1, -(-len(names) // PAGE))
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= pages):
        raise UsageError(f"--page is {text!r}, but must be a whole number from 1 to {pages}", hint="--page 1")
    number = int(text or 1)
    return names[(number - 1) * PAGE : number * PAGE], number, pages


def _permitted(wanted: str, tools: Mapping[str, Tool]) -> list[Keeps]:
    if not wanted:
        return []
    if wanted not in PERMISSIONS:
        raise UsageError(
            f"--permission is {wanted!r}, but must be one of {', '.join(PERMISSIONS)}",
            hint="--permission network",
        )
    return [lambda name: wanted in tools[name].docstring.permissions]


def _unused(since: float, uses: Mapping[str, Uses], trust: Mapping[str, Trust]) -> Keeps:
    """Keep what was neither called, verified nor made since a time."""
    return lambda name: max(uses.get(name, Uses()).last, trust[name].quality.made) < since


def seconds_of(text: str, flag: str = "--unused-for") -> int:
    """Read a time such as 30d, which was given with a flag.

    Raises:
        UsageError: it is none.
    """
    said = re.fullmatch(r"([0-9]{1,6})([hdw])", text)
    if not said or not 1 <= int(said[1]) <= _LONGEST:
        raise UsageError(f"{flag} is {text!r}, but must be a number with h, d or w", hint=f"{flag} 30d")
    return int(said[1]) * _UNITS[said[2]]
