"""What is known of a plan -> how many model calls it takes at most, and what they cost at most.

A function takes no more calls than it may (`Options.function_calls`); elsewhere a question that is surely put
has `_SPARE` calls besides, for answers that cannot be read or are cut off. What a server bills for an answer
that broke off is in the money. The ledger stops a run before it passes its bound.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from toolwright.events import CostBounded
from toolwright.making.challenging import ROUNDS
from toolwright.parts import Options, Parts, Rate
from toolwright.types import Bound, Match, Plan, Price
from toolwright.types.planning import MOST_STEPS

_SPARE: Final = 2
_USUAL_PROMPT: Final = 4_096
_LONG_PROMPT: Final = 8_192
_LONGEST_PROMPT: Final = 65_536
"""Tokens of a question; of what none has on average; of one that is longer than nearly all."""
_USUAL_ROOM: Final = 4
"""As a rule an answer, thoughts included, takes less than this part of its room."""

Questions = Mapping[str, int]


def promise_plan(parts: Parts, options: Options, questions: Questions) -> None:
    """Say what finding a plan takes, and each function that it may need, and hold the run to the first."""
    bound = planning_bound(questions, parts.rate)
    _promise("plan", bound, parts, function_bound(options, parts.rate))


def promise_steps(
    plan: Plan, matches: Iterable[Match], parts: Parts, options: Options, *, remembered: bool
) -> None:
    """Say what carrying out a plan takes, and hold the run to it."""
    how = {"remembered": remembered, "to_run": plan.wants == "result" and options.stop_after != "tools"}
    _promise("steps", plan_bound(matches, options, parts.rate, **how), parts)


def promise(what: str, bound: Bound, parts: Parts) -> None:
    """Say what some other work takes, and hold it to that."""
    _promise(what, bound, parts)


def _promise(what: str, bound: Bound, parts: Parts, function: Bound | None = None) -> None:
    ledger = parts.model.ledger
    before = ledger.spending
    ledger.promise(bound.within(before))
    parts.emit(CostBounded(what, bound, before, function))


def planning_bound(questions: Questions, rate: Rate) -> Bound:
    """Return the bound of finding a plan by these questions, which are put if they are needed."""
    return _priced(Counter(questions), {}, rate)


def function_bound(options: Options, rate: Rate) -> Bound:
    """Return the bound of one new function, or of one that is widened."""
    usual = Counter(contract=1, generate=options.samples)
    return _held(usual, ("contract", "generate", "reclassify"), options.function_calls, rate)


def plan_bound(
    matches: Iterable[Match], options: Options, rate: Rate, *, remembered: bool = False, to_run: bool = True
) -> Bound:
    """Return the bound of carrying out a plan whose steps have these verdicts, and of judging its result.

    `remembered` bindings cost nothing unless a step fails with them; one that wants tools is not `to_run`.
    What a second plan takes, if there is one, is told then.
    """
    kinds = [match.kind for match in matches]
    functions = sum(kind != "EXISTS_AND_GENERIC" for kind in kinds)
    making = function_bound(options, rate).times(functions)
    if not to_run:
        return making
    asked = 0 if remembered else 1
    surely = Counter(bind=asked, judge=int(options.judge and not remembered), compose=int(options.learn))
    perhaps = Counter(rebind=len(kinds), strengthen=ROUNDS * int(options.learn))
    return making + _priced(surely, perhaps, rate)


def learn_bound(rate: Rate) -> Bound:
    """Return the bound of making one tool of a goal that was reached."""
    return _priced(Counter(compose=1), Counter(strengthen=ROUNDS), rate)


def goal_bounds(options: Options, rate: Rate) -> tuple[Bound, Bound, Bound]:
    """Return the bounds of any goal: of its plan, of each new function, and of running what was planned.

    A result that is judged to lack something is planned and run once more.
    """
    surely = Counter(bind=1, judge=int(options.judge))
    running = _priced(surely, Counter(rebind=MOST_STEPS), rate)
    planning = planning_bound({"decompose": 1, "classify": 1}, rate)
    plans = 1 + int(options.judge)
    return planning.times(plans), function_bound(options, rate), running.times(plans)


def fix_bound(options: Options, rate: Rate) -> Bound:
    """Return the bound of repairing a kept tool."""
    usual = Counter(fix=1, generate=options.samples)
    return _held(usual, ("fix", "generate", "contract"), options.function_calls, rate)


def adopt_bound(rate: Rate, calls: int) -> Bound:
    """Return the bound of adopting a function that is there, in so many calls."""
    return _held(Counter(adopt=1), ("adopt", "generate", "contract"), calls, rate)


def _priced(surely: Questions, perhaps: Questions, rate: Rate) -> Bound:
    """Return the bound of questions that are surely put, once as a rule, and of others."""
    calls = (1 + _SPARE) * sum(surely.values()) + sum(perhaps.values())
    stages = [stage for stage, count in (*surely.items(), *perhaps.items()) if count]
    return _held(surely, stages, calls, rate)


def _held(usual: Questions, stages: Iterable[str], calls: int, rate: Rate) -> Bound:
    """Return the bound of work that is held to so many calls, of these stages."""
    most, dearest = _most_cost(calls, [rate(stage)[1:] for stage in stages])
    return Bound(sum(usual.values()), _usual_cost(usual, rate), calls, most, dearest)


def _usual_cost(questions: Questions, rate: Rate) -> int | None:
    total = 0
    for stage, count in questions.items():
        price, _, room = rate(stage)
        if count and price is None:
            return None
        total += count * price.of(_USUAL_PROMPT, room // _USUAL_ROOM) if price else 0
    return total


def _most_cost(calls: int, models: Sequence[tuple[Price | None, int]]) -> tuple[int | None, int | None]:
    """Return what so many calls of these models may cost, and what one may.

    Not all of them are put the longest question and use all their room; the last may cost the most.
    """
    if not calls:
        return 0, 0
    known = [(price, room) for price, room in models if price]
    if len(known) < len(models):
        return None, None
    each = max(price.of(_LONGEST_PROMPT, room) for price, room in known)
    on_average = max(price.of(_LONG_PROMPT, room // 2) for price, room in known)
    dearest = max(price.of(_LONGEST_PROMPT, 2 * room) for price, room in known)
    return min(calls * each, calls * on_average + dearest), dearest
