"""The tables of the memory -> what they come to in numbers; rows are counted as they are read."""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Table, case, func, select

from toolwright.memory.schema import ADMISSIONS, ATTEMPTS, EXECUTIONS, MODEL_CALLS, RUNS, STEPS
from toolwright.memory.told import CUT_OFF
from toolwright.records import dataclass
from toolwright.types.metrics import Day, Hints, Metrics, StageMetrics, ToolMetrics

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DAY_S: Final = 86_400
_LONGEST: Final = 3_660
"""Days that are told; a clock that was wrong once must not make a list of centuries."""
_REUSED: Final = "EXISTS_AND_GENERIC"
_WELL: Final = ("done", "made")
_OVER_ALL: Final = "failed"
_RETURNED: Final = "returned"
_NOT_HEARD_OF: Final = {"not_permitted", CUT_OFF}
"""What was not run, or took nobody knows how long, is an error and no call."""

_Versions: TypeAlias = Mapping[str, tuple[int, int]]
"""Of each tool how many versions were written and how many were kept."""


def measure(connection: "Connection", since: float = 0.0, library: str = "") -> Metrics:
    """Return the numbers of all that happened at `since` (seconds since the epoch) or later.

    Of several libraries in one memory only what happened in `library` counts, or in all where it is "".
    """
    of = _Part(since, library)
    days = _Days()
    goals, free, failed_in = _goals(connection, of, days)
    versions, refused_by, hints = _attempts(connection, of, days)
    calls, errors = _executions(connection, of)
    for at, kept in connection.execute(of.rows(ADMISSIONS, "at", "how")):
        days.add(at, admitted=int(kept == "added"))
    names = sorted({*versions, *calls})
    return Metrics(
        goals,
        free,
        _steps(connection, of, days),
        _stages(connection, of),
        tuple(_tool(name, versions.get(name, (0, 0)), calls.get(name, [])) for name in names),
        refused_by,
        failed_in,
        errors,
        hints,
        days.all(),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of the memory that counts."""

    since: float
    library: str

    def runs(self) -> Sequence[ColumnElement[bool]]:
        """Return the conditions for a goal."""
        own = (RUNS.c.library == self.library,) if self.library else ()
        return (RUNS.c.began >= self.since, *own)

    def of(self, table: Table) -> Sequence[ColumnElement[bool]]:
        """Return the conditions for what happened in a run, or, where the table knows a library, outside."""
        late: ColumnElement[bool] = table.c.at >= self.since
        if not self.library:
            return (late,)
        own: ColumnElement[bool] = table.c.run.in_(select(RUNS.c.id).where(RUNS.c.library == self.library))
        return (late, own | (table.c.library == self.library) if "library" in table.c else own)

    def rows(self, table: Table, *columns: str) -> Any:
        """Select columns of what counts."""
        return select(*(table.c[name] for name in columns)).where(*self.of(table))


class _Days:
    """What is counted of each day."""

    def __init__(self) -> None:
        self._counts: defaultdict[int, dict[str, Any]] = defaultdict(dict)

    def add(self, at: float, **numbers: float) -> None:
        counts = self._counts[int(at // _DAY_S)]
        for name, number in numbers.items():
            counts[name] = counts.get(name, 0) + number

    def all(self) -> tuple[Day, ...]:
        """Return the days from the first to the last, also those on which nothing happened."""
        if not self._counts:
            return ()
        last = max(self._counts)
        first = max(min(self._counts), last - _LONGEST)
        return tuple(self._day(number) for number in range(first, last + 1))

    def _day(self, number: int) -> Day:
        name = time.strftime("%Y-%m-%d", time.gmtime(number * _DAY_S))
        return Day(name, **self._counts.get(number, {}))


def _goals(
    connection: "Connection", of: _Part, days: _Days
) -> tuple[Mapping[str, int], int, Mapping[str, int]]:
    """Return how many goals ended how, how many went well for nothing, and where others failed."""
    table = RUNS.c
    columns = (table.began, table.status, table.calls, table.prompt_tokens, table.output_tokens, table.cost)
    goals: Counter[str] = Counter()
    failed_in: Counter[str] = Counter()
    free = 0
    for began, status, calls, asked, said, cost, stage in connection.execute(
        select(*columns, table.failed_stage).where(*of.runs())
    ):
        goals[status] += 1
        failed = status == _OVER_ALL
        failed_in.update([stage or "elsewhere"] if failed else [])
        for_nothing = not calls and status in _WELL
        free += for_nothing
        unpriced = int(cost is None and calls > 0)
        days.add(
            began, goals=1, failed=int(failed), free=int(for_nothing), tokens=asked + said,
            known_cost=cost or 0.0, unpriced=unpriced,
        )  # fmt: skip
    return goals, free, failed_in


def _steps(connection: "Connection", of: _Part, days: _Days) -> Mapping[str, int]:
    """Count the steps of all plans by verdict; those nobody looked for in the library do not count."""
    found: Counter[str] = Counter()
    joined = STEPS.join(RUNS, STEPS.c.run == RUNS.c.id)
    statement = (
        select(RUNS.c.began, STEPS.c.verdict, func.count())
        .select_from(joined)
        .where(*of.runs(), STEPS.c.verdict.is_not(None))
        .group_by(RUNS.c.id, RUNS.c.began, STEPS.c.verdict)
    )
    for began, verdict, number in connection.execute(statement):
        found[verdict] += number
        days.add(began, steps=number, steps_reused=number if verdict == _REUSED else 0)
    return found


def _attempts(connection: "Connection", of: _Part, days: _Days) -> tuple[_Versions, Mapping[str, int], Hints]:
    """Count versions by tool, by who refused them, and repairs by what their author was shown."""
    versions: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    refused: Counter[str] = Counter()
    hints: Counter[str] = Counter()
    for at, tool, number, refused_by, lessons in connection.execute(
        of.rows(ATTEMPTS, "at", "tool", "number", "refused_by", "lessons")
    ):
        kept = refused_by == ""
        versions[tool][0] += 1
        versions[tool][1] += kept
        days.add(at, refused=int(not kept))
        refused.update([] if kept else [refused_by])
        if number > 1:
            shown = "shown" if lessons else "without"
            hints.update([shown, f"{shown}_kept"] if kept else [shown])
    return {tool: (all_of, kept) for tool, (all_of, kept) in versions.items()}, refused, Hints(**hints)


def _executions(
    connection: "Connection", of: _Part
) -> tuple[Mapping[str, Sequence[tuple[bool, float]]], Mapping[str, int]]:
    """Return of each tool how its calls went and how long they took, and which errors there were."""
    calls: defaultdict[str, list[tuple[bool, float]]] = defaultdict(list)
    errors: Counter[str] = Counter()
    for tool, status, error, seconds in connection.execute(
        of.rows(EXECUTIONS, "tool", "status", "error", "seconds")
    ):
        well = status == _RETURNED
        if status not in _NOT_HEARD_OF:
            calls[tool].append((well, seconds))
        errors.update([] if well else [_kind_of(status, error)])
    return calls, errors


def _kind_of(status: str, error: str | None) -> str:
    """Return the name of an exception, or how else the call ended."""
    name = (error or "").split(":")[0].strip()
    return name if name.isidentifier() else status


def _tool(name: str, versions: tuple[int, int], calls: Sequence[tuple[bool, float]]) -> ToolMetrics:
    seconds = sorted(took for _, took in calls)
    if not seconds:
        return ToolMetrics(name, *versions)
    slow = seconds[min(len(seconds) - 1, round(0.95 * (len(seconds) - 1)))]
    succeeded = sum(well for well, _ in calls)
    return ToolMetrics(name, *versions, len(calls), succeeded, statistics.median(seconds), slow)


def _stages(connection: "Connection", of: _Part) -> Sequence[StageMetrics]:
    """Return what each stage asked models for, the one with the most tokens first."""
    table = MODEL_CALLS.c
    unpriced: ColumnElement[int] = func.sum(case((table.cost.is_(None), 1), else_=0))
    sums = [func.sum(table[name]) for name in ("prompt_tokens", "output_tokens", "seconds")]
    statement = (
        select(table.stage, func.count(), *sums, func.coalesce(func.sum(table.cost), 0.0), unpriced)
        .where(*of.of(MODEL_CALLS))
        .group_by(table.stage)
    )
    found = [StageMetrics(*row) for row in connection.execute(statement)]
    return tuple(sorted(found, key=lambda one: (-one.prompt_tokens - one.output_tokens, one.stage)))
