"""Runs a command on a poorer machine: `poor_machine.py FLAGS COMMAND...`, FLAGS joined with "+".

`container`: no namespaces and no mounts, as in Docker by default; `no-landlock`: the kernel has none;
`no-filters`: no further seccomp filter can be put on.
"""

import ctypes
import errno
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from toolwright.sandbox.kernel import limits, seccomp
from toolwright.sandbox.kernel.bpf import (
    ALLOW,
    LOAD,
    NUMBER,
    Step,
    argument,
    assemble,
    finish,
    refuse,
    when_any_bit,
    when_equal,
)
from toolwright.sandbox.kernel.namespaces import ANY_NEW
from toolwright.sandbox.kernel.syscalls import libc, number

CONTAINER = "unshare setns mount umount2 pivot_root open_tree move_mount fsopen fsmount mount_setattr chroot"
LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
FILTER = 22
"""The prctl option that puts a filter on."""

DOCKER_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}


def build(flags):
    """Return the filter of such a machine."""
    program = [Step(LOAD, NUMBER)]
    if "container" in flags:
        for name in CONTAINER.split():
            program += when_equal(number(name), refuse(errno.EPERM))
        program += when_equal(number("clone3"), refuse(errno.ENOSYS))
    if "no-landlock" in flags:
        for name in LANDLOCK.split():
            program += when_equal(number(name), refuse(errno.EOPNOTSUPP))
    if "container" in flags:
        body = (Step(LOAD, argument(0)), *when_any_bit(ANY_NEW, refuse(errno.EPERM)), *finish(ALLOW))
        program += when_equal(number("clone"), body)
    return assemble([*program, *finish(ALLOW)])


def main(words):
    """Become poor, then become the command."""
    flags = set(words[0].split("+"))
    if "container" in flags:
        for capability in set(range(41)) - DOCKER_CAPABILITIES:
            libc().prctl(24, capability, 0, 0, 0)
    if "user" in flags:
        os.setgroups([])
        os.setresgid(1234, 1234, 1234)
        os.setresuid(1234, 1234, 1234)
    limits.forbid_new_privileges()
    program = build(flags)
    if "no-filters" in flags:
        deny = when_equal(FILTER, refuse(errno.EINVAL))
        last = assemble(
            [
                Step(LOAD, NUMBER),
                *when_equal(157, (Step(LOAD, argument(0)), *deny, *finish(ALLOW))),
                *finish(ALLOW),
            ]
        )
        seccomp.apply_filter(program)
        seccomp.apply_filter(last)
    else:
        seccomp.apply_filter(program)
    ctypes.set_errno(0)
    os.execv(words[1], words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
