"""The last step before foreign code runs: an order in, and no way back out."""

import errno
import functools
import os

from toolwright.sandbox.kernel import landlock, limits, seccomp
from toolwright.sandbox.kernel.syscalls import KernelError
from toolwright.sandbox.zygote.cell_root import look_at
from toolwright.sandbox.zygote.jail import DEVICES, NAMES, SYSTEM, visible
from toolwright.sandbox.zygote.order import PACKAGES, SCRATCH, Grant, Order, Start


def prepare(start: Start) -> None:
    """Do in the zygote what every cell would otherwise do again."""
    _readable(start)
    look_at(visible(start.runtime))
    for execute in (False, True):
        for network in (False, True):
            seccomp.build_filter(execute=execute, network=network, shared_files=start.level != "full")


def lock_down(start: Start, order: Order) -> None:
    """Bound processes, then give up privileges, files and system calls, in that order.

    Raises:
        KernelError: a layer is refused; then nothing foreign may run.
    """
    if start.level == "full":  # elsewhere the bound would count every process of the user
        limits.bound_processes(order.processes)
    limits.forbid_new_privileges()
    limits.set_dumpable(dumpable=False)
    limits.drop_capabilities()
    version = 0 if "landlock" in start.without else landlock.abi()
    if start.level == "landlock" and not version and "landlock" not in start.without:
        raise KernelError("landlock_create_ruleset", errno.ENOSYS)  # files would be open to the tool
    if version:
        listed, readable, writable = _paths(start, order)
        rules = landlock.Rules(readable, writable, listed)
        landlock.restrict(version, rules, execute=order.execute, tcp=order.network != "none")
    if "seccomp" not in start.without:
        others_are_seen = start.level != "full"
        if others_are_seen:
            seccomp.apply_filter(seccomp.build_own_threads_filter(os.getpid()))
        program = seccomp.build_filter(
            execute=order.execute, network=order.network != "none", shared_files=others_are_seen
        )
        seccomp.apply_filter(program)


def _paths(start: Start, order: Order) -> tuple[list[str], list[str], list[str]]:
    readable = [*_readable(start)]
    if order.packages:
        readable.append(PACKAGES if start.level == "full" else order.packages)
    writable = [*DEVICES, order.scratch or SCRATCH]
    listed: list[str] = []
    for grant in order.grants:
        covered = start.level == "full" or not grant.masks  # then nothing inside must be spared
        place = os.path.realpath(grant.path) if grant.public else grant.path
        paths = [place] if covered else _around(grant, listed, readable)
        (writable if grant.write else readable).extend(paths)
    return listed, readable, writable


@functools.cache
def _readable(start: Start) -> tuple[str, ...]:
    ours = NAMES if start.level == "full" else ()  # elsewhere they would be the host's
    real = {os.path.realpath(path) for path in (*SYSTEM, *ours, *start.runtime)}
    return tuple(path for path in real if not any(path.startswith(other + "/") for other in real))


def _above(path: str) -> list[str]:
    """Return the folders above an absolute path, the root included."""
    above = []
    while (folder := os.path.dirname(path)) != path:
        above.append(folder)
        path = folder
    return above


def _around(grant: Grant, listed: list[str], readable: list[str]) -> list[str]:
    """Return what a grant holds apart from its masks. A folder around a mask can get no new files."""
    hidden = {f"{grant.path}/{path}" for path, guard in grant.masks if guard == "hidden"}
    kept = {f"{grant.path}/{path}" for path, guard in grant.masks if guard != "hidden"}
    around = {f"{grant.path}/{path}".rpartition("/")[0] for path, _ in grant.masks}
    around |= {folder for path in around for folder in _above(path)}
    allowed: list[str] = []
    folders = [grant.path]
    while folders:
        folder = folders.pop()
        listed.append(folder)
        for entry in os.scandir(folder):
            if entry.path in hidden or entry.is_symlink():
                continue
            if entry.path in around:
                folders.append(entry.path)
            else:
                (readable if entry.path in kept else allowed).append(entry.path)
    return allowed
