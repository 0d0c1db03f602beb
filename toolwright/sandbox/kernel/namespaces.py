"""Namespaces of the calling process: which ones to leave in, new ones out; ids are mapped one to one."""

import errno
import os
from typing import Final

from toolwright.sandbox.kernel.syscalls import KernelError, check, libc

NEW_MOUNT: Final = 0x00020000
NEW_CGROUP: Final = 0x02000000
NEW_UTS: Final = 0x04000000
NEW_IPC: Final = 0x08000000
NEW_USER: Final = 0x10000000
NEW_PID: Final = 0x20000000
NEW_NET: Final = 0x40000000
ANY_NEW: Final = NEW_MOUNT | NEW_CGROUP | NEW_UTS | NEW_IPC | NEW_USER | NEW_PID | NEW_NET


def leave(flags: int) -> None:
    """Leave the named namespaces for new ones; of NEW_PID only children notice.

    Raises:
        KernelError: the kernel does not allow it.
    """
    check(libc().unshare(flags), "unshare")


def map_ids(uid: tuple[int, int], gid: tuple[int, int]) -> None:
    """Map one user and one group, each (inside, outside), after NEW_USER.

    Raises:
        KernelError: /proc is not there, or the kernel refuses the map.
    """
    _write("/proc/self/setgroups", "deny", {errno.ENOENT})
    _write("/proc/self/uid_map", f"{uid[0]} {uid[1]} 1")
    _write("/proc/self/gid_map", f"{gid[0]} {gid[1]} 1")


def set_hostname(name: str) -> None:
    """Name the machine, after NEW_UTS.

    Raises:
        KernelError: the kernel refuses.
    """
    data = name.encode()
    check(libc().sethostname(data, len(data)), "sethostname")


def _write(path: str, text: str, accepted: frozenset[int] | set[int] = frozenset()) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in accepted:
            raise KernelError(f"write {path}", error.errno or errno.EIO) from error
