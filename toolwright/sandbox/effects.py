"""A shared folder in, what stands in it out; two such trees in, what changed between them out.

A tool made these files: no link is followed, and more than the bounds is not read.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass, field

Kind: TypeAlias = Literal["file", "folder", "link", "other"]

_PLACES: Final = ("work", "scratch/pytest")
"""Where tests and tools meet: the tests' own folders and `tmp_path`. What a tool leaves elsewhere in its
scratch folder are temporary files, which nobody was told of."""

_MAX_ENTRIES: Final = 5_000
_MAX_BYTES: Final = 8 << 20
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a tree. `content` is a file's bytes or a link's target, None when it was not read."""

    kind: Kind
    mode: int
    owner: tuple[int, int]
    stamp: tuple[int, ...]
    content: bytes | None = None

    def is_like(self, other: "Entry") -> bool:
        """Whether nobody who reads the two could tell them apart; times are not looked at."""
        if (self.kind, self.mode) != (other.kind, other.mode):
            return False
        if self.content is None or other.content is None:
            return self.stamp == other.stamp or self.kind == "folder"
        return self.content == other.content


@dataclass(frozen=True, slots=True)
class Change:
    """`path` was `before` and is `after`; None is nothing."""

    path: str
    before: Entry | None
    after: Entry | None

    @property
    def reversed(self) -> "Change":
        """What takes it back."""
        return Change(self.path, self.after, self.before)

    @property
    def is_known(self) -> bool:
        """Whether it can be made again."""
        return self.after is None or self.after.kind == "folder" or self.after.content is not None

    def __str__(self) -> str:
        """As it is kept with the tool: what happened to which file, its size and the start of its hash."""
        what = "removed" if self.after is None else "created" if self.before is None else "changed"
        if self.after is None or self.after.kind != "file":
            kind = (self.after or self.before or _NOTHING).kind
            return f"{what} {kind} {self.name}"
        if self.after.content is None:
            return f"{what} file {self.name}"
        digest = hashlib.sha256(self.after.content).hexdigest()[:16]
        return f"{what} file {self.name} ({len(self.after.content)} bytes, sha256 {digest})"

    @property
    def name(self) -> str:
        """The path as a test would say it, without the folders that were made for it."""
        parts = self.path.split("/")
        return "/".join(parts[3:] if parts[0] == "scratch" else parts[2:]) or parts[-1]


_NOTHING: Final = Entry("other", 0, (0, 0), ())

Tree: TypeAlias = Mapping[str, Entry]


@dataclass(slots=True)
class _Room:
    entries: int = _MAX_ENTRIES
    bytes: int = _MAX_BYTES
    known: Tree = field(default_factory=dict)


def read_tree(root: str, known: Tree) -> Tree:
    """Read the shared folders below `root`; of files that are as in `known` the content is not read again."""
    room = _Room(known=known)
    found: dict[str, Entry] = {}
    for place in _PLACES:
        for folder, _, names, descriptor in _walk(f"{root}/{place}"):
            above = folder[len(root) + 1 :]
            if folder != f"{root}/{place}":
                found[above] = _folder(descriptor)
            for name in names:
                room.entries -= 1
                if room.entries < 0:
                    return found
                entry = _read(name, descriptor, f"{above}/{name}", room)
                if entry is not None:
                    found[f"{above}/{name}"] = entry
    return found


def changes(before: Tree, after: Tree) -> tuple[Change, ...]:
    """Say what changed, by path."""
    paths = sorted(before.keys() | after.keys())
    pairs = ((path, before.get(path), after.get(path)) for path in paths)
    return tuple(
        Change(path, old, new)
        for path, old, new in pairs
        if old is None or new is None or not new.is_like(old)
    )


def _walk(top: str) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Folders from the top down; links to folders are among the names, not walked into."""
    try:
        for folder, folders, names, descriptor in os.fwalk(top, follow_symlinks=False):
            links = [name for name in folders if _is_link(name, descriptor)]
            folders[:] = sorted(set(folders) - set(links))
            yield folder, folders, sorted({*names, *links}), descriptor
    except OSError:  # it is not there, or somebody takes it away meanwhile
        return


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _folder(descriptor: int) -> Entry:
    info = os.fstat(descriptor)
    return Entry("folder", stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid), ())


def _read(name: str, folder: int, path: str, room: _Room) -> Entry | None:
    try:
        info = os.stat(name, dir_fd=folder, follow_symlinks=False)
        content = None
        if stat.S_ISLNK(info.st_mode):
            content = os.fsencode(os.readlink(name, dir_fd=folder))
        stamp = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        if stat.S_ISREG(info.st_mode):
            content = _content(name, folder, stamp, room.known.get(path), room)
    except OSError:
        return None
    kind: Kind = "file" if stat.S_ISREG(info.st_mode) else "link" if content is not None else "other"
    return Entry(kind, stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid), stamp, content)


def _content(
    name: str, folder: int, stamp: tuple[int, ...], known: Entry | None, room: _Room
) -> bytes | None:
    room.bytes -= stamp[1]
    if room.bytes < 0:
        return None
    if known is not None and known.stamp == stamp and known.content is not None:
        return known.content
    descriptor = os.open(name, _FILE, dir_fd=folder)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read(stamp[1] + 1)
