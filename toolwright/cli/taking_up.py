"""An earlier run of a goal -> its plan and what it bound and answered, for a run that goes on from there."""

from toolwright.cli.history import past_of
from toolwright.cli.streams import write_stderr
from toolwright.earlier_run import WELL, left_behind
from toolwright.errors import ToolwrightError
from toolwright.redaction import MASK
from toolwright.settings import Settings
from toolwright.types import Resumption, WrittenPlan


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


def asks(plan: WrittenPlan | None, resumed: Resumption) -> bool:
    """Tell whether a model is needed in any case; one that fails may need one all the same."""
    if plan is None or not any(stage == "bind" for stage, _, _ in resumed.replies):
        return True
    verdicts = [plan.verdicts.get(step.number) for step in plan.plan.steps]
    return any(match is None or match.kind != "EXISTS_AND_GENERIC" for match in verdicts)
