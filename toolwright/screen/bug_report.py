"""A bug report: an exception nobody expected goes in, a file without secrets comes out."""

import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.redaction import Redactor

PACKAGES: Final = ("toolwright", "together", "httpx", "libcst", "rich", "pytest", "filelock")


def write_bug_report(
    exception: BaseException,
    redactor: Redactor,
    directory: Path,
    argv: Sequence[str] | None = None,
) -> Path:
    """Write traceback, versions and command line to a new file only its owner can read; return its path.

    Where `directory` cannot be written the file goes to the folder for temporary files.

    Raises:
        OSError: nothing could be written there either.
    """
    text = redactor.redact(_report(exception, sys.argv if argv is None else argv))
    name = f"toolwright-bug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        return _write(directory, name, text)
    except OSError:
        return _write(Path(tempfile.gettempdir()), name, text)


def _write(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return path


def _report(exception: BaseException, argv: Sequence[str]) -> str:
    versions = "\n".join(f"{package}: {_version(package)}" for package in PACKAGES)
    trace = "".join(traceback.format_exception(exception))
    return (
        "Toolwright met a bug. Keys were masked; please read this file before you attach it to an issue.\n\n"
        f"### Command\n\n{' '.join(map(repr, argv))}\n\n"
        f"### Traceback\n\n{trace}\n"
        f"### Versions\n\npython: {platform.python_version()} ({platform.python_implementation()})\n"
        f"platform: {platform.platform()}\n{versions}\n"
    )


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
