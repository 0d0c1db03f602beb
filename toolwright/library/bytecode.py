"""tools.py -> its byte code beside it, bound to the hash of the text: `import tools` is fast and never stale.

The byte code that Python writes itself is bound to the second and the size of the last change, so that two
edits within a second may be mistaken for one. The text is compiled, never run.
"""

import contextlib
import os
import sys
import threading
import warnings
from pathlib import Path

from toolwright.errors import LibraryError
from toolwright.library.disk import Disk
from toolwright.library.place import Place, read_bytes

_CHECKED_HASH = 0b11
_HEADER = 16


def refresh_bytecode(place: Place) -> bool:
    """Write the byte code of tools.py unless it is there; tells whether it was written.

    Where it cannot be written, or Python is told to write none, nothing happens: it only saves time.
    """
    if sys.dont_write_bytecode:
        return False
    from importlib.util import cache_from_source

    folder = place.directory / "__pycache__"
    was_there = folder.exists()
    try:
        data = read_bytes(place.tools)
        cached = Path(cache_from_source(str(place.tools)))
        if data is None or _is_fresh(cached, data):
            return False
        _write(cached, _compiled(data, place), like=place.tools)
    except (LibraryError, OSError, SyntaxError, NotImplementedError, ValueError, RecursionError):
        if not was_there:
            with contextlib.suppress(OSError):
                folder.rmdir()
        return False
    return True


def _compiled(data: bytes, place: Place) -> bytes:
    import marshal

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(data, str(place.tools), "exec", dont_inherit=True)
    return _header(data) + marshal.dumps(code)


def _write(path: Path, data: bytes, like: Path) -> None:
    """Write a file in one act and for certain: Python fails on one that a power cut left half written."""
    disk, beside = Disk(), path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    disk.make_folder(path.parent)
    try:
        disk.write(beside, data, like=like)
        disk.rename(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            disk.remove(beside)
        raise


def _is_fresh(cached: Path, data: bytes) -> bool:
    try:
        with cached.open("rb") as file:
            return file.read(_HEADER) == _header(data)
    except OSError:
        return False


def _header(data: bytes) -> bytes:
    from importlib.util import MAGIC_NUMBER, source_hash

    return MAGIC_NUMBER + _CHECKED_HASH.to_bytes(4, "little") + source_hash(data)
