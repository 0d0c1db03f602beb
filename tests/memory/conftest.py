"""What the tests of the memory share: one PostgreSQL for all that want one, and a folder nobody can write."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from postgres import Postgres, served


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real server, started when it is first asked for and surely stopped."""
    with served() as server:
        yield server


@pytest.fixture
def frozen() -> Callable[[Path], AbstractContextManager[None]]:
    """Make a folder of which nothing can be written, as long as a block lasts."""
    return _frozen


@contextlib.contextmanager
def _frozen(folder: Path) -> Iterator[None]:
    if os.geteuid() != 0:  # root may write whatever the mode says
        (folder / ".toolwright").chmod(0o555)
        try:
            yield
        finally:
            (folder / ".toolwright").chmod(0o755)
        return
    mount = ["mount", "--bind", str(folder), str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounts are not permitted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
