"""Whose files the cells' user sees as its own: an owner in, a user namespace that says so out.

A program that root started runs its cells as a user that owns nothing. A tree that is mounted with such
a map shows the owner's files as that user's, and what a cell writes there belongs to the owner.
"""

import os
from collections.abc import Iterable

from toolwright.sandbox.kernel import namespaces


class IdMaps:
    """Maps of owners to `user`, made when first asked for; -1 for `user` means that none are needed."""

    def __init__(self, user: int) -> None:
        self._user = user
        self._made: dict[tuple[int, int], int] = {}

    def kept(self) -> Iterable[int]:
        """Return the descriptors that must stay open."""
        return self._made.values()

    def get(self, uid: int, gid: int) -> int:
        """Return the descriptor of a namespace that maps an owner and group to the user, -1 for none.

        Raises:
            OSError: there can be no user namespace.
        """
        if self._user in {-1, uid}:  # what belongs to the user needs none
            return -1
        if (uid, gid) not in self._made:
            self._made[uid, gid] = _namespace((uid, self._user), (gid, self._user))
        return self._made[uid, gid]


def _namespace(uid: tuple[int, int], gid: tuple[int, int]) -> int:
    """Let a child make a user namespace, map it from outside, and keep the namespace when the child ends."""
    ready, tell = os.pipe()
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(go)
            namespaces.leave(namespaces.NEW_USER)
            os.write(tell, b".")
            os.read(wait, 1)
        finally:
            os._exit(0)
    os.close(tell)
    os.close(wait)
    try:
        os.read(ready, 1)
        for name, (inside, outside) in (("uid_map", uid), ("gid_map", gid)):
            with open(f"/proc/{child}/{name}", "w", encoding="ascii") as file:
                file.write(f"{inside} {outside} 1")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(go)
        os.waitpid(child, 0)
