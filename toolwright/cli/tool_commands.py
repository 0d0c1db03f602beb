"""What each subcommand of `tools` does, by name; loaded when it is asked for."""

from collections.abc import Callable
from typing import Final, TypeAlias

from toolwright.cli.arguments import Arguments
from toolwright.settings import Settings

Run: TypeAlias = Callable[[Arguments, Settings, list[str]], int]
"""Takes the operands that follow the subcommand, as many as it takes."""


def _log(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_history import log
    from toolwright.library.store import Store

    return log(arguments, Store(settings.library), *operands)


def _diff(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_history import diff
    from toolwright.library.store import Store

    return diff(arguments, Store(settings.library), *operands)


def _rollback(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_rollback import rollback

    return rollback(arguments, settings, *operands)


def _fix(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_fix import fix

    return fix(arguments, settings, *operands)


def _adopt(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_adopt import adopt

    return adopt(arguments, settings, *operands)


def _remove(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_removal import remove

    return remove(arguments, settings, *operands)


def _export(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_export import export

    return export(arguments, settings, operands)


def _pack(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_pack import pack

    return pack(arguments, settings, operands)


def _install(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_install import install

    return install(arguments, settings, operands)


def _search(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    from toolwright.cli.tool_search import search

    return search(arguments, settings, *operands)


RUN: Final[dict[str, Run]] = {
    "log": _log,
    "diff": _diff,
    "rollback": _rollback,
    "fix": _fix,
    "adopt": _adopt,
    "remove": _remove,
    "export": _export,
    "pack": _pack,
    "install": _install,
    "search": _search,
}
