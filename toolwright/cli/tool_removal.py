"""`tools remove NAME`: a tool taken out, with its tests and what only it used; no caller is left behind."""

import sys

from toolwright.cli.arguments import Arguments
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import ToolNotFoundError, ToolwrightError
from toolwright.library.bindings import Bindings, bindings
from toolwright.library.removal import Removal, callers, with_callers
from toolwright.library.store import Store
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import Settings
from toolwright.syntax.chunks import split
from toolwright.syntax.nearest import tool_not_found


def remove(arguments: Arguments, settings: Settings, name: str) -> int:
    """Remove a tool; 1 when that was declined at the terminal.

    Raises:
        ToolwrightError: other functions call it, and --cascade was not given.
        ToolNotFoundError: there is none of that name; names the nearest.
        LibraryError: as for `Store.remove`.
    """
    store = Store(settings.library)
    seen = store.read()
    known = bindings(split(seen.text))
    _check(known, name, store)
    using = callers(known, name)
    if using and not arguments.cascade:
        named = ", ".join(f"`{one}`" if one else "code between the functions" for one in using)
        raise ToolwrightError(
            f"`{name}` is used by {named}, so it was not removed",
            hint=command("tools", "remove", name, "--cascade", library=store.directory)
            + " removes those too",
        )
    names = with_callers(known, name)
    if not settings.yes and at_terminal() and not _agreed(names):
        write_stderr("Nothing was removed.\n")
        return 1
    removal = store.remove((name, *(one for one in names if one != name)), seen)
    write_line(json_text(_as_json(removal)) if arguments.json else _said(removal, store))
    return 0


def _check(known: Bindings, name: str, store: Store) -> None:
    chunk = known.definition(name)
    if chunk is not None and chunk.kind == "function" and not name.startswith("_"):
        return
    functions = [one.name for one in known.sections.chunks if one.kind == "function" and one.name[0] != "_"]
    unknown = tool_not_found(name, functions)
    raise ToolNotFoundError(
        str(unknown), nearest=unknown.nearest, hint=command("tools", library=store.directory)
    )


def _agreed(names: tuple[str, ...]) -> bool:
    write_stderr(f"Remove {', '.join(names)}, with tests and evidence? `undo` brings it back. [y/N]\n> ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _as_json(removal: Removal) -> dict[str, list[str]]:
    return {
        "removed": list(removal.functions),
        "helpers": list(removal.helpers),
        "imports": list(removal.imports),
    }


def _said(removal: Removal, store: Store) -> str:
    also = [*removal.helpers, *(f"`{one}`" for one in removal.imports)]
    rest = f" (with {', '.join(also)}, which nothing else uses)" if also else ""
    undo = command("undo", library=store.directory)
    return f"removed {', '.join(removal.functions)}{rest}; {undo} brings it back"
