"""tools.py -> its byte code beside it, bound to the hash of the text: `import tools` is fast and never stale.

The byte code that Python writes itself is bound to the second and the size of the last change, so that two
edits within a second may be mistaken for one. The text is compiled, never run.
"""

import contextlib
import sys
import warnings

from toolwright.errors import LibraryError
from toolwright.library.place import Place, read_bytes

_CHECKED_HASH = 0b11
_HEADER = 16


def refresh_bytecode(place: Place) -> bool:
    """Write the byte code of tools.py unless it is there; tells whether it was written.

    Where it cannot be written, or Python is told to write none, nothing happens: it only saves time.
    """
    if sys.dont_write_bytecode:
        return False
    import py_compile
    from importlib.util import cache_from_source

    folder = place.directory / "__pycache__"
    was_there = folder.exists()
    try:
        data = read_bytes(place.tools)
        cached = cache_from_source(str(place.tools))
        if data is None or _is_fresh(cached, data):
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            py_compile.compile(
                str(place.tools),
                cached,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
            )
    except (
        LibraryError,
        OSError,
        py_compile.PyCompileError,
        NotImplementedError,
        ValueError,
        RecursionError,
    ):
        if not was_there:
            with contextlib.suppress(OSError):
                folder.rmdir()
        return False
    return True


def _is_fresh(cached: str, data: bytes) -> bool:
    from importlib.util import MAGIC_NUMBER, source_hash

    try:
        with open(cached, "rb") as file:  # noqa: PTH123 - the path is Python's own, as text
            header = file.read(_HEADER)
    except OSError:
        return False
    return header == MAGIC_NUMBER + _CHECKED_HASH.to_bytes(4, "little") + source_hash(data)
