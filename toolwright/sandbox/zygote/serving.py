"""The fork server's life: the start's record in, a cell out for every order, until its program ends."""

import gc
import os
import select
import signal
import socket
from typing import Final, NoReturn

from toolwright.sandbox.kernel import descriptors, limits, mounts, namespaces
from toolwright.sandbox.zygote import channel, warden, warmth
from toolwright.sandbox.zygote.becoming import become, can_read, unused_user
from toolwright.sandbox.zygote.cell import make_cell
from toolwright.sandbox.zygote.jail import build_jail, visible
from toolwright.sandbox.zygote.lockdown import prepare
from toolwright.sandbox.zygote.order import Order, Start

_OUTER: Final = (
    namespaces.NEW_MOUNT | namespaces.NEW_PID | namespaces.NEW_IPC | namespaces.NEW_UTS | namespaces.NEW_NET
)


def live(start: Start) -> NoReturn:
    """Build the jail, load what is to be warm, and serve.

    Raises:
        OSError: the jail cannot be built.
    """
    descriptors.close_others((0, 1, 2, start.control, start.program))
    control = socket.socket(fileno=start.control)
    user = unused_user() if os.getuid() == 0 else -1
    if start.level != "full":
        # a Python in root's home can be read by root only: then the cells stay root, without capabilities
        user = user if can_read(user, start.runtime) else -1
        # it stays who it is: without maps of owners, each cell becomes another user
        warmth.load_all()
        _serve(start, control, user)
    if user < 0:
        uid, gid = os.getuid(), os.getgid()
        namespaces.leave(_OUTER | namespaces.NEW_USER)
        namespaces.map_ids((uid, uid), (gid, gid))
    else:
        namespaces.leave(_OUTER)
    mounts.make_private(follow=True)  # so that a disk mounted later can be granted
    outer, inner = channel.pair()
    child = os.fork()
    if child:
        inner.close()
        warden.keep(start, control, outer, child, user)
    limits.die_with_parent()
    outer.close()
    warmth.load_all()
    namespaces.leave(namespaces.NEW_MOUNT)
    mounts.make_private()
    build_jail(start.runtime)
    _settle(user)
    _serve(start, inner, user, ready=control)


def _serve(start: Start, orders: socket.socket, user: int, ready: socket.socket | None = None) -> NoReturn:
    """Fork a cell for every order. `ready` is told who the cells run as, -1 for the same user."""
    prepare(start)
    shown = visible(start.runtime)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the makers
    channel.send(ready or orders, {"ready": True, "user": user})
    if ready is not None:
        ready.close()
    descriptors.close_others((0, 1, 2, orders.fileno(), start.program))
    gc.collect()
    gc.freeze()
    gc.disable()
    poll = select.poll()
    poll.register(orders, select.POLLIN)
    poll.register(start.program, select.POLLIN)
    while True:
        if start.program in {descriptor for descriptor, _ in poll.poll()}:
            os._exit(0)
        received = channel.receive(orders)
        if received is None:
            os._exit(0)
        message, brought = received
        if os.fork() == 0:
            make_cell(start, shown, Order.read(message), brought)
        channel.close_all(brought)


def _settle(user: int) -> None:
    """Become a user that owns nothing, for good; -1 stays who it is. /proc entries stay its own."""
    become(user, user)
    limits.forbid_new_privileges()
    limits.set_dumpable(dumpable=True)  # maps of user namespaces are written through /proc/self
