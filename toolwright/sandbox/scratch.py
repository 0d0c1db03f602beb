"""Temporary folders that go with a run: a purpose in, an empty folder out, nothing left behind."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from toolwright.errors import SandboxError
from toolwright.sandbox.removing import remove_tree


@contextlib.contextmanager
def fresh_folder(purpose: str) -> Iterator[str]:
    """Make an empty folder of mode 700 in the system's temporary folder and remove it afterwards.

    Raises:
        SandboxError: the temporary folder cannot be written.
    """
    import tempfile

    try:
        folder = Path(tempfile.mkdtemp(prefix=f"toolwright-{purpose}-")).resolve()
    except OSError as error:
        raise SandboxError(
            f"no temporary folder can be made: {error}",
            hint="free some space there, or set TMPDIR to another folder",
        ) from error
    try:
        yield str(folder)
    finally:
        remove_tree(str(folder))
