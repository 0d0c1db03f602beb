"""The filter of system calls: what is granted in, a BPF program out, and the call that puts it on."""

import ctypes
import errno
import functools
import os
from typing import Final

from toolwright.sandbox.kernel.bpf import (
    ALLOW,
    AND,
    KILL_PROCESS,
    LOAD,
    MACHINE,
    NUMBER,
    Program,
    Step,
    argument,
    assemble,
    finish,
    refuse,
    unless_any_bit,
    unless_equal,
    when_any_bit,
    when_at_least,
    when_equal,
)
from toolwright.sandbox.kernel.namespaces import ANY_NEW
from toolwright.sandbox.kernel.numbers import LAST_KNOWN, X32_BIT
from toolwright.sandbox.kernel.syscalls import KernelError, number, prctl

_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2

_CLONE_THREAD: Final = 0x10000
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_STREAM, _SOCK_DATAGRAM = 1, 2
_SOCK_TYPES: Final = 0xF
_TCP, _UDP = 6, 17
_FILE_KINDS, _PIPE = 0o170000, 0o010000
_SET_ID: Final = 0o6000
_O_CREAT, _O_TMPFILE = 0x40, 0x400000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FIOSETOWN, _SIOCSPGRP = 0x8901, 0x8902
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY = 8, 10, 15, 1024, 1026

ALWAYS_DENIED: Final = """
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
    pidfd_open pidfd_getfd pidfd_send_signal
    unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick
    mount_setattr statmount listmount
    bpf perf_event_open userfaultfd uretprobe uprobe io_uring_setup io_uring_enter io_uring_register
    io_setup io_submit keyctl add_key request_key
    init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl
    quotactl_fd settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm
    modify_ldt syslog vhangup nfsservctl lsm_set_self_attr seccomp
    open_by_handle_at name_to_handle_at fanotify_init fanotify_mark inotify_add_watch lookup_dcookie
    memfd_secret memfd_create mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages vmsplice
    shmget shmat shmctl semget msgget mq_open uselib ustat _sysctl
"""
"""No grant opens these: other processes, what they open, mounts, kernel doors without a namespace, memory."""

_METADATA: Final = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat setxattr lsetxattr fsetxattr
    removexattr lremovexattr fremovexattr utimensat utime utimes futimesat
