"""Bounds on all processes of a cell together: limits in, a cgroup (version 2) out that goes with the cell.

Where no such group can be made, each process has its own bound, so that a cell can use as much memory as
its limits allow one process, times the number of processes that they allow.
"""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.records import dataclass, replace
from toolwright.sandbox.spawn import Ended
from toolwright.sandbox.zygote.order import Order
from toolwright.types import Limits

CONTROLLERS: Final = frozenset({"memory", "pids"})

_MAKERS: Final = 2
"""Processes of a cell that are ours."""

_PATIENCE_S: Final = 2.0
_PAUSE_S: Final = 0.005


@dataclass(frozen=True, slots=True)
class CgroupState:
    """`folder` is where groups for cells can be made, "" for nowhere; `why` says what is missing then."""

    folder: str
    why: str = ""


@functools.cache
def cgroup_state() -> CgroupState:
    """Find, by trying, where this user may make a group whose memory and processes the kernel counts."""
    own = _own_group()
    if own is None:
        return CgroupState("", "no cgroup of version 2 is mounted here")
    mount, group = own
    for folder in (group, *group.parents):
        if not folder.is_relative_to(mount):
            break
        if _words(folder / "cgroup.subtree_control") >= CONTROLLERS and _can_hold(folder):
            return CgroupState(str(folder))
    given = " and ".join(sorted(CONTROLLERS))
    return CgroupState("", f"the controllers {given} are not delegated to this user in {group} or above it")


def controls(limits: Limits) -> dict[str, str]:
    """Return what is written into a group; its scratch space, which lies in memory, counts there too."""
    return {
        "memory.max": str((limits.memory_mb + limits.scratch_mb) << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": str(limits.processes + _MAKERS),
    }


@contextlib.contextmanager
def cell_group(folder: str, settings: Mapping[str, str]) -> Iterator[Path]:
    """Make a group below `folder`; in the end everything in it is killed and it is removed.

    Raises:
        SandboxError: it cannot be made, or is not given what is set.
    """
    group = Path(folder, f"toolwright-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        group.mkdir()
        for name, value in settings.items():
            if (
                name != "memory.swap.max" or (group / name).exists()
            ):  # a kernel without swap has no such bound
                _write(group / name, value)
    except OSError as error:
        _remove(group)
        raise SandboxError(f"no group can be made for the tool's processes: {error}") from error
    try:
        yield group
    finally:
        _remove(group)


def run_bounded(
    run: Callable[..., Ended],
    folder: str,
    limits: Limits,
    brought: Sequence[int],
    order: Order,
    *talk: object,
) -> Ended:
    """Have an order carried out by `run` (that of `Zygotes`) in a group of its own below `folder`.

    `brought` are descriptors that the order comes with anyway, `talk` is the rest of what `run` takes.

    Raises:
        SandboxError: there can be no group, or `run` raises it.
    """
    with cell_group(folder, controls(limits)) as group:
        ended = run_in(group, run, brought, order, *talk)
        if _count(group / "memory.events", "oom_kill"):
            what = f"the tool's processes together needed more than {limits.memory_mb} MB of memory"
            return replace(ended, refused=what)
        return ended


def run_in(
    group: Path, run: Callable[..., Ended], brought: Sequence[int], order: Order, *talk: object
) -> Ended:
    """Have an order carried out with all processes of the cell in a group."""
    members = os.open(group / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
    try:
        return run(order._replace(grouped=True), *talk, network=(members, *brought))
    finally:
        os.close(members)


def _own_group() -> tuple[Path, Path] | None:
    """Return where cgroup2 is mounted and the folder there that this process is in, None for neither."""
    try:
        membership = Path("/proc/self/cgroup").read_text(encoding="utf-8")
        mounted = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    own = next((line[3:] for line in membership.splitlines() if line.startswith("0::")), "")
    for line in mounted.splitlines():
        shown, _, kind = line.partition(" - ")
        root, mount = shown.split(" ")[3:5]
        if kind.startswith("cgroup2 ") and own and Path(own).is_relative_to(root):
            return Path(mount), Path(mount, Path(own).relative_to(root))
    return None


def _can_hold(folder: Path) -> bool:
    """Tell whether groups can be made in a folder, and processes moved into them from beside it."""
    if not os.access(folder / "cgroup.procs", os.W_OK):
        return False
    try:
        with cell_group(str(folder), controls(Limits())):
            return True
    except SandboxError:
        return False


def _write(path: Path, value: str) -> None:
    """Write into a file that is there already."""
    place = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(place, value.encode("ascii"))
    finally:
        os.close(place)


def _words(path: Path) -> frozenset[str]:
    try:
        return frozenset(path.read_text(encoding="ascii").split())
    except OSError:
        return frozenset()


def _count(path: Path, name: str) -> int:
    """Read one number of a file of names and numbers, 0 when it is not there."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0)


def _remove(group: Path) -> None:
    """Kill what is left in a group and remove it; the dying leave it a moment later."""
    with contextlib.suppress(OSError):  # before Linux 5.14; the cell has ended anyway
        _write(group / "cgroup.kill", "1")
    deadline = time.monotonic() + _PATIENCE_S
    while group.exists() and time.monotonic() < deadline:
        try:
            group.rmdir()
        except OSError:
            time.sleep(_PAUSE_S)
