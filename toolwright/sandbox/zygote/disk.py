"""The bound on a scratch folder that is not a file system of its own: looked at while the tool runs."""

import os
import select
import signal
from typing import Final

_LOOK_EVERY_MS: Final = 50
_BLOCK: Final = 512


def outgrows(folder: str, megabytes: int, files: int, tool: int) -> bool:
    """Wait for the end of the process `tool`; kill it and return True when the folder grows past a bound."""
    ended = os.pidfd_open(tool)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    try:
        while not poll.poll(_LOOK_EVERY_MS):
            size, count = measure(folder)
            if size > megabytes << 20 or count > files:
                signal.pidfd_send_signal(ended, signal.SIGKILL)
                return True
    finally:
        os.close(ended)
    return False


def measure(folder: str) -> tuple[int, int]:
    """Return the bytes on disk and the number of entries below a folder, as far as it can be read."""
    size, count, folders = 0, 0, [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:  # it is being changed, or closed to us
            continue
    return size, count
