"""What the filter of system calls says, on a machine that runs it here: no privileges are needed."""

import errno
import re
from pathlib import Path

import pytest
from bpf_machine import ARCHES, run
from hypothesis import given
from hypothesis import strategies as st

from toolwright.sandbox.kernel.bpf import RETURN, Step, assemble
from toolwright.sandbox.kernel.numbers import LAST_KNOWN, NUMBERS, X32_BIT
from toolwright.sandbox.kernel.seccomp import ALWAYS_DENIED, build_filter, build_own_threads_filter
from toolwright.sandbox.kernel.syscalls import KernelError, number

MACHINES = sorted(ARCHES)
VARIANTS = [{}, {"execute": True}, {"network": True}, {"shared_files": True}]


def ask(machine, name, *arguments, **variant):
    """The verdict on one call by name."""
    program = build_filter(machine=machine, **variant)
    return run(program, number(name, machine), arguments, ARCHES[machine])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_always_denied_stays_denied(machine, variant):
    """No grant opens a call that is always denied."""
    program = build_filter(machine=machine, **variant)
    column = MACHINES.index(machine) == 0
    numbers = {name: NUMBERS[name][int(column)] for name in ALWAYS_DENIED.split()}
    verdicts = {n: run(program, at, (), ARCHES[machine]) for n, at in numbers.items() if at is not None}

    assert len(verdicts) > 60
    assert set(verdicts.values()) == {errno.EPERM}


@pytest.mark.parametrize("machine", MACHINES)
@given(unknown=st.integers(LAST_KNOWN + 1, X32_BIT - 1))
def test_unknown_calls_do_not_exist(machine, unknown):
    """A call that is newer than the table answers ENOSYS."""
    assert run(build_filter(machine=machine), unknown, (), ARCHES[machine]) == errno.ENOSYS


@given(arch=st.integers(0, 2**32 - 1), call=st.integers(0, 2**32 - 1))
def test_a_foreign_abi_ends_the_process(arch, call):
    """Whatever the call is, another machine's ABI is killed; so are x32 numbers."""
    program = build_filter(machine="x86_64")

    if arch != ARCHES["x86_64"]:
        assert run(program, call, (), arch) == "kill"
    assert run(program, call | X32_BIT) == "kill"


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_start_and_processes_do_not(machine):
    """Clone is for threads only unless processes are granted, and never for namespaces."""
    thread, process, namespace = 0x10000 | 0x100, 17, 0x10000000 | 17

    assert ask(machine, "clone", thread) == "allow"
    assert ask(machine, "clone", process) == errno.EPERM
    assert ask(machine, "clone", process, execute=True) == "allow"
    assert ask(machine, "clone", namespace, execute=True) == errno.EPERM
    assert ask(machine, "clone3", execute=True) == errno.ENOSYS
    assert ask(machine, "execve") == errno.EPERM
    assert ask(machine, "execve", execute=True) == "allow"


@pytest.mark.parametrize("machine", MACHINES)
@given(
    family=st.one_of(st.integers(0, 64), st.sampled_from([2, 10])),
    kind=st.integers(0, 15),
    flags=st.sampled_from([0, 0o2000000, 0o4000]),
    protocol=st.sampled_from([0, 1, 6, 17, 58, 115, 132, 136, 255, 256, 262]),
)
def test_sockets_are_of_the_inet_families_only(machine, family, kind, flags, protocol):
    """Without the network grant there is no socket; with it, TCP and UDP over IPv4 and IPv6, nothing else."""
    assert ask(machine, "socket", family, kind | flags, protocol) == errno.EPERM
    granted = ask(machine, "socket", family, kind | flags, protocol, network=True)
    usual = protocol in {1: {0, 6}, 2: {0, 17}}.get(kind, set())
    assert granted == ("allow" if family in {2, 10} and usual else errno.EPERM)


