"""A zip file or a folder that came from somewhere -> its parcel; all is read into memory, nothing unpacked.

A zip file may be made to harm: what it says of sizes is not believed, and every read is bounded.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.parcel import MEMBER, TOOLS, Parcel, in_order, read_parcel
from toolwright.library.place import read_bytes

_MB: Final = 1_000_000
_LARGEST_ZIP: Final = 64 * _MB
_LARGEST_LIST: Final = 8 * _MB
_LARGEST_MEMBER: Final = 2 * _MB
_LARGEST_LIBRARY: Final = 32 * _MB
_LARGEST_WHOLE: Final = 256 * _MB
_END: Final = b"PK\5\6"
_END_SIZE: Final = 22
_FARTHEST_END: Final = 65_557
_HARMLESS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def open_parcel(path: Path) -> Parcel:
    """Read a zip file, or a folder that is a library.

    Raises:
        LibraryError: there is no such thing, it is damaged, or it is made to harm; one sentence says why.
        LibrarySyntaxError: its tools.py is not Python.
    """
    files = _of_folder(path) if path.is_dir() else _of_zip(path, _bytes_of(path))
    return read_parcel(str(path), files)


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.stat()
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, "is neither a file nor a folder")
    if found.st_size > _LARGEST_ZIP:
        raise _refused(path, f"has {found.st_size} bytes, more than {_LARGEST_ZIP}")
    data = read_bytes(path)
    if data is None:
        raise LibraryError(f"{path} cannot be read: it is gone")
    return data


def _of_folder(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    patterns = ("tools.py", "tool_tests/*.py", "tool_tests/evidence/*.json", ".toolwright/versions/*/*.json")
    paths = [path.relative_to(folder).as_posix() for pattern in patterns for path in folder.glob(pattern)]
    for name in in_order(paths):
        path = folder / name
        for part in (path, *path.parents[: name.count("/")]):
            if part.is_symlink():
                raise _refused(folder, f"holds the link {part.relative_to(folder)}")
        size = path.lstat().st_size
        total += size
        if size > _limit(name) or total > _LARGEST_WHOLE:
            raise _refused(folder, f"holds too much: {name} has {size} bytes")
        found[name] = read_bytes(path) or b""
    return found


def _of_zip(path: Path, data: bytes) -> dict[str, bytes]:
    try:
        _check_list(path, data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            for member in members:
                _check(path, member)
            wanted = {member.filename: member for member in members if MEMBER.fullmatch(member.filename)}
            if len({member.filename for member in members}) != len(members):
                raise _refused(path, "holds two files of one name")
            return dict(_members(path, archive, wanted))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        NotImplementedError,
        UnicodeError,
    ) as error:
        raise _refused(path, f"is no zip file, or a damaged one: {error}") from None


def _check_list(path: Path, data: bytes) -> None:
    """Look at how long the list of members is before it is read."""
    at = data.rfind(_END, max(0, len(data) - _FARTHEST_END))
    if at < 0:
        raise _refused(path, "is no zip file")
    size = struct.unpack_from("<L", data, at + 12)[0]
    if size > min(_LARGEST_LIST, at):
        raise _refused(path, f"lists more files than {_LARGEST_LIST} bytes can name")


def _check(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    parts = PurePosixPath(name).parts
    if "\\" in member.orig_filename or "\0" in member.orig_filename or ".." in parts or name.startswith("/"):
        raise _refused(path, f"holds {member.orig_filename!r}, which would lie outside of it")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise _refused(path, f"holds {name!r}, which is a link or a device")
    if member.flag_bits & 1:
        raise _refused(path, f"holds {name!r}, which is encrypted")
    if member.compress_type not in _HARMLESS:
        raise _refused(path, f"holds {name!r}, which is compressed in an unusual way")


def _members(
    path: Path, archive: zipfile.ZipFile, wanted: dict[str, zipfile.ZipInfo]
) -> Iterator[tuple[str, bytes]]:
    total = 0
    for name in in_order(wanted):
        limit = _limit(name)
        with archive.open(wanted[name]) as file:
            data = file.read(limit + 1)
        total += len(data)
        if len(data) > limit or total > _LARGEST_WHOLE:
            raise _refused(path, f"holds too much: {name} is larger than {limit} bytes")
        yield name, data


def _limit(name: str) -> int:
    return _LARGEST_LIBRARY if name == TOOLS else _LARGEST_MEMBER


def _refused(path: Path, why: str) -> LibraryError:
    return LibraryError(f"{path} {why}; nothing was installed")
