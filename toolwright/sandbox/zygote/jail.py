"""The zygote's own jail: folders it may read in, a read-only root without the host's files out."""

import os
import stat
from collections.abc import Iterable
from typing import Final

from toolwright.sandbox.kernel import mounts

ROOT: Final = "/tmp"  # noqa: S108 - only a folder that is always there; the jail is mounted over it
CELL: Final = "/cell"
"""Where a cell builds its own root before it enters it."""

EMPTY_FOLDER: Final = "/empty/folder"
EMPTY_FILE: Final = "/empty/file"

SYSTEM: Final = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/localtime")
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

NAMES: Final = {
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""Files of our own in place of the host's: a test's server is found by its name, and nobody else."""

_HOST: Final = "/host"
_SAFE: Final = mounts.NO_SUID | mounts.NO_DEVICES


def build_jail(runtime: Iterable[str]) -> None:
    """Enter a root that holds the system's programs and the runtime, read-only, and the host's /proc.

    The process must have mount and user rights over its mount namespace. /proc serves for the maps of
    user namespaces only: cells have none.

    Raises:
        KernelError: a mount is refused.
        OSError: a folder cannot be made.
    """
    mounts.tmpfs(ROOT, _SAFE, size="1m", files=1024)
    os.mkdir(ROOT + _HOST)
    mounts.enter_root(ROOT, ROOT + _HOST)
    for path in (*SYSTEM, *sorted(set(runtime))):
        _show(path)
    for path in DEVICES:
        _show(path, device=True)
    for folder in ("/proc", CELL, EMPTY_FOLDER):
        os.makedirs(folder, exist_ok=True)
    _write(EMPTY_FILE)
    for path, text in NAMES.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _write(path, text)
    mounts.bind(f"{_HOST}/proc", "/proc")
    mounts.detach(_HOST)
    os.rmdir(_HOST)
    mounts.make_read_only("/", _SAFE)


def visible(runtime: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of the jail that a cell's root shows too, outer folders first."""
    named = (*SYSTEM, *NAMES, *sorted(set(runtime)), *DEVICES)
    inner = [path for path in named if os.path.lexists(path)]
    return tuple(path for path in inner if not any(_lies_in(path, other) for other in inner))


def _lies_in(path: str, folder: str) -> bool:
    return path != folder and not os.path.islink(folder) and path.startswith(folder + "/")


def _show(path: str, *, device: bool = False) -> None:
    """Bind one path of the host into the jail; a link is copied as a link, an absent path left out."""
    source = (_HOST + path).rstrip("/")  # behind a slash, a link would be followed
    if not os.path.lexists(source) or os.path.lexists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(source) and path in SYSTEM and not os.path.isabs(os.readlink(source)):
        os.symlink(os.readlink(source), path)
        return
    real = _follow(path)
    if stat.S_ISDIR(os.stat(real).st_mode):
        os.makedirs(path, exist_ok=True)
    else:
        _write(path)
    mounts.bind(real, path)
    mounts.make_read_only(path, mounts.NO_SUID | (0 if device else mounts.NO_DEVICES))


def _write(path: str, text: str = "") -> None:
    with open(path, "wb") as file:  # no codec can be loaded before everything is there
        file.write(text.encode())


def _follow(path: str) -> str:
    """Resolve links of the host, whose root is a folder here."""
    current = (_HOST + path).rstrip("/")
    for _ in range(40):  # as many links as the kernel follows
        if not os.path.islink(current):
            return current
        aim = os.readlink(current)
        beside = os.path.normpath(os.path.join(os.path.dirname(current), aim))
        current = (_HOST + aim).rstrip("/") if os.path.isabs(aim) else beside
    return current
