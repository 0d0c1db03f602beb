"""What a policy grants of the host's files: a policy in, an order for a cell with places to hide out."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.sandbox.zygote.order import Grant, Order
from toolwright.types import Policy

HIDDEN: Final = (".git", ".toolwright", ".env", ".env.*", ".envrc")
"""Names that no tool sees, wherever in a granted folder they stand."""

_NEVER: Final = ("/proc", "/sys", "/dev")
_PACKAGES: Final = {"node_modules", "__pycache__"}
_MOST_ENTRIES: Final = 100_000


def make_order(policy: Policy, protected: Sequence[str] = ()) -> Order:
    """Resolve a policy's paths and look for what must be hidden in them; `protected` are further paths.

    The workspace and the `read` paths can be read; what lies in a `write` path, and scratch, written too.

    Raises:
        SandboxError: a path does not exist, must not be granted, or holds too much to be looked through.
    """
    folder = _resolve(policy.workspace, "working folder") if policy.workspace else ""
    scratch = _resolve(policy.scratch, "scratch folder") if policy.scratch else ""
    writable = [_resolve(path, "granted path") for path in policy.write]
    readable = [_resolve(path, "granted path") for path in policy.read]
    hidden = [os.path.realpath(path) for path in protected]
    for path in (*writable, *readable, *([folder] if folder else [])):
        if _is_secret(path, hidden) and not (scratch and _lies_in(path, [scratch])):
            raise SandboxError(f"{path!r} is never shown to a tool", hint="grant another folder")
    writable += [scratch] if scratch else []
    paths = sorted({*writable, *readable, *([folder] if folder else [])})
    rights = {path: _lies_in(path, writable) for path in paths}
    needed = [path for path in paths if not _is_covered(path, rights)]
    return Order(
        folder=folder,
        scratch=scratch,
        grants=tuple(Grant(path, rights[path], _masks(path, hidden)) for path in needed),
        execute=policy.execute,
        scratch_mb=policy.limits.scratch_mb,
        scratch_files=policy.limits.scratch_files,
        processes=policy.limits.processes,
    )


def _resolve(path: str, what: str) -> str:
    try:
        found = str(Path(path).resolve(strict=True))
    except (OSError, RuntimeError, ValueError) as error:
        raise SandboxError(
            f"the {what} {path!r} does not exist", hint="create it, or name another one"
        ) from error
    if found == "/" or _lies_in(found, _NEVER):
        raise SandboxError(f"{path!r} is never shown to a tool", hint="grant another folder")
    return found


def _is_secret(path: str, protected: Sequence[str]) -> bool:
    return _lies_in(path, protected) or any(_is_hidden(part) for part in Path(path).parts)


def _lies_in(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _is_covered(path: str, rights: dict[str, bool]) -> bool:
    """Whether the nearest granted folder around it grants the same, so that it needs no mount of its own."""
    around = [other for other in rights if other != path and _lies_in(path, [other])]
    nearest = max(around, key=len, default="")
    return bool(nearest) and rights[nearest] == rights[path] and not _is_hidden_between(path, nearest)


def _is_hidden_between(path: str, outer: str) -> bool:
    return any(_is_hidden(part) for part in Path(path).relative_to(outer).parts)


def _is_hidden(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in HIDDEN)


def _masks(top: str, protected: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Return the paths inside a granted folder that are covered, relative to it."""
    if not Path(top).is_dir():
        return ()
    found = dict(_walk(top))
    for place in protected:
        if place != top and _lies_in(place, [top]) and os.path.lexists(place):
            found[place] = Path(place).is_dir()
    # a link is not covered but what it leads to, if that can be reached at all
    for path in [path for path in found if Path(path).is_symlink()]:
        del found[path]
        target = os.path.realpath(path)
        if target != top and _lies_in(target, [top]) and os.path.lexists(target):
            found[target] = Path(target).is_dir()
    outermost = [
        path for path in found if not any(path != other and _lies_in(path, [other]) for other in found)
    ]
    return tuple((os.path.relpath(path, top), found[path]) for path in sorted(outermost))


def _walk(top: str) -> Iterator[tuple[str, bool]]:
    """Find hidden names below a folder, at any depth; installed packages are not looked through."""
    folders, seen = [top], 0
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:  # not to be read by us: by the tool neither
            continue
        seen += len(entries)
        if seen > _MOST_ENTRIES:
            raise SandboxError(
                f"{top!r} holds more than {_MOST_ENTRIES} files, too many to look through for secrets",
                hint="start in a smaller folder, or name one with --workspace",
            )
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in entries:
            folder = entry.is_dir(follow_symlinks=False)
            if _is_hidden(entry.name):
                yield entry.path, folder
            elif folder and entry.name not in _PACKAGES:
                folders.append(entry.path)
