"""After a call: guarded names that a tool made in what it could write, found and moved out of the way.

The kernel knows no rule about names to come, so a folder that a tool may write in is looked through again
when its processes are gone. Nothing is deleted and no link is followed: it might be the user's own.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolwright.errors import SandboxError
from toolwright.records import dataclass
from toolwright.sandbox.survey import Identity, Place, Survey

_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Watch:
    """What was guarded before a call: `tops` are the writable folders, `known` the places of guarded names.

    `protected` are paths that belong to the program, whatever they are called.
    """

    survey: Survey
    tops: tuple[str, ...]
    known: frozenset[Place]
    spared: frozenset[Identity]
    protected: tuple[str, ...] = ()

    def settle(self) -> str:
        """Move what was planted out of the way; return what to tell the tool's author, "" for nothing."""
        try:
            planted = sorted(set(self._planted()))
        except SandboxError as error:
            return str(error)
        if not planted:
            return ""
        told = [f"{path!r} ({_move_aside(path)})" for path in planted[:_MOST_NAMED]]
        for path in planted[_MOST_NAMED:]:
            _move_aside(path)
        more = f" and {len(planted) - _MOST_NAMED} more" if len(planted) > _MOST_NAMED else ""
        return f"made what no tool may make: {', '.join(told)}{more}"

    def _planted(self) -> Iterator[str]:
        for top in self.tops:
            seen = self.survey.look(top, self.spared)
            for path, (_, place) in seen.guarded.items():
                if place not in self.known:
                    yield path
            yield from (path for path in seen.closed if seen.closed[path] not in self.spared)
        for path in self.protected:
            if find_place(path) not in {None, *self.known}:
                yield path


def find_place(path: str) -> Place | None:
    """Return the place of a path that is there, None for one that is not."""
    folder, _, name = path.rpartition("/")
    try:
        os.lstat(path)
        info = Path(folder or "/").stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino, name


def _move_aside(path: str) -> str:
    """Rename an entry to a name that means nothing to anybody; say what became of it."""
    from toolwright.sandbox.kernel import mounts

    folder, _, name = path.rpartition("/")
    aside = f"refused-{name.lstrip('.') or 'name'}-{os.urandom(3).hex()}"
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    try:
        parent = mounts.open_beneath(root, folder.lstrip("/") or ".")
        try:
            os.rename(name, aside, src_dir_fd=parent, dst_dir_fd=parent)
        finally:
            os.close(parent)
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "error")
        return f"it could not be renamed: {reason}"
    finally:
        os.close(root)
    return f"it is called {aside} now"
