"""`:memory`: where the memory is, whether it is well, and what is in it."""

from pathlib import Path
from typing import TYPE_CHECKING

from toolwright.cli.directive_commands import unfinished
from toolwright.errors import MemoryFileError, UsageError
from toolwright.memory.address import read_address
from toolwright.memory.place import memory_file
from toolwright.redaction import Secret
from toolwright.screen.result import write_line
from toolwright.screen.words import count
from toolwright.wiring import open_past

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from toolwright.cli.goals import Goals


def show_memory(goals: "Goals", rest: str) -> int:
    """Say where the memory is, what is in it and whether it is well; 1 when it cannot be used."""
    if rest:
        raise UsageError(":memory takes nothing", hint=":history lists the goals that ran")
    settings = goals.settings
    path = memory_file(settings.library.absolute())
    said: list[str] = []
    past = open_past(settings, said.append)
    rows = [("where", str(path))]
    try:
        if isinstance(settings.memory, Secret):
            rows = [("where", read_address(settings.memory).shown)]
        looked = None if past.is_empty else past.ask(_looked_at)
        health, sizes = looked or ("not made yet", {})
    except MemoryFileError as error:
        health, sizes = str(error), {}
    kept = [f"{number} {name.replace('_', ' ')}" for name, number in sizes.items() if number]
    rows += [("health", "; ".join([health, *said])), ("holds", ", ".join(kept) or "nothing yet")]
    folder = path.parent
    rows += [
        ("waiting", count(_files(folder, "runs"), "run") + " in a file of its own"),
        ("plans", f"{_files(folder, 'plans')} remembered"),
        ("talks", f"{_files(folder, 'transcripts')} recorded"),
        ("directives", f"{len(unfinished(goals))} not finished"),
    ]
    if not settings.memory:
        rows.append(("note", "--no-memory: this program neither uses nor keeps any of it"))
    for name, text in rows:
        write_line(f"{name:<10}  {text}")
    return 0 if health.startswith(("well", "not made")) else 1


def _looked_at(connection: "Connection") -> tuple[str, dict[str, int]]:
    from sqlalchemy import func, select, text

    from toolwright.memory.schema import METADATA

    tables = METADATA.sorted_tables
    sizes = {
        each.name: connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables
    }
    said = "ok"
    if connection.dialect.name == "sqlite":
        said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    return "well" if said == "ok" else f"damaged: {said}", sizes


def _files(folder: Path, name: str) -> int:
    try:
        return sum(not path.name.startswith(".") for path in (folder / name).iterdir())
    except OSError:
        return 0
