"""Folders whose names come in another order than the file system gives them: for tools that rely on it."""

import os
from collections.abc import Iterator
from typing import Any, Self


def turn_listings() -> None:
    """Let `os.listdir` and `os.scandir`, and all that is made of them, give the last name first."""
    listed, scanned = os.listdir, os.scandir

    def listdir(path: Any = None) -> list[Any]:
        return listed(path)[::-1]

    def scandir(path: Any = None) -> Any:
        with scanned(path) as entries:
            return _Turned(list(entries)[::-1])

    os.listdir, os.scandir = listdir, scandir


class _Turned:
    """What `os.scandir` returns, over entries that were read already."""

    def __init__(self, entries: list[os.DirEntry[Any]]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[os.DirEntry[Any]]:
        return self._entries

    def __next__(self) -> os.DirEntry[Any]:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Give no further entries."""
        self._entries = iter(())
