"""The one door of a cell's own network: a status channel in, over it the socket for a proxy out."""

import socket
from typing import Final

from toolwright.sandbox.kernel import namespaces
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.order import PROXY

_WAITING: Final = 128


def open_door(status: socket.socket) -> None:
    """Listen in this network, which must be new, and hand the socket out; no copy of it stays.

    The program holds the socket before anything foreign runs, so that the cell cannot take its place.

    Raises:
        OSError: the kernel refuses, or nobody takes the socket.
    """
    namespaces.raise_loopback()
    with socket.create_server(PROXY, backlog=_WAITING) as listener:
        channel.send(status, {"listener": True}, [listener.fileno()])
