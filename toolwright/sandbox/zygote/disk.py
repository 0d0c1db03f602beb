"""The bound on a scratch folder that is not a file system of its own: looked at while the tool runs."""

import errno
import os
import select
import signal
from collections.abc import Sequence
from typing import Final

_LOOK_EVERY_MS: Final = 50
_BLOCK: Final = 512


def outgrows(folders: Sequence[str], megabytes: int, files: int, tool: int) -> bool:
    """Wait for the end of the process `tool`, killed when a folder grows past a bound; tell if one did."""
    ended = os.pidfd_open(tool)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    try:
        while not poll.poll(_LOOK_EVERY_MS):
            if any(_is_past(folder, megabytes, files) for folder in folders):
                signal.pidfd_send_signal(ended, signal.SIGKILL)
                return True
    finally:
        os.close(ended)
    return any(_is_past(folder, megabytes, files) for folder in folders)  # it may have been quick


def _is_past(folder: str, megabytes: int, files: int) -> bool:
    """Whether a folder holds more than a number of bytes or entries, or so deep that nobody can tell."""
    size, count, folders = 0, 0, [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if size > megabytes << 20 or count > files:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError as error:  # otherwise it is being changed, or closed to us
            if error.errno == errno.ENAMETOOLONG:
                return True
    return False
