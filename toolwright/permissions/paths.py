"""Arguments of a call -> the paths outside the workspace that they name."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Final

from toolwright.records import dataclass
from toolwright.types import Json

_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path that an argument names: as it was given, and absolute without links."""

    given: str
    path: str
    exists: bool

    @property
    def folder(self) -> str:
        """The folder around it."""
        return str(PurePath(self.path).parent)


def lies_in(path: str, folders: Iterable[str]) -> bool:
    """Tell whether an absolute path is one of the folders or inside one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def named_paths(arguments: Json, workspace: str, inside: Sequence[str]) -> Iterator[NamedPath]:
    """Find strings, at any depth, that lead out of the workspace and of the folders `inside`.

    Only what is absolute or holds `..` can; it must exist, or its folder must. Nothing that is never
    shown is among them: there the tool finds nothing, whatever the user says.
    """
    seen = set()
    for text in _strings(arguments):
        if text in seen or not _could_lead_out(text):
            continue
        seen.add(text)
        path = os.path.realpath(os.path.join(workspace, text))  # noqa: PTH118 - Path would drop what `..` means
        if not lies_in(path, [workspace, *inside]):
            yield from _named(text, path)


def _named(text: str, path: str) -> Iterator[NamedPath]:
    from toolwright.sandbox.grants import is_never_shown

    found = NamedPath(text, path, os.path.lexists(path))
    if is_never_shown(path):
        return
    if found.exists or (_is_folder(found.folder) and not is_never_shown(found.folder)):
        yield found


def leads_nowhere_else(path: str) -> bool:
    """Tell whether a path that had no links still has none; an earlier call may have put one there."""
    return os.path.realpath(path) == path


def _is_folder(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where a folder on the way may not be read


def _could_lead_out(text: str) -> bool:
    return (
        len(text) <= _LONGEST
        and text.isprintable()
        and (text.startswith("/") or ".." in PurePath(text).parts)
    )


def _strings(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for key, item in value.items():
                yield from _strings(key)
                yield from _strings(item)
