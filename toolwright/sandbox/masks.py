"""What is covered inside one granted folder: a folder and protected paths in, places and their guards out."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.sandbox.guarded_names import Guard
from toolwright.sandbox.survey import Seen

_PACKAGE: Final = Path(os.path.realpath(__file__)).parents[1]


def own_files() -> tuple[str, ...]:
    """Return what this program is made of: its package, and the script beside it in a checkout."""
    script = _PACKAGE.with_name("agent.py")
    return (str(_PACKAGE), *([str(script)] if (_PACKAGE.parent / "pyproject.toml").is_file() else []))


def lies_in(path: str, folders: Sequence[str]) -> bool:
    """Whether a path is one of the folders or below one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def places(protected: Sequence[str]) -> tuple[str, ...]:
    """Return where protected paths lie and, for those that are links, also what they lead to."""
    found: set[str] = set()
    for path in protected:
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - a link must stay one
        found |= {str(Path(os.path.realpath(folder), name)), os.path.realpath(path)}
    return tuple(sorted(found))


def make_masks(
    top: str, seen: Seen, protected: Sequence[str], *, write: bool
) -> tuple[tuple[str, Guard], ...]:
    """Return what of a granted folder must be covered, relative to it, without what lies in another cover.

    This program's own files are kept: it is started again, and then outside of any cell. Where nothing can be
    written, what is only to be kept needs no cover.
    """
    found: dict[str, Guard] = {path: kind for path, (kind, _) in seen.guarded.items()}
    found.update((path, "hidden") for path in protected if path != top and lies_in(path, [top]))
    found = {path: kind for path, kind in found.items() if os.path.lexists(path)}
    _add_targets(top, found)
    _add_other_names(top, found)
    if write:
        own = [path for path in own_files() if lies_in(path, [top]) and os.path.lexists(path)]
        found.update((path, "kept") for path in (*seen.packages, *own) if found.get(path) != "hidden")
        found.update((path, "hidden") for path in seen.closed)
    else:
        found = {path: kind for path, kind in found.items() if kind == "hidden"}
    return tuple((os.path.relpath(path, top), found[path]) for path in sorted(_outermost(found)))


def _add_targets(top: str, found: dict[str, Guard]) -> None:
    """A link is covered, and what it leads to, if that can be reached at all."""
    for path, kind in list(found.items()):
        if Path(path).is_symlink():
            found[path] = "hidden"
            target = os.path.realpath(path)
            if target != top and lies_in(target, [top]) and os.path.lexists(target):
                found[target] = max(kind, found.get(target, kind), key=lambda each: each == "hidden")


def _add_other_names(top: str, found: dict[str, Guard]) -> None:
    """A hidden file may have further names (hard links); they are looked for only when it has any."""
    wanted: set[tuple[int, int]] = set()
    for path, kind in found.items():
        info = os.lstat(path)
        if kind == "hidden" and stat.S_ISREG(info.st_mode) and info.st_nlink > 1:
            wanted.add((info.st_dev, info.st_ino))
    if not wanted:
        return
    for folder, _, names in os.walk(top):
        for name in names:
            path = f"{folder}/{name}"
            info = os.lstat(path)
            if (info.st_dev, info.st_ino) in wanted:
                found[path] = "hidden"


def _outermost(found: Mapping[str, Guard]) -> list[str]:
    """Leave out what lies in a hidden folder, or is kept in a kept one."""

    def is_inside(path: str) -> bool:
        folder = path.rpartition("/")[0]
        while folder:
            if found.get(folder) in {"hidden", found[path]}:
                return True
            folder = folder.rpartition("/")[0]
        return False

    return [path for path in found if not is_inside(path)]
