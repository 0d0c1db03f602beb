"""Users that own nothing: how to find one and how to become one, for good."""

import os
from collections.abc import Sequence
from typing import Final

_FIRST_UNUSED: Final = 60578
_LAST_UNUSED: Final = 61183
"""User ids that nothing hands out, neither distributions nor systemd (systemd.io/UIDS-GIDS)."""


def unused_user() -> int:
    """Return a user id that has no name, another one for most processes.

    Raises:
        OSError: all of them have names.
    """
    import pwd

    span = _LAST_UNUSED - _FIRST_UNUSED + 1
    for step in range(span):
        user = _FIRST_UNUSED + (os.getpid() + step) % span
        try:
            pwd.getpwuid(user)
        except KeyError:
            return user
    raise OSError(f"every user id from {_FIRST_UNUSED} to {_LAST_UNUSED} has a name")


def become(user: int, group: int) -> None:
    """Change to a user and group and leave all others; -1 for the user changes nothing.

    Raises:
        OSError: the process has no right to.
    """
    if user >= 0:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)


def can_read(user: int, folders: Sequence[str]) -> bool:
    """Tell whether a user of no group may list all the folders that are there, by trying it in a child."""
    child = os.fork()
    if child == 0:
        try:
            os.close(2)
            present = [folder for folder in folders if os.path.isdir(folder)]
            become(user, user)
            for folder in present:
                os.listdir(folder)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
