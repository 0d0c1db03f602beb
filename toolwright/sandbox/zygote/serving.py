"""The fork server's life: the start's record in, a cell out for every order, until its program ends."""

import gc
import os
import select
import signal
import socket
import sys
import time
from typing import Final, NoReturn

from toolwright.sandbox.kernel import descriptors, limits, mounts, namespaces
from toolwright.sandbox.zygote import channel, warden, warmth
from toolwright.sandbox.zygote.becoming import become, can_read, unused_user
from toolwright.sandbox.zygote.cell import make_cell
from toolwright.sandbox.zygote.jail import CELL, build_jail, visible
from toolwright.sandbox.zygote.launch import PROGRAM
from toolwright.sandbox.zygote.lockdown import prepare
from toolwright.sandbox.zygote.order import Order, Start

_OUTER: Final = (
    namespaces.NEW_MOUNT | namespaces.NEW_PID | namespaces.NEW_IPC | namespaces.NEW_UTS | namespaces.NEW_NET
)
_SAFE: Final = mounts.NO_SUID | mounts.NO_DEVICES
_CELLS_END_S: Final = 0.2
_SOON_MS: Final = 5


def live(start: Start, control: socket.socket) -> NoReturn:
    """Build the jail, load what is to be warm, and serve; `control` is the channel to the program.

    Raises:
        OSError: the jail cannot be built.
    """
    user = unused_user() if os.getuid() == 0 else -1
    if start.level != "full":
        # a Python in root's home can be read by root only: then the cells stay root, without capabilities
        user = user if can_read(user, start.runtime) else -1
        # it stays who it is: without maps of owners, each cell becomes another user
        if start.tests:
            from toolwright.sandbox.zygote.judge_warmth import load_pytest
            from toolwright.temporary.folders import fresh_folder

            with fresh_folder("warm") as folder:  # held, so that no other program clears it away
                load_pytest(start.site, folder)
        _serve(start, control, user, ready=control, warm=start.tests)
    outer = _OUTER & ~namespaces.NEW_NET if start.raw else _OUTER
    if user < 0:
        uid, gid = os.getuid(), os.getgid()
        namespaces.leave(outer | namespaces.NEW_USER)
        namespaces.map_ids((uid, uid), (gid, gid))
    else:
        namespaces.leave(outer)
    mounts.make_private(follow=True)  # so that a disk mounted later can be granted

    def hatch(orders: socket.socket, tests: bool) -> NoReturn:
        _be_zygote(start, orders, user, control, tests=tests)

    warden.keep(start.temporary, control, user, hatch)


def _be_zygote(
    start: Start, orders: socket.socket, user: int, control: socket.socket, *, tests: bool
) -> NoReturn:
    """Be one of the warden's two; the one for tools, the first, tells the program that it is ready."""
    limits.die_with_parent()
    try:
        namespaces.leave(namespaces.NEW_MOUNT)
        mounts.make_private()
        if tests:
            from toolwright.sandbox.zygote.judge_warmth import load_pytest  # inside, our code is not seen
        build_jail(start.runtime)
        if tests:
            mounts.tmpfs(CELL, _SAFE, size="1m", files=64)  # what warming up writes is gone with it
            load_pytest(start.site, CELL)
            mounts.detach(CELL)
        _settle(user)
        _serve(start, orders, user, ready=None if tests else control, warm=tests)
    except OSError as error:
        if not tests:
            channel.send(control, {"failed": str(error), "errno": error.errno or 0})
    except BaseException:
        sys.excepthook(*sys.exc_info())  # a bug: the process ends here, so nobody else would show it
        raise
    finally:
        os._exit(1)


def _serve(
    start: Start, orders: socket.socket, user: int, ready: socket.socket | None, *, warm: bool
) -> NoReturn:
    """Fork a cell for every order. `ready` is told who the cells run as, -1 for the same user.

    When it is not `warm`, it loads what cells use while it waits for the first order, and after the second
    one: there may be no third.
    """
    prepare(start)
    shown = visible(start.runtime)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the makers
    if ready is not None:
        channel.send(ready, {"ready": True, "user": user})
    descriptors.close_others((0, 1, 2, orders.fileno(), PROGRAM))
    poll = select.poll()
    poll.register(orders, select.POLLIN)
    poll.register(PROGRAM, select.POLLIN)
    # a program that waits for this one sends its order at once
    warm = warm or (not poll.poll(_SOON_MS) and warmth.load_modules(until=lambda: bool(poll.poll(0))))
    _freeze()
    cells = 0
    while True:
        ended = PROGRAM in {descriptor for descriptor, _ in poll.poll()}
        received = None if ended else channel.receive(orders)
        if received is None or not received[0]:
            if start.level != "full":  # there the warden does that
                _clear_away(start, silent=received is None)
            os._exit(0)
        message, brought = received
        order = Order.read(message)
        if order.loads:
            from toolwright.sandbox.zygote.judge_warmth import load_for  # loaded already: a judge's

            load_for(order.loads)
        if os.fork() == 0:
            make_cell(start, shown, order, brought)
        channel.close_all(brought)
        cells += 1
        if not warm and cells > 1:
            warm = warmth.load_modules()
            _freeze()


def _clear_away(start: Start, *, silent: bool) -> None:
    """If the program was killed, have what it left removed by a process that outlives all cells."""
    if not warden.has_ended(PROGRAM, silent=silent):
        return
    last = os.pidfd_open(os.getpid())
    if os.fork():
        return
    from toolwright.temporary.folders import remove_left

    select.select([last], [], [])
    time.sleep(_CELLS_END_S)  # they are killed by the end of this process
    remove_left(start.temporary)


def _freeze() -> None:
    """Keep the collector away from what is there: looking at it would copy it for each cell."""
    gc.collect()
    gc.freeze()
    gc.disable()


def _settle(user: int) -> None:
    """Become a user that owns nothing, for good; -1 stays who it is. /proc entries stay its own."""
    become(user, user)
    limits.forbid_new_privileges()
    limits.set_dumpable(dumpable=True)  # maps of user namespaces are written through /proc/self
