"""A plan with its verdicts -> what the user agrees to: as it is, as a person edited it, or nothing at all.

An edited plan is looked up in the library again where it changed, and always put to the user once more.
"""

from collections.abc import Callable, Mapping, Sequence

from toolwright.account import Account
from toolwright.bounding import planning_bound, promise_steps
from toolwright.events import PlanMade, StepsMatched
from toolwright.making.heeding import Heeded, heed
from toolwright.parts import Options, Parts
from toolwright.records import dataclass, replace
from toolwright.syntax.plan_text import CHOSEN
from toolwright.types import Failure, Match, Plan, RememberedRun, WrittenPlan

LookUp = Callable[[Plan, Mapping[int, Match]], tuple[Match, ...]]
"""Gives every step of a plan its verdict; those that are known already are taken as they are."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is to be carried out; `go` is False where nothing is."""

    plan: Plan
    heeded: Heeded
    remembered: RememberedRun | None
    go: bool


def agree(
    proposed: tuple[Plan, Sequence[Match], RememberedRun | None],
    look_up: LookUp,
    parts: Parts,
    options: Options,
    account: Account,
) -> Agreed | Failure:
    """Put a plan to the user, and every version of it that the user makes.

    Raises:
        ModelError, ReplyShapeError: an edited plan could not be looked up.
        LibraryError, PackageError, SandboxError: an example could not be tried.
    """
    plan, matches, remembered = proposed
    while True:
        heeded = heed(parts, matches, options)
        found = tuple(matches) if isinstance(heeded, Failure) else heeded.matches
        account.plan_made(plan, found, remembered)
        parts.emit(StepsMatched(found))
        if isinstance(heeded, Failure):
            return heeded
        promise_steps(plan, found, parts, options, remembered=remembered is not None)
        said = options.stop_after != "plan" and parts.approve(plan, found)
        if isinstance(said, bool):
            return Agreed(plan, heeded, remembered, said)
        known = carried_over(said, found)
        plan, remembered = replace(said.plan, goal=plan.goal), None
        parts.emit(PlanMade(plan, edited=True))
        parts.model.ledger.promise(planning_bound({"classify": 1}, parts.rate))
        matches = look_up(plan, known)


def carried_over(written: WrittenPlan, matches: Sequence[Match]) -> dict[int, Match]:
    """Return the verdicts of an edited plan that stand: those of unchanged steps, and those a person gave.

    A step with new words below its old verdict is not among them: that verdict was on other words.
    """
    before = {match.step.number: match for match in matches}
    kept: dict[int, Match] = {}
    for step, number in zip(written.plan.steps, written.numbers, strict=True):
        said, old = written.verdicts.get(step.number), before.get(number)
        if said is None:
            continue
        if old is None or (old.kind, old.tool) != (said.kind, said.tool):
            kept[step.number] = replace(said, step=step, reason=CHOSEN, chosen=True)
        elif (old.step.description, old.step.keywords) == (step.description, step.keywords):
            kept[step.number] = replace(old, step=step)
    return kept
