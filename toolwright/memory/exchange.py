"""The memory of a library <-> what a memory.json says: taken out in a fixed order, brought in once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from toolwright.memory import likeness
from toolwright.memory.memory_json import Directive, Failed, MemoryJson, Skill, iso
from toolwright.memory.schema import DIRECTIVES, FAILURES, RUNS, SKILLS
from toolwright.memory.storable import storable
from toolwright.memory.whose import named

if TYPE_CHECKING:
    from sqlalchemy import Connection


def taken_out(
    connection: "Connection",
    library: Path,
    own: Sequence[Skill],
    waiting: Sequence[Directive] = (),
    *,
    shared: bool = False,
) -> MemoryJson:
    """Return what is remembered; `own` are the tools of the library, which is right about them.

    `waiting` are goals of which no run was made yet. Of a `shared` memory what is of this library counts, and
    failures that were imported.
    """
    known = {one.name: one for one in _skills(connection, named(library))} | {one.name: one for one in own}
    place = named(library) if shared else ""
    directives = {*_directives(connection, place), *waiting}
    return MemoryJson(
        tuple(known[name] for name in sorted(known)),
        tuple(sorted(_failures(connection, place), key=lambda one: (one.at, one.skill, one.error, one.code))),
        tuple(sorted(directives, key=lambda one: (one.created, one.goal, one.status))),
    )


def bring_in(
    connection: "Connection", library: Path, said: MemoryJson, waiting: Sequence[Directive] = ()
) -> dict[str, int]:
    """Add what is not there; of a skill the later word counts. Return how many of each are new or changed."""
    place = named(library)
    return {
        "skills": sum(_bring_skill(connection, place, one) for one in said.skills),
        "failures": _bring_failures(connection, said.failures),
        "directives": _bring_directives(connection, place, said.directives, waiting),
    }


def _skills(connection: "Connection", place: str) -> list[Skill]:
    rows = connection.execute(SKILLS.select().where(SKILLS.c.library == place)).mappings()
    return [Skill(**{name: row[name] for name in Skill.__slots__}) for row in rows]


def _failures(connection: "Connection", place: str = "") -> set[Failed]:
    table = FAILURES.c
    rows = select(table.tool, table.message, table.source, table.at)
    if place:
        rows = rows.where(
            table.run.is_(None) | table.run.in_(select(RUNS.c.id).where(RUNS.c.library == place))
        )
    return {Failed(*row) for row in connection.execute(rows)}


def _directives(connection: "Connection", place: str = "") -> list[Directive]:
    """Return what was imported, and the goals that ran; those of one library where it is named."""
    table, runs = DIRECTIVES.c, RUNS.c
    imported = select(table.goal, table.status, table.created)
    ran = select(runs.goal, runs.status, runs.began)
    if place:
        imported, ran = imported.where(table.library == place), ran.where(runs.library == place)
    return [Directive(*row) for one in (imported, ran) for row in connection.execute(one)]


def _bring_skill(connection: "Connection", place: str, one: Skill) -> bool:
    row = storable({name: getattr(one, name) for name in Skill.__slots__})
    same = (SKILLS.c.library == place, SKILLS.c.name == row["name"])
    kept = connection.execute(SKILLS.select().where(*same)).mappings().first()
    if kept is None:
        connection.execute(SKILLS.insert().values(library=place, **row))
        return True
    if (one.updated or 0.0) <= (kept["updated"] or 0.0):
        return False
    connection.execute(SKILLS.update().where(*same).values(row))
    return True


def _bring_failures(connection: "Connection", failures: Sequence[Failed]) -> int:
    there = {(one.skill, one.error, one.code, iso(one.at)) for one in _failures(connection)}
    new: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for one in failures:
        row = storable({"tool": one.skill, "message": one.error, "source": one.code, "at": one.at})
        key = (row["tool"], row["message"], row["source"], iso(one.at))
        if key not in there:
            vector = likeness.pieces(likeness.failure_text("", row["message"], row["source"]))
            about = {"attempt": 0, "stage": "", "embedder": likeness.NAME, "vector": vector}
            new[key] = {**row, **about}
    if new:
        connection.execute(FAILURES.insert(), list(new.values()))
    return len(new)


def _bring_directives(
    connection: "Connection", place: str, directives: Sequence[Directive], waiting: Sequence[Directive]
) -> int:
    there = {(one.goal, iso(one.created)) for one in (*_directives(connection), *waiting)}
    new: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for one in directives:
        row = storable({"goal": one.goal, "status": one.status, "created": one.created, "library": place})
        key = (row["goal"], iso(one.created))
        if key not in there:
            new[key] = row
    if new:
        connection.execute(DIRECTIVES.insert(), list(new.values()))
    return len(new)
