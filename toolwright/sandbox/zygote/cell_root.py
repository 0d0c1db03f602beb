"""A cell's own file system: an order and its cloned trees in, a root that holds nothing else out."""

import contextlib
import errno
import functools
import os
import stat
from collections.abc import Sequence
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
    granted = sorted(pairs, key=lambda pair: pair[0].path.count("/"))
    made = {CELL}
    inner: list[str] = []
    for path in shown:
        if any(_holds(grant.path, path) for grant, _ in granted):
            inner.append(path)
        else:
            _bind(path, made)
    for grant, tree in granted:
        _attach(grant, tree, made)
    for path in inner:
        _bind(path, made)
    for link, aim in order.links:
        with contextlib.suppress(OSError):  # something else is shown there
            _make_folders((CELL + link).rpartition("/")[0], made)
            os.symlink(aim, CELL + link)
    if order.folder:  # where the run starts; when nothing of it is granted, that is an empty folder
        _make_place(CELL + order.folder, made, folder=True)
    if order.packages:
        _attach(Grant(PACKAGES, write=False), trees[len(order.grants)], made)
    if not order.scratch:
        target = CELL + SCRATCH
        _make_place(target, made, folder=True)
        flags = _SAFE | (0 if order.execute else mounts.NO_EXECUTE)
        size = f"{order.scratch_mb}m"
        mounts.tmpfs(target, flags, size=size, files=order.scratch_files, mode=0o700)
    _make_place(CELL + _OLD, made, folder=True)
    mounts.enter_root(CELL, CELL + _OLD)
    mounts.detach(_OLD)
    os.rmdir(_OLD)
    mounts.make_read_only("/", _SAFE)


def look_at(shown: Sequence[str]) -> None:
    """Find out what the shown paths are, in the zygote, so that no cell has to."""
    for path in shown:
        _link_or_kind(path)


@functools.cache
def _link_or_kind(path: str) -> str | bool:
    """Return where a link leads, or for anything else whether it is a folder."""
    mode = os.lstat(path).st_mode
    return os.readlink(path) if stat.S_ISLNK(mode) else stat.S_ISDIR(mode)


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def _bind(path: str, made: set[str]) -> None:
    what = _link_or_kind(path)
    if isinstance(what, str):
        _make_folders(os.path.dirname(CELL + path), made)
        os.symlink(what, CELL + path)
        return
    _make_place(CELL + path, made, folder=what)
    mounts.bind(path, CELL + path)


def _attach(grant: Grant, tree: int, made: set[str]) -> None:
    target = CELL + grant.path
    _make_place(target, made, folder=stat.S_ISDIR(os.fstat(tree).st_mode))
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


def _make_place(target: str, made: set[str], *, folder: bool) -> None:
    """Make the folder or file that a mount needs to stand on; `made` are the folders that are there."""
    if folder:
        _make_folders(target, made)
        return
    _make_folders(target.rpartition("/")[0], made)
    if not os.path.lexists(target):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644))


def _make_folders(target: str, made: set[str]) -> None:
    if target in made:
        return
    _make_folders(target.rpartition("/")[0], made)
    with contextlib.suppress(FileExistsError):
        os.mkdir(target)
    made.add(target)
