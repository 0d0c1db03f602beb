"""Which network a policy asks for: its values in, the kind of a cell's network out."""

from collections.abc import Sequence
from typing import Final

from toolwright.errors import SandboxError
from toolwright.sandbox.zygote.order import Kind, Network

ANY_PUBLIC: Final = "*"
RAW: Final = "raw"
LOOPBACK: Final = "loopback"


def network_kind(values: Sequence[str]) -> Network:
    """Return what a cell with these values of `Policy.network` can connect to.

    Raises:
        SandboxError: they contradict each other.
    """
    if not values:
        return "none"
    for alone in (LOOPBACK, RAW):
        if alone in values and set(values) != {alone}:
            others = ", ".join(repr(value) for value in values if value != alone)
            raise SandboxError(
                f"the network {alone!r} cannot be granted together with hosts ({others})",
                hint=f"grant either {alone!r} or hosts",
            )
    if LOOPBACK in values:
        return "shared"
    return "raw" if RAW in values else "proxy"


def check_level(values: Sequence[str], level: Kind) -> None:
    """Insist that a level can hold a tool to what is granted.

    Raises:
        SandboxError: hosts are granted, and it cannot.
    """
    if level != "full" and network_kind(values) == "proxy":
        raise SandboxError(
            f"holding a tool to the hosts it was granted ({', '.join(values)}) takes level full, "
            f"and this machine has level {level}",
            hint="allow user namespaces, or give --allow network:raw, which lets the tool reach every host, "
            "this machine and its local network included",
        )
