"""tools.py as it is now -> a snapshot; read and parsed again only when the file changed."""

import time
from dataclasses import dataclass
from typing import Final, TypeAlias

from toolwright.library.bindings import bindings
from toolwright.library.place import Place, decode, read_bytes, sha
from toolwright.syntax.chunks import split
from toolwright.types import NotOffered, Tool

# Two saves within one tick of the file system's clock can leave the same times behind: what was written this
# recently is read again.
_SETTLED_NS: Final = 100_000_000

_Stamp: TypeAlias = tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The library at one moment. `text` is "" and `exists` False while there is no tools.py."""

    text: str
    sha: str
    tools: dict[str, Tool]
    not_offered: tuple[NotOffered, ...]
    exists: bool = True

    @property
    def names(self) -> frozenset[str]:
        """Every public name that stands for something at the top level, imports among them."""
        known = bindings(split(self.text))
        return frozenset(name for name in known.header.union(known.chunks) if not name.startswith("_"))


class Reader:
    """Reads tools.py and remembers the last snapshot."""

    def __init__(self, place: Place) -> None:
        self._place = place
        # One attribute, so that threads never see a snapshot with the stamp of another.
        self._kept: tuple[_Stamp, Snapshot] | None = None

    def read(self) -> Snapshot:
        """Return the library as it is.

        Raises:
            LibraryError: the directory is missing, or tools.py cannot be read or is not UTF-8.
            LibrarySyntaxError: tools.py is not Python; names file and line.
        """
        from toolwright.syntax.reading import read_library

        path = self._place.tools
        stamp, kept = self._stamp_now(), self._kept
        if kept is not None and stamp is not None and stamp == kept[0]:
            return kept[1]
        self._place.check()
        data = read_bytes(path)
        text = "" if data is None else decode(data, path)
        digest = sha(data or b"")
        last = kept[1] if kept else None
        if last is None or (last.sha, last.exists) != (digest, data is not None):
            listing = read_library(text, str(path))
            tools = {tool.name: tool for tool in listing.tools}
            last = Snapshot(text, digest, tools, listing.not_offered, exists=data is not None)
        self._kept = stamp, last
        return last

    def _stamp_now(self) -> _Stamp:
        """Return what changes with the file; None while that cannot be relied on."""
        try:
            now = self._place.tools.stat()
        except OSError:
            return None
        if abs(time.time_ns() - max(now.st_mtime_ns, now.st_ctime_ns)) < _SETTLED_NS:
            return None
        return now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino
