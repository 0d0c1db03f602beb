"""The zygotes' keeper: it alone sees the host's files. Orders in, orders with trees of the grants out.

It runs no foreign code and forks no cell. Judges have a zygote of their own, which never runs a tool. When
the program or a zygote ends, the keeper ends, and all of them with it: a dead zygote's cells may have left
processes that only the end of the namespace around them reaches.
"""

import errno
import os
import select
import signal
import socket
import stat
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, NoReturn, TypeAlias

from toolwright.sandbox.kernel import descriptors, mounts
from toolwright.sandbox.kernel.syscalls import KernelError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.id_maps import IdMaps
from toolwright.sandbox.zygote.launch import PROGRAM
from toolwright.sandbox.zygote.order import STATUS, Grant, Order

_SAFE: Final = mounts.NO_SUID | mounts.NO_DEVICES
_GONE: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN})

_DYING_MS: Final = 1000

Hatch: TypeAlias = Callable[[socket.socket, bool], NoReturn]
"""Is a zygote, in a fresh fork: takes orders from its channel; True for one of judges."""


class _UnmappedError(OSError):
    """A file system does not let owners be mapped; the text is the granted path."""


class _Zygote(NamedTuple):
    """One fork server; `ended` is a descriptor that becomes readable when it ends."""

    pid: int
    ended: int
    orders: socket.socket


def keep(temporary: str, control: socket.socket, user: int, hatch: Hatch) -> NoReturn:
    """Serve until somebody ends. `user` is who the cells are, -1 when they are who this process is.

    In the folder `temporary` that is removed which a killed program has left.
    """
    maps = IdMaps(user)
    descriptors.close_others((0, 1, 2, control.fileno(), PROGRAM))
    tools = _hatched(hatch, tests=False)
    judges: _Zygote | None = None
    ends = [PROGRAM, tools.ended]
    silent = False
    while not _readable(*ends, waiting_for=control.fileno()):
        received = channel.receive(control)
        silent = received is None
        if received is None or not received[0]:
            break
        order = Order.read(received[0])
        if order.cell == "judge":
            if judges is None:
                judges = _hatched(hatch, tests=True)
                ends.append(judges.ended)
            _pass_on(judges, maps, order, *received)
        else:
            _pass_on(tools, maps, order, *received)
    _bury(judges)
    _bury(tools)
    if temporary and has_ended(PROGRAM, silent=silent):  # nobody else is there to do it
        from toolwright.temporary.folders import remove_left

        remove_left(temporary)
    os._exit(0)


def _hatched(hatch: Hatch, *, tests: bool) -> _Zygote:
    outer, inner = channel.pair()
    child = os.fork()
    if child == 0:
        outer.close()
        hatch(inner, tests)
    inner.close()
    return _Zygote(child, os.pidfd_open(child), outer)


def _bury(zygote: _Zygote | None) -> None:
    if zygote is None:
        return
    zygote.orders.close()
    os.kill(zygote.pid, signal.SIGKILL)
    os.waitpid(zygote.pid, 0)
    os.close(zygote.ended)


def has_ended(program: int, *, silent: bool) -> bool:
    """Tell whether the program has ended; a `silent` one closed its channel a moment before its end."""
    poll = select.poll()
    poll.register(program, select.POLLIN)
    return bool(poll.poll(_DYING_MS if silent else 0))


def _readable(*watched: int, waiting_for: int = -1) -> bool:
    """Tell whether one of the descriptors is readable, at once or, with one to wait for, when that may be."""
    poll = select.poll()
    for descriptor in watched:
        poll.register(descriptor, select.POLLIN)
    if waiting_for >= 0:
        poll.register(waiting_for, select.POLLIN)
    ready = {descriptor for descriptor, _ in poll.poll(None if waiting_for >= 0 else 0)}
    return bool(ready & set(watched))


def _pass_on(
    zygote: _Zygote, maps: IdMaps, order: Order, message: dict[str, object], received: list[int]
) -> None:
    """Add the granted trees to an order; what cannot be granted is told to whoever waits for the cell."""
    trees: list[int] = []
    try:
        for grant in order.grants:  # one by one: those made before a failure are closed
            trees += [_clone(grant, maps, execute=order.execute and not grant.public)]
        if order.packages:  # compiled modules are mapped as code
            trees += [_clone_packages(order.packages, maps)]
        channel.send(zygote.orders, message, [*received, *trees])
    except _UnmappedError as error:
        _tell(received, {"failed": str(error), "errno": errno.EINVAL, "unmapped": str(error)})
    except OSError as error:
        if error.errno not in _GONE:  # whoever waits sees by silence that the zygote is gone, and tries again
            _tell(received, {"failed": str(error), "errno": error.errno or errno.EIO})
    finally:
        channel.close_all([*received, *trees])


def _tell(received: Sequence[int], report: dict[str, object]) -> None:
    with socket.socket(fileno=os.dup(received[STATUS])) as status:
        channel.send(status, report)


def _clone(grant: Grant, maps: IdMaps, *, execute: bool) -> int:
    """Return a tree that shows a folder or file of the host, without devices and set-uid."""
    found = (
        os.open(grant.path, os.O_PATH | os.O_CLOEXEC) if grant.public else _find(grant.source or grant.path)
    )
    try:
        info = os.fstat(found)
        if not (stat.S_ISDIR(info.st_mode) or stat.S_ISREG(info.st_mode)):
            raise KernelError(f"grant {grant.path}, which is neither a folder nor a file", errno.EINVAL)
        tree = mounts.clone(found)
    finally:
        os.close(found)
    flags = _SAFE | (0 if grant.write else mounts.READ_ONLY) | (0 if execute else mounts.NO_EXECUTE)
    try:
        id_map = -1 if grant.public else maps.get(info.st_uid, info.st_gid)
        _seal(tree, flags, id_map, grant.path)
    except OSError:
        os.close(tree)
        raise
    return tree


def _clone_packages(path: str, maps: IdMaps) -> int:
    """Packages are shown as their owner sees them, or where that cannot be as everybody does."""
    try:
        return _clone(Grant(path, write=False), maps, execute=True)
    except _UnmappedError:
        return _clone(Grant(path, write=False, public=True), maps, execute=True)


def _seal(tree: int, flags: int, id_map: int, path: str) -> None:
    """Set flags and map of a tree; when all but the map can be set, it is the map that cannot be had."""
    try:
        mounts.seal(tree, flags, id_map)
    except KernelError:
        if id_map < 0:
            raise
        mounts.seal(tree, flags)
        raise _UnmappedError(path) from None


def _find(path: str) -> int:
    top = os.open("/", os.O_PATH | os.O_CLOEXEC)
    try:
        return mounts.open_beneath(top, path.lstrip("/"))
    finally:
        os.close(top)
