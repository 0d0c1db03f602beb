"""Descriptors of this process: those to keep in, all others closed."""

import fcntl
import itertools
import os
from collections.abc import Iterable
from typing import Final

from toolwright.sandbox.kernel.syscalls import KernelError, call

_HIGHEST: Final = (1 << 31) - 1
_ASSUMED: Final = 1 << 16


def close_others(kept: Iterable[int]) -> None:
    """Close every descriptor but those named."""
    edges = sorted({-1, *kept, _HIGHEST})
    for low, high in itertools.pairwise(edges):
        if high - low > 1:
            try:
                call("close_range", low + 1, high - 1, 0)
            except KernelError:  # before Linux 5.9
                os.closerange(low + 1, min(high, _ASSUMED))


def place(wanted: dict[int, int]) -> None:
    """Put descriptors in their places, {place: descriptor}, inheritable; whatever was there is closed."""
    above = max(*wanted, 64) + 1  # copies that no place overwrites
    copies = {spot: fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, above) for spot, source in wanted.items()}
    for spot, copy in copies.items():
        os.dup2(copy, spot)
        os.close(copy)
