"""The beginning of a path -> the files and folders that it may mean, read from the workspace on."""

from collections.abc import Iterator
from pathlib import Path

from toolwright.repl.offers import Offer


def path_offers(typed: str, workspace: Path) -> Iterator[Offer]:
    """Offer what a folder holds; hidden names only where a dot was typed, folders with a slash."""
    folder, slash, name = typed.rpartition("/")
    try:
        start = workspace / Path(f"{folder}{slash}").expanduser()
        entries = sorted(start.iterdir())
    except (OSError, RuntimeError, ValueError):  # no such folder, no such home, no such name
        return
    for entry in entries:
        hidden = entry.name.startswith(".") and not name.startswith(".")
        if entry.name.startswith(name) and not hidden and entry.name.isprintable():
            end = "/" if _is_folder(entry) else ""
            yield Offer(f"{entry.name}{end}", len(name), f"{entry.name}{end}")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
