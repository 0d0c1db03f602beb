"""What a policy grants of the host's files: a policy in, an order for a cell with places to hide out."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.records import replace
from toolwright.sandbox.guarded_names import is_secret
from toolwright.sandbox.masks import lies_in, make_masks, own_files, places
from toolwright.sandbox.networks import network_kind
from toolwright.sandbox.planting import Watch, find_place
from toolwright.sandbox.public_files import public_grants
from toolwright.sandbox.survey import Seen, Survey
from toolwright.sandbox.zygote.order import Grant, Order
from toolwright.types import Policy

INNER_WORKSPACE: Final = "workspace"
"""The folder of a workspace that is granted in its place where what is guarded cannot be covered."""

_NEVER: Final = ("/proc", "/sys", "/dev")


def make_order(policy: Policy, protected: Sequence[str], survey: Survey) -> tuple[Order, Watch]:
    """Resolve a policy's paths and look for what must be covered in them; `protected` are further paths.

    The workspace, unless it is only where the run starts, and the `read` paths can be read; what lies in a
    `write` path, and scratch, written too.
    The watch is to be settled when the cell has ended; it is for what the user has, not for a scratch folder.

    Raises:
        SandboxError: a path does not exist, must not be granted, or holds too much to be looked through.
    """
    folder = _resolve(policy.workspace, "working folder") if policy.workspace else ""
    scratch = _resolve(policy.scratch, "scratch folder") if policy.scratch else ""
    writable = [_resolve(path, "granted path") for path in policy.write]
    readable = [_resolve(path, "granted path") for path in policy.read]
    hidden = places(protected)
    for path in (*writable, *readable, *([folder] if folder else [])):
        if _is_secret(path, hidden) and not (scratch and lies_in(path, [scratch])):
            raise SandboxError(f"{path!r} is never shown to a tool", hint="grant another folder")
    _check_own(writable)
    writable += [scratch] if scratch else []
    paths = sorted({*writable, *readable, *([folder] if folder and policy.sees_workspace else [])})
    rights = {path: lies_in(path, writable) for path in paths}
    needed = [path for path in paths if not _is_covered(path, rights)]
    seen = {path: survey.look(path) if Path(path).is_dir() else Seen() for path in needed}
    network = network_kind(policy.network)
    order = Order(
        folder=folder,
        scratch=scratch,
        grants=tuple(
            Grant(path, rights[path], make_masks(path, seen[path], hidden, write=rights[path]))
            for path in needed
        )
        + tuple(grant for grant in public_grants(network) if grant.path not in needed),
        execute=policy.execute,
        scratch_mb=policy.limits.scratch_mb,
        scratch_files=policy.limits.scratch_files,
        processes=policy.limits.processes,
        network=network,
        packages=_packages(policy.package_folder),
        links=_links(policy, needed),
    )
    changeable = {path: seen[path] for path in needed if rights[path] and Path(path).is_dir()}
    tops = {*changeable, *([folder] if folder and lies_in(folder, writable) else [])} - {scratch}
    return order, _watch(survey, changeable, (*hidden, *own_files()), sorted(tops))


def _check_own(writable: Sequence[str]) -> None:
    """See that no granted path is this program's own: around it, it is covered."""
    for path in writable:
        if lies_in(path, own_files()):
            raise SandboxError(
                f"{path!r} belongs to this program, which no tool may change",
                hint="start in another folder, or name one with --workspace",
            )


def is_never_shown(path: str) -> bool:
    """Tell whether an absolute path without links is shown to no tool, whatever is granted."""
    return path == "/" or lies_in(path, _NEVER) or is_secret(path)


def narrow(policy: Policy, protected: Sequence[str], survey: Survey) -> Policy:
    """Where nothing can be covered: a workspace with guarded things in it becomes its folder `workspace`.

    That folder is made when it is not there, and belongs to the owner of the workspace.

    Raises:
        SandboxError: the workspace does not exist, or the folder cannot be made.
    """
    if not policy.workspace or not policy.sees_workspace:
        return policy
    folder = _resolve(policy.workspace, "working folder")
    scratch = _resolve(policy.scratch, "scratch folder") if policy.scratch else ""
    own = bool(scratch) and lies_in(folder, [scratch])
    if own or not make_masks(folder, survey.look(folder), places(protected), write=True):
        return policy
    inner = _make_inner(folder)

    def inside(paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(inner if str(Path(path).resolve()) == folder else path for path in paths)

    return replace(policy, workspace=inner, read=inside(policy.read), write=inside(policy.write))


def _make_inner(folder: str) -> str:
    inner = Path(folder, INNER_WORKSPACE)
    try:
        if not os.path.lexists(inner):
            inner.mkdir()
            if os.getuid() == 0:
                info = Path(folder).stat()
                os.chown(inner, info.st_uid, info.st_gid, follow_symlinks=False)
        if stat.S_ISDIR(inner.lstat().st_mode):
            return str(inner)
    except OSError as error:
        raise SandboxError(
            f"the folder {str(inner)!r}, where tools are to work, cannot be made: {error.strerror}",
            hint="make it, or name another folder with --workspace",
        ) from error
    raise SandboxError(
        f"{str(inner)!r}, where tools are to work, is not a folder",
        hint="rename it, or name another folder with --workspace",
    )


def _links(policy: Policy, granted: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if not policy.links:
        return ()
    from toolwright.sandbox.links import lead_into

    return lead_into(policy.links, granted)


def _packages(folder: str) -> str:
    """Resolve the folder of the library's packages: it is ours, and the only part of `.toolwright/` shown."""
    if not folder:
        return ""
    try:
        return str(Path(folder).resolve(strict=True))
    except (OSError, RuntimeError, ValueError) as error:
        raise SandboxError(
            f"the packages in {folder!r} are not there", hint="python agent.py packages install"
        ) from error


def _resolve(path: str, what: str) -> str:
    try:
        found = str(Path(path).resolve(strict=True))
    except (OSError, RuntimeError, ValueError) as error:
        raise SandboxError(
            f"the {what} {path!r} does not exist", hint="create it, or name another one"
        ) from error
    if found == "/" or lies_in(found, _NEVER):
        raise SandboxError(f"{path!r} is never shown to a tool", hint="grant another folder")
    return found


def _is_secret(path: str, protected: Sequence[str]) -> bool:
    return lies_in(path, protected) or is_secret(path)


def _is_covered(path: str, rights: dict[str, bool]) -> bool:
    """Whether the nearest granted folder around it grants the same, so that it needs no mount of its own."""
    around = [other for other in rights if other != path and lies_in(path, [other])]
    nearest = max(around, key=len, default="")
    return bool(nearest) and rights[nearest] == rights[path] and not is_secret(path[len(nearest) :])


def _watch(
    survey: Survey, writable: Mapping[str, Seen], protected: Sequence[str], tops: Sequence[str]
) -> Watch:
    """Remember what is guarded now, so that it is known what has been there when the cell has ended."""
    known = {place for seen in writable.values() for _, place in seen.guarded.values()}
    known |= {place for place in map(find_place, protected) if place is not None}
    spared = {
        identity
        for seen in writable.values()
        for identity in (*seen.packages.values(), *seen.closed.values())
    }
    inside = tuple(path for path in protected if lies_in(path, tops))
    if any(path in inside for path in own_files()):
        import toolwright.sandbox.kernel.mounts  # noqa: F401 - settling needs it, and a tool may move us away
    return Watch(survey, tuple(tops), frozenset(known), frozenset(spared), inside)
