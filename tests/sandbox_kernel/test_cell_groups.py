"""Cells whose processes are counted together, where the kernel can: groups are used, hold, and go."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.cell_groups import cell_group, cgroup_state, controls, run_in
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.grants import make_order
from toolwright.sandbox.levels import try_level
from toolwright.sandbox.survey import Survey
from toolwright.types import Limits, Policy

HUNGRY = """
import os

def f(children, megabytes):
    for _ in range(children):
        if os.fork() == 0:
            bytearray(megabytes << 20)
            os._exit(0)
    return [os.wait()[1] for _ in range(children)]
"""


@pytest.fixture(scope="module")
def box():
    """A sandbox at level full."""
    fault = try_level("full")
    if fault:
        pytest.skip(f"level full does not work here: {fault}")
    with ConfinedSandbox("full") as box:
        yield box


@pytest.fixture
def hierarchy():
    """A folder of cgroup2 in which groups can be made, with or without controllers."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        place = Path(line.split(" ")[4])
        if " - cgroup2 " in line and os.access(place / "cgroup.procs", os.W_OK):
            return place
    pytest.skip("no cgroup2 here that this user may write to")


def members(group):
    """The processes in a group."""
    return (group / "cgroup.procs").read_text(encoding="ascii").split()


def test_all_processes_of_a_cell_join_its_group_and_leave_with_it(box, hierarchy):
    """While the tool runs, its own processes are members and nobody else; afterwards the group is gone."""
    source = """
import os, time
def f():
    for _ in range(2):
        if os.fork() == 0:
            time.sleep(30)
    time.sleep(1)
    return 1
"""
    with cell_group(str(hierarchy), {}) as group, ThreadPoolExecutor(1) as pool:

        def run(request, policy, bounds, on_frame):
            order, _ = make_order(policy, (), Survey())
            return run_in(group, box._opened().run, (), order, request, bounds, on_frame)

        calling = pool.submit(Caller("full", (), run).call, source, "f", {}, Policy(execute=True))
        seen = []
        while not calling.done():  # while the tool sleeps all of them are there
            seen = max(seen, members(group), key=len)
            time.sleep(0.01)
        answer = calling.result()
        deadline = time.monotonic() + 30  # the kernel takes the dead out a moment later
        while (left := members(group)) and time.monotonic() < deadline:
            time.sleep(0.01)

    assert answer.result.value == 1
    assert len(seen) == 5  # maker, process 1, the tool and its two children
    assert str(os.getpid()) not in seen
    assert left == []
    assert not group.exists()


def test_a_group_takes_what_is_left_in_it_with_it(hierarchy):
    """A process that is still a member when the block ends is killed."""
    with cell_group(str(hierarchy), {}) as group:
        child = os.fork()
        if child == 0:
            (group / "cgroup.procs").write_text("0", encoding="ascii")
            time.sleep(60)
            os._exit(0)
        while not members(group):
            time.sleep(0.01)
        if not (group / "cgroup.kill").exists():
            os.kill(child, 9)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert not group.exists()


def test_a_group_that_cannot_be_bounded_is_refused_and_removed(tmp_path):
    """Where a setting is not accepted, there is an error and no group."""
    with pytest.raises(SandboxError, match="no group can be made"), cell_group(str(tmp_path / "absent"), {}):
        pass

    with pytest.raises(SandboxError, match="made"), cell_group(str(tmp_path), {"no.such": "1"}):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_group_is_given_the_limits_of_the_whole_cell():
    """Memory, with the scratch space that lies in it, and processes, with the two that are ours."""
    settings = controls(Limits(memory_mb=100, scratch_mb=28, processes=5))

    assert settings["memory.max"] == str(128 << 20)
    assert settings["pids.max"] == "7"
    assert settings["memory.swap.max"] == "0"


def test_the_state_says_where_or_why_not():
    """Either there is a folder that can be used, or a reason."""
    state = cgroup_state()

    assert bool(state.folder) != bool(state.why)


def test_memory_is_bounded_for_all_processes_together(box):
    """Processes that each stay below the limit, and together do not, are ended, and the limit is named."""
    state = cgroup_state()
    if not state.folder:
        pytest.skip(f"processes of a cell cannot be counted together here: {state.why}")
    policy = Policy(execute=True, limits=Limits(memory_mb=128, processes=12))

    result = box.call(HUNGRY, "f", {"children": 4, "megabytes": 100}, policy)

    assert result.status == "limit"
    assert "together needed more than 128 MB" in result.message
