"""`:memory` and `:stats`: where the memory is, whether it is well, what is in it, and what goals took."""

from pathlib import Path
from typing import TYPE_CHECKING

from toolwright.cli.directive_commands import unfinished
from toolwright.cli.history import past_of
from toolwright.errors import MemoryFileError, UsageError
from toolwright.memory.address import read_address
from toolwright.memory.place import memory_file
from toolwright.redaction import Secret
from toolwright.screen.result import write_line
from toolwright.screen.words import count, duration, joined
from toolwright.wiring import open_past

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from toolwright.cli.goals import Goals
    from toolwright.memory.figures import Figures


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


def show_stats(goals: "Goals", rest: str) -> int:
    """Say how the goals of this library ended, what they took, and how much was used again."""
    if rest:
        raise UsageError(":stats takes nothing", hint=":history ID tells one goal in full")
    from toolwright.memory.figures import figures

    past = past_of(goals.settings)
    found = None if past.is_empty else past.ask(figures)
    for line in stats_lines(found) if found and found.goals else ["no goal has run here yet"]:
        write_line(line)
    return 0


def stats_lines(found: "Figures") -> list[str]:
    """Return figures as lines for people; what is not known is said to be unknown."""
    verdicts = found.verdicts or {}
    ended = ", ".join(f"{number} {status}" for status, number in found.goals.items())
    tokens = f"{found.prompt_tokens:,} tokens in, {found.output_tokens:,} out"
    unknown = f" and {count(found.uncosted, 'goal')} of unknown cost" if found.uncosted else ""
    cost = f"${found.cost:.4f}{unknown}"
    steps = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
    every = count(sum(verdicts.values()), "step")
    reuse = "no step yet" if found.reuse is None else f"{found.reuse:.0%} of {every}"
    return [
        f"goals     {count(sum(found.goals.values()), 'goal')}: {ended}",
        f"models    {joined(count(found.calls, 'call'), tokens, cost)}",
        f"time      {duration(found.seconds)} in all",
        f"reuse     {joined(reuse, steps)}",
        f"plans     {count(found.remembered, 'goal')} ran by a plan that was remembered",
        f"versions  {count(found.versions, 'version')} written, {found.refused} refused",
    ]


def _looked_at(connection: "Connection") -> tuple[str, dict[str, int]]:
    from sqlalchemy import text

    from toolwright.memory.figures import sizes

    said = "ok"
    if connection.dialect.name == "sqlite":
        said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    return "well" if said == "ok" else f"damaged: {said}", sizes(connection)


def _files(folder: Path, name: str) -> int:
    try:
        return sum(not path.name.startswith(".") for path in (folder / name).iterdir())
    except OSError:
        return 0
