"""Raw system calls: a name and arguments in, the kernel's answer out, a KernelError when it refuses."""

import ctypes
import errno
import functools
import os
from typing import Any, Final

from toolwright.sandbox.kernel.numbers import NUMBERS

_COLUMN: Final = {"x86_64": 0, "aarch64": 1}


class KernelError(OSError):
    """A primitive that the kernel refused: `primitive` names it, `errno` says why."""

    def __init__(self, primitive: str, number: int) -> None:
        super().__init__(number, f"{primitive}: {os.strerror(number)}")
        self.primitive = primitive

    def __str__(self) -> str:
        """Return such as "mount /scratch: Operation not permitted (EPERM)"."""
        return f"{self.strerror} ({errno.errorcode.get(self.errno or 0, self.errno)})"


@functools.cache  # opening it costs more than most calls
def libc() -> ctypes.CDLL:
    """Return the process's own C library; ctypes keeps the last errno apart for it."""
    return ctypes.CDLL(None, use_errno=True)


def number(name: str, machine: str = "") -> int:
    """Return the number of a system call on `machine`, this one when it is left out.

    Raises:
        KernelError: ENOSYS, when the machine has no such call or is not supported.
    """
    column = _COLUMN.get(machine or os.uname().machine)
    value = None if column is None else NUMBERS[name][column]
    if value is None:
        raise KernelError(name, errno.ENOSYS)
    return value


def call(name: str, *arguments: Any, what: str = "") -> int:
    """Make a system call by name; whole numbers are passed as longs, bytes and buffers by address.

    Raises:
        KernelError: it failed; `what` (default: the name) is its primitive.
    """
    function = libc().syscall
    function.restype = ctypes.c_long
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return check(int(function(ctypes.c_long(number(name)), *passed)), what or name)


def prctl(option: int, *arguments: int, what: str) -> int:
    """Call prctl with up to four arguments; those left out are 0.

    Raises:
        KernelError: it failed.
    """
    values = (*arguments, 0, 0, 0, 0)[:4]
    return check(int(libc().prctl(option, *(ctypes.c_ulong(value) for value in values))), what)


def check(answer: int, what: str) -> int:
    """Return an answer that is not negative.

    Raises:
        KernelError: it is negative; errno is what the C library left.
    """
    if answer < 0:
        raise KernelError(what, ctypes.get_errno())
    return answer
