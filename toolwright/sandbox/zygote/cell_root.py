"""A cell's own file system: an order and its cloned trees in, a root that holds nothing else out."""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Final

from toolwright.sandbox.kernel import mounts
from toolwright.sandbox.kernel.syscalls import KernelError
from toolwright.sandbox.zygote.jail import CELL, EMPTY_FILE, EMPTY_FOLDER
from toolwright.sandbox.zygote.order import PACKAGES, SCRATCH, Grant, Order

_OLD: Final = "/.old"
_SAFE: Final = mounts.NO_SUID | mounts.NO_DEVICES


def build_root(shown: Sequence[str], order: Order, trees: Sequence[int]) -> None:
    """Enter an empty root with the jail's visible paths, the granted trees and the scratch space.

    Afterwards neither the jail nor any /proc can be reached. Outer paths are mounted before inner ones,
    what the jail shows comes last, so that a granted folder cannot change the Python it contains.

    Raises:
        KernelError: a mount is refused.
        OSError: a place for a mount cannot be made.
    """
    mounts.tmpfs(CELL, _SAFE, size="1m", files=2048)
    pairs = zip(order.grants, trees[: len(order.grants)], strict=True)
    granted = sorted(pairs, key=lambda pair: len(PurePath(pair[0].path).parts))
    outer = [path for path in shown if not any(_holds(grant.path, path) for grant, _ in granted)]
    for path in outer:
        _bind(path)
    for grant, tree in granted:
        _attach(grant, tree)
    for path in shown:
        if path not in outer:
            _bind(path)
    if order.folder:  # where the run starts; when nothing of it is granted, that is an empty folder
        _make_place(Path(CELL + order.folder), folder=True)
    if order.packages:
        _attach(Grant(PACKAGES, write=False), trees[len(order.grants)])
    if not order.scratch:
        target = CELL + SCRATCH
        Path(target).mkdir()
        flags = _SAFE | (0 if order.execute else mounts.NO_EXECUTE)
        size = f"{order.scratch_mb}m"
        mounts.tmpfs(target, flags, size=size, files=order.scratch_files, mode=0o700)
    Path(CELL + _OLD).mkdir()
    mounts.enter_root(CELL, CELL + _OLD)
    mounts.detach(_OLD)
    Path(_OLD).rmdir()
    mounts.make_read_only("/", _SAFE)


def _holds(folder: str, path: str) -> bool:
    return PurePath(path).is_relative_to(folder)


def _bind(path: str) -> None:
    target = Path(CELL + path)
    if Path(path).is_symlink():
        target.symlink_to(Path(path).readlink())
        return
    _make_place(target, folder=Path(path).is_dir())
    mounts.bind(path, str(target))


def _attach(grant: Grant, tree: int) -> None:
    target = Path(CELL + grant.path)
    _make_place(target, folder=stat.S_ISDIR(os.fstat(tree).st_mode))
    place = os.open(target, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    mounts.attach(tree, place, grant.path)
    os.close(place)
    if not grant.masks:
        return
    top = os.open(target, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    for path, guard in grant.masks:
        _mask(top, path, hidden=guard == "hidden")
    os.close(top)


def _mask(top: int, path: str, *, hidden: bool) -> None:
    """Cover one path inside a granted tree by something empty, or by itself, read-only.

    One that is gone needs no cover. A link is covered itself: it can be neither followed nor replaced.
    """
    try:
        target = mounts.open_beneath(top, path)
    except KernelError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            return
        raise
    folder = stat.S_ISDIR(os.fstat(target).st_mode)
    source = os.open(EMPTY_FOLDER if folder else EMPTY_FILE, os.O_PATH | os.O_CLOEXEC) if hidden else target
    cover = mounts.clone(source)
    mounts.seal(cover, mounts.READ_ONLY | (mounts.NO_EXECUTE if hidden else 0))
    mounts.attach(cover, target, path)
    for descriptor in {cover, source, target}:
        os.close(descriptor)


def _make_place(target: Path, *, folder: bool) -> None:
    """Make the folder or file that a mount needs to stand on."""
    if target.exists():
        return
    if folder:
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