@pytest.mark.parametrize("machine", MACHINES)
@given(family=st.integers(0, 64), kind=st.integers(0, 15), flags=st.sampled_from([0, 0o2000000, 0o4000]))
def test_only_stream_pairs_are_made(machine, family, kind, flags):
    """A pair of datagram sockets could send anywhere without a socket call."""
    expected = "allow" if (family, kind) == (1, 1) else errno.EPERM
    assert ask(machine, "socketpair", family, kind | flags) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_shared_files_also_close_metadata_and_signals(machine):
    """Where the host's files can be seen, what Landlock does not cover is denied."""
    for name in ("fchmod", "fchownat", "utimensat", "setxattr", "kill", "tkill"):
        assert ask(machine, name) == "allow"
        assert ask(machine, name, shared_files=True) == errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_a_process_signals_no_threads_but_its_own(machine):
    """`abort` signals the calling thread; the threads of any other process are out of reach."""
    program = build_own_threads_filter(4711, machine)
    for process, expected in ((4711, "allow"), (4712, errno.EPERM), (0, errno.EPERM), (1, errno.EPERM)):
        assert run(program, number("tgkill", machine), (process,), ARCHES[machine]) == expected
    assert run(program, number("tgkill", machine) + 1, (), ARCHES[machine]) == "allow"


@pytest.mark.parametrize("machine", MACHINES)
def test_where_other_processes_are_seen_a_call_is_for_the_caller_only(machine):
    """Limits, priority and scheduling of others are out of reach, and attributes of files read as absent."""
    for name in ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"):
        assert ask(machine, name, 4711) == "allow"
        assert ask(machine, name, 0, shared_files=True) == "allow"
        assert ask(machine, name, 4711, shared_files=True) == errno.EPERM
    assert ask(machine, "setpriority", 0, 0, 19, shared_files=True) == "allow"
    assert ask(machine, "setpriority", 0, 4711, 19, shared_files=True) == errno.EPERM
    assert ask(machine, "setpriority", 2, 0, 19, shared_files=True) == errno.EPERM
    for name in ("getxattr", "lgetxattr", "listxattr", "llistxattr"):
        assert ask(machine, name, shared_files=True) == errno.ENOTSUP


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_descriptor_signals_or_watches_others(machine, variant):
    """A descriptor gets no owner, no lease and no notices; what descriptors are usually asked for works."""
    for command in (8, 10, 15, 1024, 1026):
        assert ask(machine, "fcntl", 3, command, **variant) == errno.EPERM
    for command in (0x5412, 0x541C, 0x8901, 0x8902):
        assert ask(machine, "ioctl", 3, command, **variant) == errno.EPERM
    for command in (0, 1, 2, 3, 4, 5, 6, 7, 9, 1030, 1031):
        assert ask(machine, "fcntl", 3, command, **variant) == "allow"
    assert ask(machine, "ioctl", 3, 0x5401, **variant) == "allow"


def test_other_machines_are_said_to_be_unsupported():
    """No filter is written for a machine whose numbers are not known."""
    with pytest.raises(KernelError, match="seccomp on riscv64") as caught:
        build_filter(machine="riscv64")

    assert caught.value.errno == errno.ENOSYS
    assert "ENOSYS" in str(caught.value)


@pytest.mark.parametrize(
    "program", [[], [Step(0x20, 0)], [Step(0x15, 0, 1, 0), Step(RETURN, 0)], [Step(RETURN, 0)] * 4097]
)
def test_a_filter_that_leaves_itself_is_not_assembled(program):
    """A program must end with a return and jump only inside itself."""
    with pytest.raises(ValueError, match=r"filter"):
        assemble(program)


@pytest.mark.parametrize(
    ("header", "column"),
    [("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0), ("/usr/include/asm-generic/unistd.h", 1)],
)
def test_the_numbers_are_the_kernels(header, column):
    """The table agrees with the kernel's own headers wherever those know the name."""
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    text = Path(header).read_text(encoding="utf-8")
    known = {name: int(n) for name, n in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text)}
    checked = {name: both[column] for name, both in NUMBERS.items() if name in known}

    assert len(checked) > 80
    assert checked == {name: known[name] for name in checked}
