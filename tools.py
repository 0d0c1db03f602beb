"""The function library of this folder: ordinary Python, kept by Toolwright.

Every function here passed its tests in an isolated process before it was added; the tests stand in
tool_tests/, one file a function. Edit by hand whatever you like: hand edits are welcome and kept.

Use a function from a script, with nothing else installed:   from tools import list_dir
Use it from a shell, isolated:   python agent.py --execute-tool list_dir '{"path": "."}'
"""

import os
import platform
import stat
from pathlib import Path
from typing import Literal, TypedDict


class _Health(TypedDict):
    status: Literal["ok"]
    platform: str
    python: str


def health_check() -> _Health:
    """Report that tools can be called, and on which platform and Python version they run.

    Returns:
        `status`, always "ok"; `platform`, the names of the operating system, its release and the
        machine, separated by blanks; `python`, the version such as "3.12.4".

    Raises: nothing

    Example:
        >>> health_check()["status"]
        'ok'

    Keywords: ping, self test, diagnostics, environment, operating system, interpreter version
    """
    names = (platform.system(), platform.release(), platform.machine())
    return {
        "status": "ok",
        "platform": " ".join(name for name in names if name),
        "python": platform.python_version(),
    }


class _Entry(TypedDict):
    name: str
    type: Literal["file", "directory", "link", "other"]
    size: int


class _Listing(TypedDict):
    entries: list[_Entry]
    count: int


def list_dir(path: str = ".") -> _Listing:
    r"""List what a directory holds, hidden entries included, without going into subdirectories.

    Args:
        path: The directory, absolute or relative to the current one.

    Returns:
        `entries`, sorted by name in code point order, and `count`, how many there are. An entry has a
        `name` (bytes that are not UTF-8 are written as in "\xff"), a `type` and a `size`. Links are
        not followed: they are of type "link", wherever they lead. Pipes, sockets and devices are
        "other". The size of a file is in bytes; that of everything else is 0.

    Raises:
        FileNotFoundError: there is nothing at `path`.
        NotADirectoryError: `path` is not a directory.
        PermissionError: the directory may not be read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as empty:
        ...     list_dir(empty)
        {'entries': [], 'count': 0}

    Keywords: ls, dir, folder contents, browse, find files, file names, file sizes, directory listing
    Permissions: read
    Varies: files
    """
    entries: list[_Entry] = []
    with os.scandir(path) as found:
        for item in found:
            entry: _Entry = {"name": _readable(item.name), "type": "other", "size": 0}
            if item.is_symlink():
                entry["type"] = "link"
            elif item.is_dir():
                entry["type"] = "directory"
            elif item.is_file():
                entry["type"] = "file"
                try:
                    entry["size"] = item.stat().st_size
                except FileNotFoundError:
                    continue  # deleted since the listing began: no longer in the directory
            entries.append(entry)
    entries.sort(key=_name_of)
    return {"entries": entries, "count": len(entries)}


def _readable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _name_of(entry: _Entry) -> str:
    return entry["name"]


_MOST_LINES = 1000


class _FileText(TypedDict):
    content: str
    size: int
    lines: int


def read_file(path: str, max_lines: int | None = None) -> _FileText:
    r"""Read a text file, or its first lines.

    Args:
        path: The file, absolute or relative to the current directory; links are followed.
        max_lines: How many lines of content to return, 1 to 1000; None returns all.

    Returns:
        `content`, the text with its line ends as they are in the file: nothing is translated, and a
        byte order mark stays. `size`, the bytes of the whole file, and `lines`, the lines of the whole
        file, also when `content` is cut. A line ends with "\n" (so "\r\n" ends one, "\r" alone does
        not); text after the last "\n" is a line too, and an empty file has none.

    Raises:
        ValueError: `max_lines` is not from 1 to 1000, the file is not UTF-8, or `path` is a pipe, a
            socket or a device.
        FileNotFoundError: there is nothing at `path`.
        IsADirectoryError: `path` is a directory.
        PermissionError: the file may not be read.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     note = pathlib.Path(folder, "note.txt")
        ...     _ = note.write_bytes(b"one\ntwo")
        ...     read_file(str(note), max_lines=1)
        {'content': 'one\n', 'size': 7, 'lines': 2}

    Keywords: cat, head, open, load text, file content, text file, count lines, first lines, preview
    Permissions: read
    Varies: files
    """
    if max_lines is not None and not 1 <= max_lines <= _MOST_LINES:
        raise ValueError(f"max_lines must be from 1 to {_MOST_LINES}, not {max_lines}")
    mode = Path(path).stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # reading a pipe or a device might never end
        raise ValueError(f"{path!r} is a pipe, a socket or a device, not a file")
    kept: list[str] = []
    size = lines = 0
    with Path(path).open("rb") as file:
        for line in file:
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                where = f"byte 0x{line[error.start]:02x} at offset {size + error.start}"
                raise ValueError(f"{path!r} is not UTF-8 text: {where}") from None
            size += len(line)
            lines += 1
            if max_lines is None or lines <= max_lines:
                kept.append(text)
    return {"content": "".join(kept), "size": size, "lines": lines}
