"""An earlier run of a goal -> its plan and what it bound and answered, for a run that goes on from there."""

from typing import Final

from toolwright.cli.earlier_run import Row, lineage, plan_of, replies_of, resumption
from toolwright.cli.history import past_of
from toolwright.cli.streams import write_stderr
from toolwright.errors import ToolwrightError
from toolwright.library.store import Store
from toolwright.memory.past import Past
from toolwright.redaction import MASK
from toolwright.settings import Settings
from toolwright.types import Resumption, WrittenPlan

WELL: Final = frozenset({"done", "made"})
"""What stands as the status of a run of which nothing is left to be done."""


def taken_up(identity: str, settings: Settings) -> tuple[WrittenPlan | None, Resumption] | None:
    """Return what a run left behind; None where it went well, goes on, or is not known any more."""
    past = past_of(settings)
    try:
        row = past.run(identity)
        if row is None or row["status"] in {*WELL, "running"} or MASK in row["goal"]:
            return None
        return left_behind(row, past, settings)
    except ToolwrightError as error:
        write_stderr(f"! {error}; the goal begins anew\n")
        return None


def left_behind(row: Row, past: Past, settings: Settings) -> tuple[WrittenPlan | None, Resumption]:
    """Return the last plan of a run, and what it bound and answered.

    Raises:
        LibraryError, TranscriptError, MemoryFileError: that cannot be read.
    """
    line = lineage(past, row)
    plan = plan_of(row, Store(settings.library).read())
    return plan, resumption(line, replies_of(line, settings))


def asks(plan: WrittenPlan | None, resumed: Resumption) -> bool:
    """Tell whether a model is needed in any case; one that fails may need one all the same."""
    if plan is None or not any(stage == "bind" for stage, _, _ in resumed.replies):
        return True
    verdicts = [plan.verdicts.get(step.number) for step in plan.plan.steps]
    return any(match is None or match.kind != "EXISTS_AND_GENERIC" for match in verdicts)
