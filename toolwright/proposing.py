"""Goal -> a plan with a verdict for every step: remembered, written by a person, or made by the model."""

from collections.abc import Mapping
from typing import Final

from toolwright.account import Account
from toolwright.bounding import promise_plan
from toolwright.events import Notice, PhaseStarted, PlanMade
from toolwright.library.bindings import words
from toolwright.making.heeding import heed
from toolwright.parts import Options, Parts
from toolwright.recalling import recall
from toolwright.records import replace
from toolwright.stages.classify import classify
from toolwright.stages.decompose import decompose
from toolwright.stages.narrowing import narrow
from toolwright.types import Failure, Match, Plan, RememberedRun, Tool

_COMPOSED_SHOWN: Final = 3
_SEVERAL: Final = 2


def propose(
    goal: str, parts: Parts, options: Options, account: Account, missing: str
) -> tuple[Plan, tuple[Match, ...], RememberedRun | None]:
    """Return a plan with its verdicts: the user's own, a remembered one, or the model's.

    `missing` says what an earlier plan did not reach.

    Raises:
        ModelError, ReplyShapeError: no plan, or no verdicts, could be had.
    """
    if options.plan and not missing:
        plan = replace(options.plan.plan, goal=goal)
        parts.emit(PlanMade(plan, edited=options.resumed is None))
        known = len(options.plan.verdicts) == len(plan.steps)
        promise_plan(parts, options, {"classify": 0 if known else _looks(parts)})
        return plan, look_up(parts, options, account, plan, options.plan.verdicts), None
    remembered = None if options.fresh or missing else _recalled(goal, parts, options)
    if remembered:
        parts.emit(PlanMade(remembered.plan, remembered=True, changed=remembered.changed))
        return remembered.plan, remembered.matches, remembered
    promise_plan(parts, options, {"decompose": 1, "classify": _looks(parts)})
    plan = _plan(goal, parts, account, missing)
    return plan, look_up(parts, options, account, plan, {}), None


def _looks(parts: Parts) -> int:
    """Say how many questions it takes to look steps up: none where there is no tool that could do one."""
    return int(bool(parts.store.read().tools))


def _recalled(goal: str, parts: Parts, options: Options) -> RememberedRun | None:
    """Return a remembered plan, unless an example contradicts it or fits none of its steps."""
    kept = recall(goal, parts.store, parts.memory)
    if kept is None or not options.examples:
        return kept
    heeded = heed(parts, kept.matches, options)
    return None if isinstance(heeded, Failure) or heeded.matches != kept.matches else kept


def _plan(goal: str, parts: Parts, account: Account, missing: str) -> Plan:
    account.entering("decompose")
    parts.emit(PhaseStarted("decompose", goal))
    plan = decompose(parts.model, goal, missing, _composed(goal, parts))
    parts.emit(PlanMade(plan))
    return plan


def _composed(goal: str, parts: Parts) -> list[Tool]:
    """Find tools that may do the whole goal, or much of it: such as call several others."""
    names = parts.store.read().tools.keys()
    found = [hit.tool for hit in parts.index.search(goal, (), _COMPOSED_SHOWN)]
    return [tool for tool in found if len(words(tool.source) & names - {tool.name}) >= _SEVERAL]


def look_up(
    parts: Parts, options: Options, account: Account, plan: Plan, known: Mapping[int, Match]
) -> tuple[Match, ...]:
    """Look up in the library every step whose verdict is not `known`, all in one question.

    Raises:
        ModelError, ReplyShapeError: no verdicts could be had.
    """
    asked = replace(plan, steps=tuple(step for step in plan.steps if step.number not in known))
    if not asked.steps:
        return tuple(known[step.number] for step in plan.steps)
    account.entering("classify")
    parts.emit(PhaseStarted("classify", plan.goal))
    candidates = {
        step.number: parts.index.search(step.description, step.keywords, options.candidates)
        for step in asked.steps
    }
    if options.shortcuts:
        candidates = {number: narrow(hits) for number, hits in candidates.items()}
    found = classify(parts.model, asked, candidates, lambda text: parts.emit(Notice(text)))
    return tuple(sorted((*known.values(), *found), key=lambda match: match.step.number))
