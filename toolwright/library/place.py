"""A library directory -> where everything in it stands, and the text of its tools.py."""

import os
import re
import stat
from pathlib import Path
from typing import Final

from toolwright.errors import LibraryError
from toolwright.records import dataclass
from toolwright.syntax.parsing import BOM

BANNER: Final = '''"""The function library of this folder: ordinary Python, kept by Toolwright.

Every function here passed its tests in an isolated process before it was added; the tests stand in
tool_tests/, one file a function. Edit by hand whatever you like: hand edits are welcome and kept.

Use a function from a script, with nothing else installed:   from tools import NAME
Use it from a shell, isolated:   python agent.py --execute-tool NAME '{"argument": "value"}'
"""
'''
CONFTEST: Final = '''"""Let plain `pytest` find tools.py, which stands beside this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
'''
_CODING: Final = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")

_UTF_8: Final = frozenset({"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"})


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of a library directory."""

    directory: Path

    @property
    def tools(self) -> Path:
        """The library itself."""
        return self.directory / "tools.py"

    @property
    def tests(self) -> Path:
        """The folder of the tests."""
        return self.directory / "tool_tests"

    @property
    def evidence(self) -> Path:
        """The folder of the evidence, which travels with the tests."""
        return self.tests / "evidence"

    @property
    def private(self) -> Path:
        """What is ours alone; git ignores it."""
        return self.directory / ".toolwright"

    @property
    def index(self) -> Path:
        """What was read off tools.py; it can be made again at any time."""
        return self.private / "index.db"

    @property
    def lock(self) -> Path:
        """Held while a change is made; it stays when the change is done."""
        return self.private / "lock"

    @property
    def journal(self) -> Path:
        """There only while a change is being made, or was interrupted."""
        return self.private / "journal"

    @property
    def history(self) -> Path:
        """What is needed to undo."""
        return self.private / "history"

    @property
    def versions(self) -> Path:
        """Every version of every tool, a folder each."""
        return self.private / "versions"

    def test_of(self, name: str) -> Path:
        """Return the path of the tests of a tool."""
        return self.tests / f"test_{name}.py"

    def evidence_of(self, name: str) -> Path:
        """Return the path of the evidence for a tool."""
        return self.evidence / f"{name}.json"

    def quarantine_of(self, name: str) -> Path:
        """Return the path of the note that keeps a tool from being offered."""
        return self.evidence / f"{name}.quarantine.json"

    def check(self) -> None:
        """Make sure that the directory is one.

        Raises:
            LibraryError: it is missing, something else, or cannot be looked at.
        """
        try:
            mode = self.directory.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            mode = None
        except OSError as error:
            raise LibraryError(f"{self.directory} cannot be read: {error.strerror}") from None
        if mode is not None:
            if stat.S_ISDIR(mode):
                return
            raise LibraryError(f"the library {self.directory} is not a directory")
        import shlex

        raise LibraryError(
            f"the library directory {self.directory} does not exist",
            hint=f"mkdir -p {shlex.quote(str(self.directory))}, or name another one with --library DIR",
        )


def sha(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path) -> bytes | None:
    """Return what a regular file holds, None when there is none.

    Raises:
        LibraryError: it cannot be read, or is not a regular file.
    """
    try:
        # Not blocking: a pipe of that name would keep us waiting for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISREG(mode):
            with os.fdopen(descriptor, "rb") as file:
                return file.read()
        os.close(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}") from None
    what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
    raise LibraryError(f"{path} is {what}", hint="move it away, or name another library with --library DIR")


def listed(folder: Path) -> tuple[Path, ...]:
    """Return what stands in a folder; nothing when there is no such folder.

    Raises:
        LibraryError: it cannot be read; to take it for empty would write over what is there.
    """
    try:
        return tuple(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise LibraryError(f"{folder} cannot be read: {error.strerror}") from None


def decode(data: bytes, path: Path) -> str:
    """Return the text of a Python file with its newlines as they are.

    Raises:
        LibraryError: it is not UTF-8, or says that it is something else; names file and line.
    """
    hint = f"save {path} as UTF-8; it was not touched"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise LibraryError(
            f"{path}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8", hint=hint
        ) from None
    for number, line_text in enumerate(text[:400].removeprefix(BOM).splitlines()[:2], 1):
        named = _CODING.match(line_text)
        if named and named.group(1).lower().replace("_", "-") not in _UTF_8:
            raise LibraryError(f"{path}, line {number}: the file says that it is {named.group(1)}", hint=hint)
    return text
