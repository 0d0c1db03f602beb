"""Mounts: paths and descriptors of trees in, a changed file system out. Each failure names its target."""

import os
import struct
from typing import Final

from toolwright.sandbox.kernel.syscalls import call, check, libc

READ_ONLY: Final = 1
NO_SUID: Final = 2
NO_DEVICES: Final = 4
NO_EXECUTE: Final = 8
"""Flags of `tmpfs` and of `seal`; mount(2) and mount_setattr(2) agree on these four."""

_REMOUNT: Final = 32
_BIND: Final = 4096
_RECURSIVE: Final = 16384
_PRIVATE: Final = 1 << 18
_SLAVE: Final = 1 << 19
_DETACH: Final = 2

_ID_MAPPED: Final = 0x00100000
_EMPTY_PATH: Final = 0x1000
_AT_RECURSIVE: Final = 0x8000
_CLONE: Final = 1
_MOVE_FROM_EMPTY: Final = 0x4
_MOVE_TO_EMPTY: Final = 0x40

_NO_MAGIC_LINKS: Final = 0x02
_NO_SYMLINKS: Final = 0x04
_BENEATH: Final = 0x08


def make_private(*, follow: bool = False) -> None:
    """Stop mounts of this namespace from reaching any other; with `follow`, those of others come in.

    Raises:
        KernelError: the kernel refuses.
    """
    _mount(None, "/", None, _RECURSIVE | (_SLAVE if follow else _PRIVATE), None)


def tmpfs(target: str, flags: int, *, size: str, files: int, mode: int = 0o755) -> None:
    """Mount an empty file system in memory: `size` such as "32m", at most `files` inodes.

    Raises:
        KernelError: the kernel refuses.
    """
    _mount("tmpfs", target, "tmpfs", flags, f"size={size},nr_inodes={files},mode={mode:o}")


def bind(source: str, target: str) -> None:
    """Show the tree at `source`, with what is mounted in it, at `target` too.

    Raises:
        KernelError: the kernel refuses.
    """
    _mount(source, target, None, _BIND | _RECURSIVE, None)


def make_read_only(target: str, flags: int) -> None:
    """Remount the mount at `target` read-only, with further flags.

    Raises:
        KernelError: the kernel refuses.
    """
    _mount(None, target, None, _REMOUNT | _BIND | READ_ONLY | flags, None)


def enter_root(new: str, old: str) -> None:
    """Make the mount `new` the root, the old root comes to `old` inside it; ends in the new root.

    Raises:
        KernelError: the kernel refuses.
    """
    call("pivot_root", os.fsencode(new), os.fsencode(old))
    os.chdir("/")


def detach(target: str) -> None:
    """Take a mount away with all that is mounted in it.

    Raises:
        KernelError: the kernel refuses.
    """
    check(libc().umount2(os.fsencode(target), _DETACH), f"umount {target}")


def clone(descriptor: int) -> int:
    """Copy the tree at a descriptor (O_PATH) as a mount that is nowhere yet; its descriptor is the answer.

    Raises:
        KernelError: the kernel refuses.
    """
    flags = _CLONE | os.O_CLOEXEC | _EMPTY_PATH | _AT_RECURSIVE
    return call("open_tree", descriptor, b"", flags)


def seal(tree: int, flags: int, id_map: int = -1) -> None:
    """Set flags on a cloned tree, and map owners by the user namespace `id_map` when one is given.

    Raises:
        KernelError: the kernel or the file system cannot do that (EINVAL: no mapping of owners there).
    """
    mapped = _ID_MAPPED if id_map >= 0 else 0
    attributes = struct.pack("=QQQQ", flags | mapped, 0, 0, max(id_map, 0))
    call("mount_setattr", tree, b"", _EMPTY_PATH | _AT_RECURSIVE, attributes, len(attributes))


def attach(tree: int, target: int, what: str) -> None:
    """Mount a cloned tree over what the descriptor `target` stands for.

    Raises:
        KernelError: the kernel refuses.
    """
    call("move_mount", tree, b"", target, b"", _MOVE_FROM_EMPTY | _MOVE_TO_EMPTY, what=f"move_mount {what}")


def open_beneath(folder: int, path: str) -> int:
    """Open (O_PATH) a relative path that neither leaves the folder nor follows any link; it may be one.

    Raises:
        KernelError: there is no such path (ENOENT), or a link stands in the way (ELOOP).
    """
    flags = os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW
    how = struct.pack("=QQQ", flags, 0, _BENEATH | _NO_SYMLINKS | _NO_MAGIC_LINKS)
    return call("openat2", folder, os.fsencode(path), how, len(how), what=f"openat2 {path}")


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    def text(value: str | None) -> bytes | None:
        return None if value is None else os.fsencode(value)

    answer = libc().mount(text(source), text(target), text(kind), flags, text(data))
    check(answer, f"mount {target}")
