"""Messages with descriptors between the program, the zygote and its cells: one JSON object each."""

import json
import os
import socket
from collections.abc import Sequence
from typing import Any, Final

MAX_BYTES: Final = 150_000
"""Longest message; the kernel's default buffer for one is a little larger."""

_MAX_DESCRIPTORS: Final = 250


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected ends that keep messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(end: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message.

    Raises:
        OSError: the other end is gone, or the message is too long (EMSGSIZE).
    """
    socket.send_fds(end, [json.dumps(message).encode()], list(descriptors))


def receive(end: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Wait for one message; None when the other end is gone.

    Raises:
        OSError: the socket is broken, or nothing came within its timeout.
    """
    data, descriptors, _, _ = socket.recv_fds(end, MAX_BYTES, _MAX_DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return (json.loads(data), descriptors) if data else None


def close_all(descriptors: Sequence[int]) -> None:
    """Close what a message brought."""
    for descriptor in descriptors:
        os.close(descriptor)
