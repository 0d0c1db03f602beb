"""What a process gives up for good: resources, privileges, capabilities, and its life after its parent's."""

import ctypes
import resource
import signal
import struct
from typing import Final

from toolwright.sandbox.kernel.syscalls import check, libc, prctl

_PDEATHSIG: Final = 1
_DUMPABLE: Final = 4
_CAPBSET_DROP: Final = 24
_NO_NEW_PRIVS: Final = 38
_CAP_AMBIENT: Final = 47
_CLEAR_ALL: Final = 4
_CAPABILITIES: Final = 64
_CAP_VERSION_3: Final = 0x20080522

_LOCKED_BYTES: Final = 64 * 1024
_PENDING_SIGNALS: Final = 128


def die_with_parent() -> None:
    """Be killed when the thread that forked this process ends; look afterwards whether it has already.

    Raises:
        KernelError: the kernel refuses.
    """
    prctl(_PDEATHSIG, signal.SIGKILL, what="PR_SET_PDEATHSIG")


def forbid_new_privileges() -> None:
    """Let no execve raise privileges again; Landlock and seccomp ask for it.

    Raises:
        KernelError: the kernel refuses.
    """
    prctl(_NO_NEW_PRIVS, 1, what="PR_SET_NO_NEW_PRIVS")


def set_dumpable(*, dumpable: bool) -> None:
    """Say whether processes of the same user may look into this one, and whether it owns its /proc entries.

    Raises:
        KernelError: the kernel refuses.
    """
    prctl(_DUMPABLE, int(dumpable), what="PR_SET_DUMPABLE")


def drop_capabilities() -> None:
    """Empty all five sets of capabilities.

    Raises:
        KernelError: the kernel refuses.
    """
    control = libc().prctl
    for capability in range(_CAPABILITIES):
        if control(_CAPBSET_DROP, capability, 0, 0, 0) != 0:  # not permitted, or past the last one
            break
    control(_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    header = struct.pack("=Ii", _CAP_VERSION_3, 0)
    check(libc().capset(header, ctypes.create_string_buffer(24)), "capset")


def bound_processes(processes: int) -> None:
    """Bound threads and processes of this user in this user namespace, and what the kernel keeps for them."""
    for which, value in (
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_MEMLOCK, _LOCKED_BYTES),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, _PENDING_SIGNALS),
        (resource.RLIMIT_CORE, 0),
    ):
        ceiling = resource.getrlimit(which)[1]
        bound = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        resource.setrlimit(which, (bound, bound))
