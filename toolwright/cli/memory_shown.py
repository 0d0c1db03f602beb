"""`memory`: where the memory is, whether it is well, and what is in it and beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.errors import MemoryFileError
from toolwright.memory.directives import Directives
from toolwright.remembering import STATE, open_past
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

WELL: Final = "well"
_NOT_MADE: Final = "not made yet"


def show_memory(settings: Settings, *, as_json: bool) -> int:
    """Print it; 1 when the memory cannot be used."""
    said: list[str] = []
    past = open_past(settings, said.append)
    rows: dict[str, int] = {}
    where = ""
    try:
        where = past.where
        health = _NOT_MADE if past.is_empty else past.ask(_health) or _NOT_MADE
        rows = past.counts()
    except MemoryFileError as error:
        health = str(error)
    folder = settings.library.absolute() / STATE
    queue = Directives(folder, str).all()
    beside = {
        "runs": _files(folder / "runs"),
        "plans": _files(folder / "plans"),
        "transcripts": _files(folder / "transcripts"),
        "directives": sum(not each.is_finished for each in queue),
    }
    if as_json:
        about = {"memory": where, "health": health, "said": said, "rows": rows, "beside": beside}
        write_line(json_text(about | {"kept": bool(settings.memory)}))
    else:
        _print(where, "; ".join([health, *said]), rows, beside)
        if not settings.memory:
            write_line("note        --no-memory: what happens now is neither kept nor used")
    return 0 if health in {WELL, _NOT_MADE} else 1


def _print(where: str, health: str, rows: dict[str, int], beside: dict[str, int]) -> None:
    holds = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in rows.items())
    lines = [
        ("where", where or "nowhere"),
        ("health", health),
        ("holds", holds or "nothing yet"),
        ("waiting", f"{count(beside['runs'], 'run')}, not taken in yet"),
        ("plans", f"{beside['plans']} remembered"),
        ("talks", f"{count(beside['transcripts'], 'transcript')}"),
        ("directives", f"{beside['directives']} not finished"),
    ]
    for name, text in lines:
        write_line(f"{name:<10}  {text}")


def _health(connection: "Connection") -> str:
    """Have the database look at itself; a server does so all the time."""
    from sqlalchemy import text

    if connection.dialect.name != "sqlite":
        return WELL
    said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    return WELL if said == "ok" else f"damaged: {said}"


def _files(folder: Path) -> int:
    try:
        return sum(not path.name.startswith(".") and path.stat().st_size > 0 for path in folder.iterdir())
    except OSError:
        return 0
