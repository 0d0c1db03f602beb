"""`packages`, `packages add NAME`, `remove NAME`, `install`: what tools may import, seen and changed."""

from collections.abc import Mapping
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.store import Store
from toolwright.packages.installing import Change
from toolwright.packages.shelf import Shelf, open_shelf
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import Settings, load
from toolwright.syntax.requirements import Requirement, normalized, read_requirement, requirements
from toolwright.types import Json, Tool

_STATES: Final = {
    "ready": "installed",
    "absent": "recorded, but not installed here",
    "unrecorded": "not installed",
    "foreign": "not allowed",
}


def run(arguments: Arguments) -> int:
    """List packages, or change which are installed for the library."""
    settings = load(arguments.overrides)
    shelf = open_shelf(settings)
    Store(settings.library).read()  # a library that cannot be used is said before anything is installed
    match arguments.words[1:]:
        case () | ("list",):
            _list(settings, shelf, as_json=arguments.json)
        case ("add", *names) if names:
            _change(shelf.preview([_read(name) for name in names]), names, shelf, settings, arguments)
        case ("remove", *names) if names:
            _change(_without(shelf, names), names, shelf, settings, arguments)
        case ("install",):
            pins = shelf.restore().pins
            said = f"installed: {', '.join(map(str, pins))}" if pins else "no packages are recorded here"
            write_line(json_text({"installed": [str(pin) for pin in pins]}) if arguments.json else said)
        case _:
            raise UsageError(
                f"packages takes nothing, add NAME, remove NAME or install, "
                f"not {' '.join(arguments.words[1:])!r}",
                hint=f"{command('packages')}, or put -- before it when it is a goal",
            )
    return 0


def _read(text: str) -> Requirement:
    requirement = read_requirement(text)
    if requirement is None or requirement.version.startswith(("<", ">", "!", "~")):
        raise UsageError(
            f"{text!r} is no name of a package, or NAME==VERSION", hint=command("packages", "add", "pandas")
        )
    return requirement


def _without(shelf: Shelf, names: list[str]) -> Change:
    before = after = shelf.pins
    for name in names:
        if normalized(name) not in after.asked:
            known = ", ".join(before.asked) or "none"
            raise UsageError(
                f"{name} was not added to this library; added are: {known}", hint=command("packages")
            )
        after = after.without(normalized(name))
    return Change(before, after)


def _change(change: Change, names: list[str], shelf: Shelf, settings: Settings, arguments: Arguments) -> None:
    """Show what would change, ask at a terminal, do it, and say what was done."""
    if names and change.after != change.before and at_terminal() and not settings.yes and not _agreed(change):
        raise ToolwrightError("nothing was changed", hint=command("packages"))
    shelf.apply(change)
    added, removed = list(map(str, change.added)), list(map(str, change.removed))
    if arguments.json:
        write_line(json_text({"installed": added, "removed": removed}))
        return
    said = [f"installed {', '.join(added)}"] if added else []
    said += [f"removed {', '.join(removed)}"] if removed else []
    write_line("; ".join(said) or "nothing to do")
    for name, tool in Store(settings.library).read().tools.items():
        lost = {pin.name for pin in change.removed} & {r.distribution for r in _required(tool)}
        if lost:
            write_stderr(f"note: {name} requires {', '.join(sorted(lost))}\n")


def _agreed(change: Change) -> bool:
    for pin in change.removed:
        write_stderr(f"  remove   {pin}\n")
    for pin in change.added:
        why = f" (needed by {', '.join(pin.via)})" if pin.via and pin.name not in change.after.asked else ""
        write_stderr(f"  install  {pin}{why}\n")
    write_stderr("Go on? [y/N] ")
    try:
        return input().strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _list(settings: Settings, shelf: Shelf, *, as_json: bool) -> None:
    required = _required_by(settings)
    pins = shelf.pins
    names = dict.fromkeys([*map(normalized, settings.packages), *pins.asked, *required])
    rows = [_row(name, shelf, required.get(name, ())) for name in names]
    along = [pin for pin in pins.pins if pin.name not in names]
    if as_json:
        write_line(json_text({"packages": rows, "along": [str(pin) for pin in along]}))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        used = f"; required by {', '.join(row['required_by'])}" if row["required_by"] else ""
        state = f"{row['version']} installed" if row["state"] == "ready" else _STATES[row["state"]]
        write_line(f"{row['name']:<{width}}  {state}{used}")
    if along:
        write_line(f"and what these need: {', '.join(map(str, along))}")


def _row(name: str, shelf: Shelf, required_by: tuple[str, ...]) -> dict[str, Json]:
    state = shelf.state(Requirement(name))
    version = shelf.version(name) if state == "ready" else ""
    return {"name": name, "state": state, "version": version, "required_by": list(required_by)}


def _required_by(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, tool in Store(settings.library).read().tools.items():
        for requirement in _required(tool):
            found[requirement.distribution] = (*found.get(requirement.distribution, ()), name)
    return found


def _required(tool: Tool) -> tuple[Requirement, ...]:
    return requirements(tool.docstring.requires)
