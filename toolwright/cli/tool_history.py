"""`tools log NAME` and `tools diff NAME V1 V2`: the versions of a tool, and what changed between two."""

import difflib
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.errors import ToolNotFoundError, UsageError
from toolwright.library.evidence import EDITED
from toolwright.library.store import Store
from toolwright.library.versions import Version, known_names
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import one_line
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import Json

_BY_HAND: Final = {EDITED: "edited", "found": "written"}


def log(arguments: Arguments, store: Store, name: str) -> int:
    """List the versions of a tool, oldest first."""
    versions = versions_of(store, name)
    now = in_library(store, name, versions)
    if arguments.json:
        rows = [_as_json(version, is_now=version is now) for version in versions]
        write_line(json_text({"name": name, "versions": rows}))
        return 0
    for version in versions:
        here = "  (in tools.py)" if version is now else ""
        goal = f"  {one_line(version.goal, 60)}" if version.goal else ""
        write_line(
            f"{version.number:>3}  {version.time[:19]}  {version.short}  {_origin(version)}{goal}{here}"
        )
    return 0


def _origin(version: Version) -> str:
    """Say how a version came to be, by whom, and whether what a person wrote was ever verified."""
    word = _BY_HAND.get(version.how)
    if word:
        return f"{word} by hand, {'verified' if version.evidence else 'not verified'}"
    return f"{version.how} by {version.model}" if version.model else version.how


def diff(arguments: Arguments, store: Store, name: str, first: str, second: str) -> int:
    """Show what changed from one version to another, tests included."""
    versions = versions_of(store, name)
    old, new = (chosen(versions, name, number, store) for number in (first, second))
    source = _differences(f"{name}.py", old.source, new.source, old, new)
    tests = _differences(f"test_{name}.py", old.tests or "", new.tests or "", old, new)
    if arguments.json:
        said = {"name": name, "from": old.number, "to": new.number, "source": source, "tests": tests}
        write_line(json_text(said))
    else:
        write_line((source + tests).rstrip("\n") or f"versions {old.number} and {new.number} are the same")
    return 0


def versions_of(store: Store, name: str) -> tuple[Version, ...]:
    """Return the versions of a tool that is, or was, in the library.

    Raises:
        ToolNotFoundError: there never was one; names the nearest.
    """
    versions = store.versions(name) if name.isidentifier() else ()
    if versions:
        return versions
    known = {*store.read().names, *known_names(store.place)}
    unknown = tool_not_found(name, known)
    raise ToolNotFoundError(
        str(unknown), nearest=unknown.nearest, hint=command("tools", library=store.directory)
    )


def chosen(versions: tuple[Version, ...], name: str, said: str, store: Store) -> Version:
    """Return the version that was asked for by its number.

    Raises:
        UsageError: there is none; names those there are.
    """
    for version in versions:
        if said.isascii() and said.isdigit() and int(said) == version.number:
            return version
    numbers = ", ".join(str(version.number) for version in versions)
    raise UsageError(
        f"{name} has no version {said!r}; it has {numbers}",
        hint=command("tools", "log", name, library=store.directory),
    )


def in_library(store: Store, name: str, versions: tuple[Version, ...]) -> Version | None:
    """Return the version that stands in tools.py now, None when the tool was removed."""
    from toolwright.library.bindings import bindings
    from toolwright.library.excerpt import excerpt_of
    from toolwright.library.versions import version_hash
    from toolwright.syntax.chunks import split

    known = bindings(split(store.read().text))
    if known.definition(name) is None:
        return None
    wanted = version_hash(excerpt_of(known, name), store.tests_of(name))
    return next((version for version in reversed(versions) if version.sha256 == wanted), None)


def _as_json(version: Version, *, is_now: bool) -> Json:
    return {
        "version": version.number,
        "how": version.how,
        "verified": bool(version.evidence),
        "time": version.time,
        "sha256": version.sha256,
        "model": version.model,
        "goal": version.goal,
        "in_library": is_now,
        "source": version.source,
        "tests": version.tests,
        "contract": version.contract,
        "evidence": dict(version.evidence) if version.evidence else None,
    }


def _differences(path: str, old: str, new: str, first: Version, second: Version) -> str:
    lines = difflib.unified_diff(
        old.splitlines(),
        new.splitlines(),
        f"{path} version {first.number}",
        f"{path} version {second.number}",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)
