"""The file operations of a real change -> what a disk may hold when the power fails between two of them.

`strace` says what was done. Only what was waited for (fsync) is certain: of everything else, names in folders
and the content of files alike, any part may be there and any other be missing, in whatever order it was done.
"""

import itertools
import random
import re
from dataclasses import dataclass, field

from traced_changes import outcome

TRACED = (
    "openat,write,pwrite64,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "fsync,fdatasync,link,linkat,symlink,symlinkat"
)
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)(.*)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"|(\d+)<((?:\\x[0-9a-f]{2})*)(?:\(deleted\))?>')


@dataclass
class File:
    """A file: what is certain of its content, and what was written since."""

    certain: bytes = b""
    now: bytes = b""


@dataclass
class Folder:
    """A folder, by its identity; what stands in it is kept apart, for that is what gets lost."""

    begins: dict = field(default_factory=dict)


@dataclass
class Edit:
    """One act on the names in a folder: each becomes a file, a folder, or nothing."""

    folder: Folder
    names: dict
    is_certain: bool = False


def traced(change, directory, record):
    """Carry out a change in a child; return its file operations in a library directory.

    Each is (call, texts): paths relative to the directory, and the bytes that were written.
    """
    options = ["-y", "-xx", "-s", "100000000", "-e", f"trace={TRACED}", "-o", str(record)]
    assert outcome(change, options) == ""
    found, root = [], f"{directory}/"
    for line in record.read_text().splitlines():
        read = _LINE.fullmatch(line)
        if read is None or int(read[3]) < 0:
            continue
        texts = [bytes.fromhex((one or path).replace("\\x", "")) for one, _, path in _TEXT.findall(read[2])]
        paths = [f"{text.decode()}/" for text in texts if text.startswith(b"/")]
        inside = [path.removeprefix(root).rstrip("/") for path in paths if path.startswith(root)]
        if inside and (read[1] != "openat" or "O_CREAT" in read[2] or "O_TRUNC" in read[2]):
            exchange = "RENAME_EXCHANGE" in read[2]
            written = texts[-1] if "write" in read[1] else b""
            cut = "O_TRUNC" in read[2]
            found.append(("exchange" if exchange else read[1], inside, written, cut))
    return found


class Disk:
    """A library directory on a disk that forgets: `does` what was done, and says what may be left of it."""

    def __init__(self, files):
        """Begin with what is there: paths to bytes; to None for a folder, which comes before its files."""
        self.root, self.edits, self.files, self.tree = Folder(), [], [], {}
        self.tree[""] = (self.root, {})
        for path, data in files.items():
            folder, _, name = path.rpartition("/")
            self._edit(folder, {name: Folder() if data is None else self._file(data)}, certain=True)

    def does(self, call, paths, written, cut):
        """Do one operation; False for one that is waited for, at which everything before it is at stake."""
        path = paths[0]
        folder, _, name = path.rpartition("/")
        if call == "openat":
            if self._at(path) is None:
                self._edit(folder, {name: self._file(b"")})
            elif cut:
                self._at(path).now = b""
        elif call == "ftruncate":
            self._at(path).now = b""
        elif "write" in call:
            self._at(path).now += written
        elif call in {"rename", "renameat", "renameat2", "exchange"}:
            target, _, new = paths[1].rpartition("/")
            assert target == folder, "a rename from folder to folder is no single act on one of them"
            back = self._at(paths[1]) if call == "exchange" else None
            self._edit(folder, {name: back, new: self._at(path)})
        elif call in {"unlink", "unlinkat", "rmdir"}:
            self._edit(folder, {name: None})
        elif call in {"mkdir", "mkdirat"}:
            self._edit(folder, {name: Folder()})
        else:
            assert call in {"fsync", "fdatasync"}, call
            self._waited_for(path)

    def at_stake(self):
        """Return what a power cut may lose now: the edits of folders, and the files not wholly written."""
        return [edit for edit in self.edits if not edit.is_certain], [
            file for file in self.files if file.now != file.certain
        ]

    def left(self, kept, contents):
        """Return the files that are there after a power cut which spared just these edits and contents."""
        spared = {id(edit) for edit in kept}
        names = {}
        for edit in self.edits:
            if edit.is_certain or id(edit) in spared:
                names.setdefault(id(edit.folder), {}).update(edit.names)
        found, waiting = {}, [("", self.root)]
        while waiting:
            where, folder = waiting.pop()
            for name, one in names.get(id(folder), {}).items():
                if isinstance(one, Folder):
                    found[where + name] = None
                    waiting.append((f"{where}{name}/", one))
                elif one is not None:
                    found[where + name] = contents.get(id(one), one.certain)
        return found

    def _file(self, data):
        self.files.append(File(data, data))
        return self.files[-1]

    def _at(self, path):
        folder, _, name = path.rpartition("/")
        return self.tree[folder][1].get(name)

    def _edit(self, path, names, *, certain=False):
        folder, now = self.tree[path]
        self.edits.append(Edit(folder, names, certain))
        now.update(names)
        for name, one in names.items():
            if isinstance(one, Folder):
                self.tree[f"{path}/{name}".lstrip("/")] = (one, {})

    def _waited_for(self, path):
        if path in self.tree:
            for edit in self.edits:
                edit.is_certain |= edit.folder is self.tree[path][0]
        else:
            file = self._at(path)
            file.certain = file.now


def power_cuts(files, operations, at_most, chance=None):
    """Yield (is the change done?, what is left), for power cuts at every moment of a change.

    All of them, unless more than `at_most` are possible at one moment: then so many, drawn by `chance`.
    """
    disk, seen = Disk(files), set()
    for number, (call, *rest) in enumerate([*operations, ("end",)]):
        if call in {"fsync", "fdatasync", "end"}:
            for left in _cuts_now(disk, at_most, chance or random.Random(number)):
                key = frozenset(left.items())
                if key not in seen or call == "end":
                    seen.add(key)
                    yield call == "end", left
        if call != "end":
            disk.does(call, *rest)


def _cuts_now(disk, at_most, chance):
    edits, written = disk.at_stake()
    choices = [(True, False)] * len(edits)
    choices += [tuple(dict.fromkeys((f.now, f.certain, f.now[: len(f.now) // 2]))) for f in written]
    possible = itertools.product(*choices)
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > at_most:
        possible = ([chance.choice(choice) for choice in choices] for _ in range(at_most))
    for drawn in possible:
        kept = [edit for edit, spared in zip(edits, drawn, strict=False) if spared]
        yield disk.left(kept, {id(f): data for f, data in zip(written, drawn[len(edits) :], strict=True)})
