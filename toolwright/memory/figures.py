"""What happened in a library -> figures: how goals ended, what they took, and how much was used again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from toolwright.memory.schema import ATTEMPTS, METADATA, RUNS, STEPS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

_REUSED = "EXISTS_AND_GENERIC"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over all runs that are over. `cost` is in US dollars, of the runs whose cost is known.

    `goals` counts by status, `verdicts` the steps of the last plan of each run by verdict, `remembered` the
    runs whose plan was remembered, `uncosted` those of unknown cost; `versions` counts the versions that were
    written and `refused` those of them that were.
    """

    goals: Mapping[str, int]
    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost: float = 0.0
    uncosted: int = 0
    verdicts: Mapping[str, int] | None = None
    remembered: int = 0
    versions: int = 0
    refused: int = 0

    @property
    def reuse(self) -> float | None:
        """The share of steps that were done by a tool that was there, None without any step."""
        verdicts = self.verdicts or {}
        return verdicts.get(_REUSED, 0) / sum(verdicts.values()) if verdicts else None


def figures(connection: "Connection") -> Figures:
    """Add up what the memory holds."""
    runs = RUNS.c
    sums = select(
        func.coalesce(func.sum(runs.calls), 0),
        func.coalesce(func.sum(runs.prompt_tokens), 0),
        func.coalesce(func.sum(runs.output_tokens), 0),
        func.coalesce(func.sum(runs.seconds), 0.0),
        func.coalesce(func.sum(runs.cost), 0.0),
    )
    calls, prompt, output, seconds, cost = connection.execute(sums).one()
    last = select(STEPS.c.run, func.max(STEPS.c.round).label("round")).group_by(STEPS.c.run).subquery()
    of_last = (STEPS.c.run == last.c.run) & (STEPS.c.round == last.c.round) & STEPS.c.verdict.is_not(None)
    verdicts = select(STEPS.c.verdict, func.count()).join_from(STEPS, last, of_last).group_by(STEPS.c.verdict)
    return Figures(
        goals=_counts(connection, select(runs.status, func.count()).group_by(runs.status)),
        calls=int(calls),
        prompt_tokens=int(prompt),
        output_tokens=int(output),
        seconds=float(seconds),
        cost=float(cost),
        uncosted=_count(connection, select(func.count()).where(runs.cost.is_(None), runs.calls > 0)),
        verdicts=_counts(connection, verdicts),
        remembered=_count(connection, select(func.count()).where(runs.plan_origin == "remembered")),
        versions=_count(connection, select(func.count()).select_from(ATTEMPTS)),
        refused=_count(connection, select(func.count()).where(ATTEMPTS.c.refused_by != "")),
    )


def sizes(connection: "Connection") -> dict[str, int]:
    """Return the number of rows of every table."""
    tables = METADATA.sorted_tables
    return {table.name: _count(connection, select(func.count()).select_from(table)) for table in tables}


def _counts(connection: "Connection", statement: "Select[str, int]") -> dict[str, int]:
    return {str(name): int(number) for name, number in connection.execute(statement)}


def _count(connection: "Connection", statement: "Select[int]") -> int:
    return int(connection.execute(statement).scalar_one())
