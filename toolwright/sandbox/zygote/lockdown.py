"""The last step before foreign code runs: an order in, and no way back out."""

from collections.abc import Iterable

from toolwright.sandbox.kernel import landlock, limits, seccomp
from toolwright.sandbox.zygote.jail import DEVICES, SYSTEM
from toolwright.sandbox.zygote.order import SCRATCH, Order, Start


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
    if version:
        readable, writable = _paths(start, order)
        landlock.restrict(version, readable, writable, execute=order.execute)
    if "seccomp" not in start.without:
        program = seccomp.build_filter(execute=order.execute, shared_files=start.level != "full")
        seccomp.apply_filter(program)


def _paths(start: Start, order: Order) -> tuple[Iterable[str], Iterable[str]]:
    granted = {
        write: [grant.path for grant in order.grants if grant.write == write] for write in (True, False)
    }
    readable = (*SYSTEM, *start.runtime, *granted[False])
    return readable, (*DEVICES, order.scratch or SCRATCH, *granted[True])
