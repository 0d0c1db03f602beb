"""A step that was not run, or that failed -> the failure that a report tells of."""

from collections.abc import Mapping

from toolwright.stages.execute import StepRun
from toolwright.types import Binding, Failure, Json, Refusal


def not_permitted(binding: Binding, refusal: Refusal, arguments: Mapping[str, Json]) -> Failure:
    """Return the failure of a step that may not be run."""
    return Failure(
        "permit",
        f"step {binding.step}, {refusal.message}",
        kind="not_permitted",
        step=binding.step,
        tool=binding.tool,
        arguments=dict(arguments),
        hint=refusal.hint,
    )


def failed(binding: Binding, done: StepRun, no_other: str) -> Failure:
    """Return the failure of a step; `no_other` says why it could not be bound anew, if so."""
    found_none = (f"no other arguments could be had: {no_other}",) if no_other else ()
    return Failure(
        "execute",
        f"step {binding.step}, {binding.tool}: {done.why}",
        kind=done.result.status,
        step=binding.step,
        tool=binding.tool,
        arguments=done.arguments,
        details=(*done.result.traceback.splitlines(), *found_none),
    )
