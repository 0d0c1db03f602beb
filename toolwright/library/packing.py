"""A library and names of tools -> a zip file that is a library itself: those tools and all that they reach.

The same tools give the same bytes: sorted, without times, owners or modes of their own.
"""

import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import ToolwrightError
from toolwright.library.excerpt import nothing_but
from toolwright.library.place import CONFTEST, Place, listed, read_bytes
from toolwright.library.snapshot import Snapshot
from toolwright.library.versions import version_path

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can hold."""
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


def packed(place: Place, snapshot: Snapshot, names: Sequence[str]) -> bytes:
    """Return the zip file of tools; `names` holds those that they call, too.

    Raises:
        LibraryError: a file of theirs cannot be read.
    """
    text = nothing_but(snapshot.known, names)
    files = {"tools.py": text.encode(), "tool_tests/conftest.py": CONFTEST.encode()}
    for name in names:
        found = [place.test_of(name), place.evidence_of(name), *listed(version_path(place, name, 0).parent)]
        for file in found:
            content = read_bytes(file)
            if content is not None:
                files[file.relative_to(place.directory).as_posix()] = content
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path, data in sorted(files.items()):
            member = zipfile.ZipInfo(path, _LONG_AGO)
            member.create_system, member.external_attr = _UNIX, _MODE
            archive.writestr(member, data, zipfile.ZIP_DEFLATED, 9)
    return written.getvalue()


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that it is there wholly or not at all.

    Raises:
        ToolwrightError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ToolwrightError(f"{path} cannot be written: {error.strerror}") from None
