"""What became of one goal of a batch, as a record and as JSON."""

from collections.abc import Mapping
from typing import Final

from toolwright.errors import ToolwrightError
from toolwright.records import asdict, dataclass, replace
from toolwright.types import Json, Report
from toolwright.types.cost import usd

WELL: Final = frozenset({"done", "made"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a goal ended; `earlier` when that was in an earlier pass. `message` and `hint` are of a failure.

    `usd` is what its calls cost, None where that is not known.
    """

    status: str
    run: str
    output: Json = None
    calls: int = 0
    seconds: float = 0.0
    kind: str = ""
    message: str = ""
    hint: str = ""
    usd: float | None = None
    earlier: bool = False

    @property
    def is_well(self) -> bool:
        """Whether the goal is done."""
        return self.status in WELL


def outcome_of(report: Report) -> Outcome:
    """Return what a report comes to."""
    failure = report.failure
    return Outcome(
        report.status,
        report.run,
        [step.tool for step in report.steps] if report.status == "made" else report.output,
        report.usage.calls,
        report.seconds,
        failure.kind if failure else "",
        failure.message if failure else "",
        failure.hint if failure else "",
        usd(report.usage.cost),
    )


def outcome_of_error(run: str, error: ToolwrightError) -> Outcome:
    """Return what a goal came to that could not even be tried."""
    return Outcome("failed", run, kind=error.kind, message=str(error), hint=error.hint or "")


def record_of(outcome: Outcome) -> dict[str, Json]:
    """Return an outcome as JSON."""
    return asdict(replace(outcome, earlier=False))


def outcome_in(record: Mapping[str, Json]) -> Outcome:
    """Read an outcome; one from a file is of an earlier pass.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    return Outcome(
        str(record["status"]),
        str(record["run"]),
        record["output"],
        int(record["calls"]),
        float(record["seconds"]),
        str(record["kind"]),
        str(record["message"]),
        str(record["hint"]),
        None if record.get("usd") is None else float(record["usd"]),
        earlier=True,
    )
