"""The zygote's own jail: folders it may read in, a read-only root without the host's files out."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
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
    Path(ROOT + _HOST).mkdir()
    mounts.enter_root(ROOT, ROOT + _HOST)
    for path in (*SYSTEM, *sorted(set(runtime))):
        _show(path)
    for path in DEVICES:
        _show(path, device=True)
    for folder in ("/proc", CELL, EMPTY_FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path(EMPTY_FILE).touch()
    for path, text in NAMES.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="ascii")
    mounts.bind(f"{_HOST}/proc", "/proc")
    mounts.detach(_HOST)
    Path(_HOST).rmdir()
    mounts.make_read_only("/", _SAFE)


def visible(runtime: Iterable[str]) -> tuple[str, ...]:
    """Return the paths of the jail that a cell's root shows too, outer folders first."""
    named = (*SYSTEM, *NAMES, *sorted(set(runtime)), *DEVICES)
    inner = [path for path in named if os.path.lexists(path)]
    return tuple(path for path in inner if not any(_lies_in(path, other) for other in inner))


def _lies_in(path: str, folder: str) -> bool:
    return path != folder and not os.path.islink(folder) and path.startswith(folder + "/")  # noqa: PTH114 - texts


def _show(path: str, *, device: bool = False) -> None:
    """Bind one path of the host into the jail; a link is copied as a link, an absent path left out."""
    source, target = Path(_HOST + path), Path(path)
    if not os.path.lexists(source) or os.path.lexists(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink() and path in SYSTEM and _is_relative(source):
        target.symlink_to(source.readlink())
        return
    real = _follow(path)
    if stat.S_ISDIR(real.stat().st_mode):
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.touch()
    mounts.bind(str(real), path)
    mounts.make_read_only(path, mounts.NO_SUID | (0 if device else mounts.NO_DEVICES))


def _is_relative(link: Path) -> bool:
    return not link.readlink().is_absolute()


def _follow(path: str) -> Path:
    """Resolve links of the host, whose root is a folder here."""
    current = Path(_HOST + path)
    for _ in range(40):  # as many links as the kernel follows
        if not current.is_symlink():
            return current
        aim = current.readlink()
        current = (
            Path(_HOST + str(aim)) if aim.is_absolute() else Path(os.path.normpath(current.parent / aim))
        )
    return current
