"""One cell, from the fork to the tool's own code: an order and its descriptors in; it never returns.

Three processes: the *maker* makes namespaces and root, waits for the tool and stays outside; *process 1* of
the cell sleeps, and when it ends, all of it ends; the *tool* is the only one that runs foreign code.
"""

import errno
import fcntl
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from toolwright.sandbox.cells import tool_cell
from toolwright.sandbox.kernel import descriptors, limits, namespaces
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.becoming import become
from toolwright.sandbox.zygote.cell_root import build_root
from toolwright.sandbox.zygote.disk import outgrows
from toolwright.sandbox.zygote.door import open_door
from toolwright.sandbox.zygote.lockdown import lock_down
from toolwright.sandbox.zygote.order import (
    ANSWER,
    CHANNELS,
    REQUEST,
    SCRATCH,
    STATUS,
    STDERR,
    STDOUT,
    Order,
    Start,
)

_INNER_ID: Final = 1000
_OWN: Final = (
    namespaces.NEW_USER
    | namespaces.NEW_PID
    | namespaces.NEW_MOUNT
    | namespaces.NEW_IPC
    | namespaces.NEW_UTS
    | namespaces.NEW_CGROUP
    | namespaces.NEW_NET
)
_FAILED: Final = 70
_HIGH: Final = 100


def make_cell(start: Start, shown: Sequence[str], order: Order, received: Sequence[int]) -> NoReturn:
    """Be the maker, in a fresh fork of the zygote. Failures before the tool runs go to the status channel."""
    # out of the way of the places that the tool's descriptors get
    status = socket.socket(fileno=fcntl.fcntl(received[STATUS], fcntl.F_DUPFD_CLOEXEC, _HIGH))
    if order.cell == "network":
        _be(status, lambda: _make_network(status))
    _be(status, lambda: _make(start, shown, order, received, status))


def _make(
    start: Start, shown: Sequence[str], order: Order, received: Sequence[int], status: socket.socket
) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    limits.die_with_parent()
    if start.level != "full":  # no namespaces: there is one process to kill
        _send_descriptors(status, os.getpid())
        _keep_tool(start, order, received, status)
    uid, gid = os.getuid(), os.getgid()
    trees = received[CHANNELS:]
    if order.grouped:
        members, *trees = trees
        os.write(members, b"0")  # this process, and with it all that it will start
    if order.network == "shared":
        owner, network, *trees = trees
        namespaces.enter(owner, namespaces.NEW_USER)
        namespaces.enter(network, namespaces.NEW_NET)
        namespaces.leave(_OWN & ~namespaces.NEW_NET)
    else:
        # "raw" stays in the zygote's network, which is the host's when the zygote was started for that
        namespaces.leave(_OWN & ~namespaces.NEW_NET if order.network == "raw" else _OWN)
    namespaces.map_ids((_INNER_ID, uid), (_INNER_ID, gid))
    if order.network == "proxy":
        open_door(status)
    namespaces.set_hostname("cell")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # for process 1, whom orphans come to
    first = namespaces.start_init()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _send_descriptors(status, os.getpid(), first)  # nobody kills this process and forgets the other
    build_root(shown, order, trees)
    _keep_tool(start, order, received, status, first)


def _make_network(status: socket.socket) -> None:
    """Make a network with nothing in it, send it with the user namespace that owns it, and end.

    The cells of one verification are put into both, and into a user namespace of their own below: none
    of them has rights over the network.
    """
    limits.die_with_parent()
    uid, gid = os.getuid(), os.getgid()
    namespaces.leave(namespaces.NEW_USER | namespaces.NEW_NET)
    namespaces.map_ids((uid, uid), (gid, gid))
    namespaces.raise_loopback()
    made = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in ("user", "net")]
    channel.send(status, {"network": True}, made)
    os._exit(0)


def _keep_tool(
    start: Start, order: Order, received: Sequence[int], status: socket.socket, first: int = 0
) -> NoReturn:
    """Start the tool, tell how it ended, and end; `first` is process 1 of its cell, 0 where there is none.

    When the end is told, nothing of the cell runs any more.
    """
    tool = os.fork()
    if tool == 0:
        _be(status, lambda: _be_tool(start, order, received, status))
    descriptors.close_others((0, 1, 2, status.fileno()))
    watched = (*([order.scratch] if order.scratch else []), *order.bounded)
    filled = bool(watched) and outgrows(watched, order.scratch_mb, order.scratch_files, tool)
    ended = os.waitpid(tool, 0)[1]
    if first and order.execute:
        _end_all(first)
    channel.send(status, {"status": os.waitstatus_to_exitcode(ended), "filled": filled})
    if first and not order.execute:
        _end_all(first)
    os._exit(0)


def _end_all(first: int) -> None:
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)


def _be_tool(start: Start, order: Order, received: Sequence[int], status: socket.socket) -> None:
    os.setsid()
    if start.level != "full":
        _send_descriptors(status, os.getpid())
        become(order.user, order.group)
    limits.die_with_parent()  # a change of user forgets it
    null = os.open("/dev/null", os.O_RDONLY)
    wanted = {0: null, 1: received[STDOUT], 2: received[STDERR], 3: received[REQUEST], 4: received[ANSWER]}
    descriptors.place(wanted)
    descriptors.close_others((*wanted, status.fileno()))
    scratch = order.scratch or SCRATCH
    os.environ.update(HOME=scratch, TMPDIR=scratch, **dict(order.environment))
    os.chdir(order.folder or scratch)
    os.umask(0o022)
    run = tool_cell.main
    if order.cell == "judge":
        from toolwright.sandbox.cells.judge_cell import main as run  # the zygote of judges has it
    lock_down(start, order)
    channel.send(status, {"running": True})
    status.close()
    # kept, because taking them apart would cost more than all else here
    ours = [sys.modules.pop(name) for name in [*sys.modules] if name.startswith("toolwright")]
    # the zygote's own streams remember that they were something else than pipes
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, mode, closefd=False) for n, mode in enumerate("rww"))
    sys.argv = [f"{order.cell}_cell"]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    gc.enable()
    run(3, 4)
    ours.clear()


def _send_descriptors(status: socket.socket, *processes: int) -> None:
    opened = [os.pidfd_open(process) for process in processes]
    channel.send(status, {"process": True}, opened)
    channel.close_all(opened)


def _be(status: socket.socket, role: Callable[[], None]) -> NoReturn:
    """Play a role to its end in a process of its own; what the kernel refuses it is reported.

    Foreign code gets no further than `tool_cell.main`, which ends the process itself.
    """
    try:
        role()
    except OSError as error:
        channel.send(status, {"failed": str(error), "errno": error.errno or errno.EIO})
    except BaseException:
        sys.excepthook(*sys.exc_info())  # a bug: the process ends here, so nobody else would show it
        raise
    finally:
        os._exit(_FAILED)
