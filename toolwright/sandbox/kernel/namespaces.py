"""Namespaces of the calling process: which ones to leave in, new ones out; ids are mapped one to one."""

import ctypes
import errno
import mmap
import os
import signal
import struct
from typing import Final

from toolwright.sandbox.kernel.syscalls import KernelError, check, libc

NEW_MOUNT: Final = 0x00020000
NEW_CGROUP: Final = 0x02000000
NEW_UTS: Final = 0x04000000
NEW_IPC: Final = 0x08000000
NEW_USER: Final = 0x10000000
NEW_PID: Final = 0x20000000
NEW_NET: Final = 0x40000000
_GET_FLAGS, _SET_FLAGS = 0x8913, 0x8914
_INTERFACE_UP: Final = 1
ANY_NEW: Final = NEW_MOUNT | NEW_CGROUP | NEW_UTS | NEW_IPC | NEW_USER | NEW_PID | NEW_NET

_SHARE_MEMORY: Final = 0x00000100
_STACK: Final = 1 << 14


def leave(flags: int) -> None:
    """Leave the named namespaces for new ones; of NEW_PID only children notice.

    Raises:
        KernelError: the kernel does not allow it.
    """
    check(libc().unshare(flags), "unshare")


def enter(descriptor: int, kind: int) -> None:
    """Enter the namespace that a descriptor stands for; `kind` is one of the NEW_ flags.

    Raises:
        KernelError: it is of another kind, or the kernel does not allow it.
    """
    check(libc().setns(descriptor, kind), "setns")


def raise_loopback() -> None:
    """Bring up the one interface of a new network, so that 127.0.0.1 and ::1 can be reached in it.

    Raises:
        KernelError: the process has no rights over its network.
    """
    import fcntl
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as any_socket:
            request = bytearray(struct.pack("16sh22x", b"lo", 0))
            fcntl.ioctl(any_socket, _GET_FLAGS, request)
            flags = struct.unpack_from("h", request, 16)[0] | _INTERFACE_UP
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags))
    except OSError as error:
        raise KernelError("bring up the loopback interface", error.errno or errno.EIO) from error


def map_ids(uid: tuple[int, int], gid: tuple[int, int]) -> None:
    """Map one user and one group, each (inside, outside), after NEW_USER.

    Raises:
        KernelError: /proc is not there, or the kernel refuses the map.
    """
    _write("/proc/self/setgroups", "deny", {errno.ENOENT})
    _write("/proc/self/uid_map", f"{uid[0]} {uid[1]} 1")
    _write("/proc/self/gid_map", f"{gid[0]} {gid[1]} 1")


def start_init() -> int:
    """Start process 1 of the pid namespace left for with NEW_PID, and return its number here.

    It runs no code of ours and copies no memory: it sleeps, buries orphans, and ends all when it is killed.
    Its signals are those of the caller, so SIGCHLD should be ignored.

    Raises:
        KernelError: the kernel refuses.
    """
    stack = mmap.mmap(-1, _STACK)
    place = ctypes.c_char.from_buffer(stack)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(place))  # in use as long as this process lives
    top = ctypes.addressof(place) + _STACK
    pause = ctypes.cast(libc().pause, ctypes.c_void_p)
    flags = _SHARE_MEMORY | signal.SIGCHLD
    return check(libc().clone(pause, ctypes.c_void_p(top), flags, None), "clone process 1")


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