"""
"""Changes of files that Landlock does not cover: denied where no mount namespace hides the files."""

_ATTRIBUTES: Final = "getxattr lgetxattr listxattr llistxattr"
"""Reading by path what Landlock does not cover; who copies files takes it for a file system without them."""

_OF_ITSELF: Final = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
"""Calls whose first argument is a process, 0 for the caller: where others are seen, for the caller only."""

_SIGNALS: Final = "kill tkill rt_sigqueueinfo rt_tgsigqueueinfo ioprio_set"
_PROCESSES: Final = "fork vfork execve execveat"
_CONNECTIONS: Final = "connect bind listen accept accept4"


@functools.cache  # the zygote builds what its cells will ask for
def build_filter(
    *, execute: bool = False, network: bool = False, shared_files: bool = False, machine: str = ""
) -> bytes:
    """Write the filter for `machine`, this one when it is left out.

    `execute` lets processes start, `network` opens streams and datagrams of the inet families.
    `shared_files` is for a process that sees the host's files and processes: then metadata, signals and what
    else one process does to another are denied too. A call that is newer than the table answers ENOSYS, one
    of a foreign ABI ends the process.

    Raises:
        KernelError: ENOSYS, the machine is not supported.
    """
    machine = machine or os.uname().machine
    if machine not in _AUDIT_ARCH:
        raise KernelError(f"seccomp on {machine}", errno.ENOSYS)
    denied = [ALWAYS_DENIED]
    denied += [_METADATA, _SIGNALS] if shared_files else []
    denied += [] if execute else [_PROCESSES]
    denied += [] if network else [_CONNECTIONS]
    program: list[Step] = [
        Step(LOAD, MACHINE),
        *unless_equal(_AUDIT_ARCH[machine], finish(KILL_PROCESS)),
        Step(LOAD, NUMBER),
        *(when_at_least(X32_BIT, finish(KILL_PROCESS)) if machine == "x86_64" else ()),
        *when_at_least(LAST_KNOWN + 1, refuse(errno.ENOSYS)),
    ]
    for name in " ".join(denied).split():
        program += _for_call(name, machine, refuse(errno.EPERM))
    bodies = {**_by_argument(execute=execute, network=network), **(_alone() if shared_files else {})}
    for name, body in bodies.items():
        program += _for_call(name, machine, body)
    return assemble([*program, *finish(ALLOW)])


def build_own_threads_filter(process: int, machine: str = "") -> bytes:
    """Write a filter that lets a process signal threads of its own only, as `abort` does.

    Filters add up, and one that was put on may forbid the next: this one comes first.

    Raises:
        KernelError: ENOSYS, the machine is not supported.
    """
    machine = machine or os.uname().machine
    if machine not in _AUDIT_ARCH:
        raise KernelError(f"seccomp on {machine}", errno.ENOSYS)
    own = (Step(LOAD, argument(0)), *unless_equal(process, refuse(errno.EPERM)), *finish(ALLOW))
    return assemble([Step(LOAD, NUMBER), *_for_call("tgkill", machine, own), *finish(ALLOW)])


def apply_filter(program: bytes) -> None:
    """Put a filter on this process, for good; `no_new_privs` must be set.

    Raises:
        KernelError: the kernel refuses.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    description = _Description(len(program) // 8, ctypes.addressof(buffer))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(description), what="PR_SET_SECCOMP")


class _Description(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _by_argument(*, execute: bool, network: bool) -> dict[str, Program]:
    """Calls whose arguments decide; each body begins after the number matched and returns."""
    no, yes = refuse(errno.EPERM), finish(ALLOW)
    # nothing but TCP and UDP: no SCTP, MPTCP, L2TP or ICMP, which have the same types
    of_inet = (
        Step(LOAD, argument(1)),
        Step(AND, _SOCK_TYPES),
        *when_equal(_SOCK_STREAM, _protocols(_TCP)),
        *when_equal(_SOCK_DATAGRAM, _protocols(_UDP)),
        *no,
    )
    families = (*when_equal(_AF_INET, of_inet), *when_equal(_AF_INET6, of_inet)) if network else ()
    threads_only = () if execute else unless_any_bit(_CLONE_THREAD, no)
    # an end of a datagram pair could send to any path or abstract name without a socket() call
    stream_pair = (*unless_equal(_SOCK_STREAM, no), *yes)
    # a named pipe is as harmless as a file; devices and sockets are not
    pipes_only = (Step(AND, _FILE_KINDS), *when_equal(_PIPE, yes), *no)
    return {
        **_no_set_id(),
        "clone3": refuse(errno.ENOSYS),  # its flags lie in memory: the C library falls back to clone
        "clone": (Step(LOAD, argument(0)), *when_any_bit(ANY_NEW, no), *threads_only, *yes),
        "socket": (Step(LOAD, argument(0)), *families, *no),
        "socketpair": (
            Step(LOAD, argument(0)),
            *unless_equal(_AF_UNIX, no),
            Step(LOAD, argument(1)),
            Step(AND, _SOCK_TYPES),
            *stream_pair,
        ),
        "ioctl": _all_but(_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP),
        # a descriptor with an owner signals it, whoever that is; leases and notices tell of others' work
        "fcntl": _all_but(_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY),
        "mknod": (Step(LOAD, argument(1)), *pipes_only),
        "mknodat": (Step(LOAD, argument(2)), *pipes_only),
        "personality": (
            Step(LOAD, argument(0)),
            *when_equal(0, yes),
            *when_equal(0xFFFFFFFF, yes),
            *no,
        ),
    }


def _alone() -> dict[str, Program]:
    """Calls that reach other processes of the user, or attributes of files, where both can be seen."""
    no, yes = refuse(errno.EPERM), finish(ALLOW)
    itself = (Step(LOAD, argument(0)), *when_equal(0, yes), *no)
    both = (Step(LOAD, argument(0)), *unless_equal(0, no), Step(LOAD, argument(1)), *unless_equal(0, no))
    return {
        **dict.fromkeys(_OF_ITSELF.split(), itself),
        **dict.fromkeys(_ATTRIBUTES.split(), refuse(errno.ENOTSUP)),
        "setpriority": (*both, *yes),  # of a process, of this one
    }


def _all_but(*commands: int) -> Program:
    """Allow a call unless its second argument is one of these."""
    refused = (step for command in commands for step in when_equal(command, refuse(errno.EPERM)))
    return (Step(LOAD, argument(1)), *refused, *finish(ALLOW))


def _no_set_id() -> dict[str, Program]:
    """No file becomes a program with its owner's rights: it would run outside, for whoever starts it."""
    no, yes = refuse(errno.EPERM), finish(ALLOW)

    def unless_set_id(place: int) -> Program:
        return (Step(LOAD, argument(place)), *when_any_bit(_SET_ID, no), *yes)

    def when_made(flags: int) -> Program:  # without a new file the mode is whatever happens to be there
        return (
            Step(LOAD, argument(flags)),
            *unless_any_bit(_O_CREAT | _O_TMPFILE, yes),
            *unless_set_id(flags + 1),
        )

    modes = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2, "creat": 1}
    return {
        **{name: unless_set_id(place) for name, place in modes.items()},
        "open": when_made(1),
        "openat": when_made(2),
        "openat2": refuse(errno.ENOSYS),  # its mode lies in memory; who uses it knows kernels without it
    }


def _protocols(named: int) -> Program:
    """Allow a type's usual protocol, by its number or left open."""
    yes = finish(ALLOW)
    return (
        Step(LOAD, argument(2)),
        *when_equal(0, yes),
        *when_equal(named, yes),
        *refuse(errno.EPERM),
    )


def _for_call(name: str, machine: str, body: Program) -> Program:
    try:
        return when_equal(number(name, machine), body)
    except KernelError:  # the machine has no such call
        return ()
