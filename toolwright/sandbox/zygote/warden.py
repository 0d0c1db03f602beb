"""The zygote's keeper: it alone sees the host's files. Orders in, orders with cloned trees of the grants out.

It runs no foreign code and forks no cell; when the program or the zygote ends, it ends, and both with it.
"""

import errno
import os
import select
import signal
import socket
import stat
from collections.abc import Sequence
from typing import Final, NoReturn

from toolwright.sandbox.kernel import descriptors, mounts
from toolwright.sandbox.kernel.syscalls import KernelError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.id_maps import IdMaps
from toolwright.sandbox.zygote.order import STATUS, Order, Start

_SAFE: Final = mounts.NO_SUID | mounts.NO_DEVICES


def keep(start: Start, control: socket.socket, zygote: socket.socket, child: int, user: int) -> NoReturn:
    """Serve until somebody ends. `user` is who the cells are, -1 when they are who this process is."""
    maps = IdMaps(user)
    ended = os.pidfd_open(child)
    descriptors.close_others((0, 1, 2, control.fileno(), zygote.fileno(), start.program, ended, *maps.kept()))
    poll = select.poll()
    for descriptor in (control.fileno(), start.program, ended):
        poll.register(descriptor, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if ready & {start.program, ended}:
            break
        received = channel.receive(control)
        if received is None:
            break
        _pass_on(zygote, maps, *received)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os._exit(0)


def _pass_on(zygote: socket.socket, maps: IdMaps, message: dict[str, object], received: list[int]) -> None:
    """Add the granted trees to an order; what cannot be granted is told to whoever waits for the cell."""
    order = Order.read(message)
    trees: list[int] = []
    try:
        for grant in order.grants:  # one by one: those made before a failure are closed
            trees += [_clone(grant.path, maps, write=grant.write, execute=order.execute)]
        channel.send(zygote, message, [*received, *trees])
    except OSError as error:
        _tell(received, {"failed": str(error), "errno": error.errno or errno.EIO})
    finally:
        channel.close_all([*received, *trees])


def _tell(received: Sequence[int], report: dict[str, object]) -> None:
    with socket.socket(fileno=os.dup(received[STATUS])) as status:
        channel.send(status, report)


def _clone(path: str, maps: IdMaps, *, write: bool, execute: bool) -> int:
    """Return a tree that shows a folder or file of the host, without devices and set-uid."""
    top = os.open("/", os.O_PATH | os.O_CLOEXEC)
    try:
        found = mounts.open_beneath(top, path.lstrip("/"))
    finally:
        os.close(top)
    try:
        info = os.fstat(found)
        if not (stat.S_ISDIR(info.st_mode) or stat.S_ISREG(info.st_mode)):
            raise KernelError(f"grant {path}, which is neither a folder nor a file", errno.EINVAL)
        tree = mounts.clone(found)
    finally:
        os.close(found)
    flags = _SAFE | (0 if write else mounts.READ_ONLY) | (0 if execute else mounts.NO_EXECUTE)
    try:
        mounts.seal(tree, flags, maps.get(info.st_uid, info.st_gid))
    except KernelError:
        os.close(tree)
        raise
    return tree
