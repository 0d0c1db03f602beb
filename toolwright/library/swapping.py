"""Two paths -> the files behind them have changed names, in one act of the kernel."""

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Final

_HERE: Final = -100  # AT_FDCWD: paths are as they are
_EXCHANGE: Final = 2  # RENAME_EXCHANGE, of <linux/fs.h>
_NOT_TO_BE_HAD: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})


def swapped(one: Path, other: Path) -> bool:
    """Exchange two files; False, and nothing done, where kernel or file system cannot (renameat2(2)).

    Raises:
        OSError: one of them is missing, or the folder cannot be written.
    """
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library older than the call
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_TO_BE_HAD:
        return False
    raise OSError(number, os.strerror(number), str(other))
