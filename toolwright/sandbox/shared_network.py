"""The network of one verification: a zygote in, descriptors of a network that holds nothing else out."""

import contextlib
from collections.abc import Iterator
from typing import Final

from toolwright.errors import SandboxError
from toolwright.sandbox.zygote import channel
from toolwright.sandbox.zygote.order import Order
from toolwright.sandbox.zygote.process import Zygote, ZygoteGoneError

_PATIENCE_S: Final = 10.0
_ORDER: Final = Order("", "", (), execute=False, scratch_mb=0, scratch_files=0, processes=0, cell="network")


@contextlib.contextmanager
def shared_network(zygote: Zygote) -> Iterator[tuple[int, ...]]:
    """Make a network with a loopback interface and nothing else; it is gone when nobody is in it any more.

    Yields:
        Descriptors of the user namespace that owns it, and of the network.

    Raises:
        ZygoteGoneError: there is nobody to make it.
        SandboxError: the kernel refuses.
    """
    status, far = channel.pair()
    with status:
        try:
            zygote.send(_ORDER, (far.fileno(),))
        finally:
            far.close()
        status.settimeout(_PATIENCE_S)
        try:
            received = channel.receive(status)
        except OSError as error:
            raise ZygoteGoneError from error
    if received is None:
        raise ZygoteGoneError
    message, descriptors = received
    try:
        if "failed" in message:
            raise SandboxError(f"no network can be made for the tests: {message['failed']}")
        yield tuple(descriptors)
    finally:
        channel.close_all(descriptors)
