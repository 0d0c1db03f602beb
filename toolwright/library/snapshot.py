"""tools.py as it is now -> a snapshot; read and parsed again only when the file changed."""

import time
from collections.abc import Mapping
from typing import Final, TypeAlias

from toolwright.library.bindings import Bindings
from toolwright.library.catalogue import Catalogue, Tools, read_catalogue
from toolwright.library.parting import part_in
from toolwright.library.place import Place, decode, read_bytes, sha
from toolwright.library.quarantine import quarantined
from toolwright.library.reached import Part
from toolwright.records import dataclass, field, replace
from toolwright.types import NotOffered, Tool

# Two saves within one tick of the file system's clock can leave the same times behind: what was written this
# recently is read again.
SETTLED_NS: Final = 100_000_000

_Stamp: TypeAlias = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The library at one moment. `text` is "" and `exists` False while there is no tools.py."""

    text: str
    sha: str
    catalogue: Catalogue
    tools: Mapping[str, Tool]
    not_offered: tuple[NotOffered, ...]
    exists: bool = True
    quarantined: Mapping[str, Tool] = field(default_factory=dict)
    """Tools that failed their tests and are not offered until they pass; why stands in `not_offered`."""

    @property
    def kept(self) -> Mapping[str, Tool]:
        """The tools on offer and those in quarantine."""
        return Tools(self.catalogue, self.catalogue.offered) if self.quarantined else self.tools

    @property
    def known(self) -> Bindings:
        """Who binds which name, and uses which."""
        return self.catalogue.bindings

    def part(self, name: str) -> Part:
        """Return what a call of a tool needs of the library: all of it where a part would not do."""
        return part_in(self.catalogue, [name]) or Part(self.text, self.text)

    @property
    def names(self) -> frozenset[str]:
        """Every public name that stands for something at the top level, imports among them."""
        known = self.known
        return frozenset(name for name in known.header.union(known.chunks) if not name.startswith("_"))


def snapshot_of(text: str, filename: str, old: Catalogue) -> Snapshot:
    """Return a library that is only a text yet; nothing is in quarantine there.

    Of what `old` has read already nothing is parsed again.

    Raises:
        LibrarySyntaxError: the text is not Python.
    """
    catalogue = read_catalogue(text, filename, old)
    tools = Tools(catalogue, catalogue.offered)
    return Snapshot(text, sha(text.encode()), catalogue, tools, catalogue.not_offered)


class Reader:
    """Reads tools.py and remembers the last snapshot."""

    def __init__(self, place: Place, worth: int | None = None) -> None:
        """Name the place; a text of `worth` characters or more is looked for in the index first."""
        self._place, self._worth = place, worth
        # One attribute, so that threads never see a snapshot with the stamp of another.
        self._kept: tuple[_Stamp, Snapshot] | None = None

    def read(self) -> Snapshot:
        """Return the library as it is.

        Raises:
            LibraryError: the directory is missing, or tools.py cannot be read or is not UTF-8.
            LibrarySyntaxError: tools.py is not Python; names file and line.
        """
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
            catalogue = self._catalogue(text, digest, last)
            tools = Tools(catalogue, catalogue.offered)
            last = Snapshot(text, digest, catalogue, tools, catalogue.not_offered, exists=data is not None)
        last = self._sorted(last)
        self._kept = stamp, last
        return last

    def _catalogue(self, text: str, digest: str, last: Snapshot | None) -> Catalogue:
        """Read a text, going on from what this process, or the index, knows of the library."""
        from toolwright.library.index.keeping import WORTH, catalogue_of

        if last is not None:
            wholly = len(text) >= WORTH  # it will go into the index
            return read_catalogue(text, str(self._place.tools), last.catalogue, wholly=wholly)
        return catalogue_of(self._place, text, digest, WORTH if self._worth is None else self._worth)

    def _sorted(self, snapshot: Snapshot) -> Snapshot:
        """Offer what is not in quarantine, as it is now."""
        catalogue = snapshot.catalogue
        why = quarantined(self._place, snapshot.text, catalogue.offered)
        if not why and not snapshot.quarantined:
            return snapshot
        line = {name: catalogue.sections.chunks[catalogue.offered[name]].line for name in why}
        held = (NotOffered(name, f"is in quarantine: {why[name]}", line[name]) for name in why)
        return replace(
            snapshot,
            tools=Tools(catalogue, (name for name in catalogue.offered if name not in why)),
            not_offered=(*catalogue.not_offered, *held),
            quarantined=Tools(catalogue, why),
        )

    def _stamp_now(self) -> _Stamp:
        """Return what changes with the file; None while that cannot be relied on."""
        try:
            now = self._place.tools.stat()
        except OSError:
            return None
        times = [now.st_mtime_ns, now.st_ctime_ns, self._evidence_time()]
        if abs(time.time_ns() - max(times)) < SETTLED_NS:
            return None
        return *times, now.st_size, now.st_ino

    def _evidence_time(self) -> int:
        """Return when the folder last changed that holds the notes on quarantine, 0 when there is none."""
        try:
            return self._place.evidence.stat().st_mtime_ns
        except OSError:
            return 0
