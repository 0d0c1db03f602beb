"""The beginning of a path -> the files and folders that it may mean, read from the workspace on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolwright.repl.offers import Offer
from toolwright.repl.typed_words import Typed

_HOME: Final = "~/"
_ASIDE: Final = frozenset(" \t\"'\\")
"""What a path must be quoted for."""


def path_offers(typed: str, workspace: Path) -> Iterator[Offer]:
    """Offer what a folder holds; hidden names only where a dot was typed, folders with a slash.

    A path that begins with `~/` is offered as it really is: nobody else reads that sign.
    """
    meant = os.path.expanduser(typed) if typed.startswith(_HOME) else typed  # noqa: PTH111 - the end counts
    folder, slash, name = meant.rpartition("/")
    try:
        entries = sorted((workspace / f"{folder}{slash}").iterdir())
    except (OSError, ValueError):  # no such folder, no such name
        return
    for entry in entries:
        hidden = entry.name.startswith(".") and not name.startswith(".")
        if entry.name.startswith(name) and not hidden and entry.name.isprintable():
            end = "/" if _is_folder(entry) else ""
            whole = f"{folder}{slash}{entry.name}{end}" if meant != typed else f"{entry.name}{end}"
            yield Offer(whole, len(typed if meant != typed else name), f"{entry.name}{end}")


def quoted_path_offers(typed: Typed, workspace: Path) -> Iterator[Offer]:
    """Offer the same for one of several words: quoted where it must be, so that it stays one word."""
    for offer in path_offers(typed.word, workspace):
        whole = typed.word[: len(typed.word) - offer.replaces] + offer.text
        mark = typed.quote or ('"' if set(whole) & _ASIDE else "")
        if not mark:
            yield offer
        elif mark not in whole and "\\" not in whole:
            end = "" if whole.endswith("/") else mark
            yield Offer(f"{mark}{whole}{end}", len(typed.word) + len(typed.quote), offer.shown)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
