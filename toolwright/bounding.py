"""What is known of a plan -> how many model calls it takes at most, and what they cost at most.

Counted from the bounds of the stages: a question is put at most `ASKS` times, an answer that is cut off is
asked for twice. What is written again because somebody else changes the library meanwhile is not counted, nor
what a server bills for an answer that broke off; the ledger stops a run before it passes its bound.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from toolwright.events import CostBounded
from toolwright.making.challenging import ROUNDS
from toolwright.parts import Options, Parts, Rate
from toolwright.prompts.asking import ASKS
from toolwright.types import Bound, Match, Plan

_TRIES: Final = 2
"""An answer that was cut off is asked for once more."""
_ROOMS: Final = 3
"""The room of both together, in rooms of the first."""
_USUAL_PROMPT: Final = 8_192
_LONG_PROMPT: Final = 32_768
"""Tokens of a question, and of one that is longer than nearly all."""
_CONTRACTS: Final = 2
"""Of one function: a contract that is disputed is written once more."""

Questions = Mapping[str, int]


def promise_plan(parts: Parts, options: Options) -> None:
    """Say what finding a plan takes, and each function that it may need, and hold the run to the first."""
    _promise("plan", planning_bound(parts.rate), parts, function_bound(options, parts.rate))


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


def planning_bound(rate: Rate) -> Bound:
    """Return the bound of finding a plan."""
    return _priced(Counter(decompose=1), Counter(decompose=1, classify=1), rate)


def function_bound(options: Options, rate: Rate) -> Bound:
    """Return the bound of one new function."""
    return _priced(_usual(options), _written(options), rate)


def plan_bound(
    matches: Iterable[Match], options: Options, rate: Rate, *, remembered: bool = False, to_run: bool = True
) -> Bound:
    """Return the bound of carrying out a plan whose steps have these verdicts, and of judging its result.

    `remembered` bindings cost nothing unless a step fails with them; one that wants tools is not `to_run`.
    What a second plan takes, if there is one, is told then.
    """
    kinds = [match.kind for match in matches]
    usual: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for kind in kinds:
        if kind != "EXISTS_AND_GENERIC":
            usual += _usual(options, widens=kind == "EXISTS_BUT_SPECIFIC")
            most += _widened(options) if kind == "EXISTS_BUT_SPECIFIC" else _written(options)
    if to_run:
        asked = 0 if remembered else 1
        judged = int(options.judge and not remembered)
        learned = int(options.learn)
        usual += Counter(bind=asked, judge=judged, compose=learned)
        most += Counter(bind=asked, judge=judged, compose=learned, rebind=len(kinds))
        most += Counter(strengthen=learned * ROUNDS)
    return _priced(usual, most, rate)


def fix_bound(options: Options, rate: Rate) -> Bound:
    """Return the bound of repairing a kept tool."""
    return _priced(Counter(fix=1, generate=options.samples), _loop(options, "fix"), rate)


def adopt_bound(rate: Rate, tries: int) -> Bound:
    """Return the bound of adopting a function that is there, in so many tries."""
    most = Counter(adopt=tries, apart=tries, strengthen=tries * ROUNDS)
    return _priced(Counter(adopt=1), most, rate)


def _usual(options: Options, *, widens: bool = False) -> Counter[str]:
    return Counter({"widen" if widens else "contract": 1, "generate": options.samples})


def _loop(options: Options, drafted: str) -> Counter[str]:
    """Count the questions of one repair loop, from the contract to the last version."""
    versions = options.attempts + 1
    written = versions + _CONTRACTS * (options.samples - 1)
    apart = max(0, versions - 2)  # the first dispute takes two versions, after the last there is none
    return Counter(
        {
            drafted: _CONTRACTS,
            "generate": written,
            "apart": apart,
            "strengthen": ROUNDS * (written + apart),
        }
    )


def _written(options: Options) -> Counter[str]:
    """Count what a new function takes: kept tools pass its tests, one is to be widened, and cannot be."""
    return Counter(contract=1, reclassify=1) + _loop(options, "widen") + _loop(options, "contract")


def _widened(options: Options) -> Counter[str]:
    """Count what a wider function takes: it cannot be had, and a new one is written beside it."""
    return _loop(options, "widen") + _written(options)


def _priced(usual: Questions, most: Questions, rate: Rate) -> Bound:
    return Bound(
        sum(usual.values()),
        _usual_cost(usual, rate),
        ASKS * _TRIES * sum(most.values()),
        _most_cost(most, rate),
        _dearest(most, rate),
    )


def _usual_cost(questions: Questions, rate: Rate) -> int | None:
    total = 0
    for stage, count in questions.items():
        price, _, room = rate(stage)
        if count and price is None:
            return None
        total += count * price.of(_USUAL_PROMPT, room) if price else 0
    return total


def _dearest(questions: Questions, rate: Rate) -> int | None:
    found = [rate(stage)[1:] for stage, count in questions.items() if count]
    costs = [price.of(_LONG_PROMPT, _TRIES * room) for price, room in found if price]
    return max(costs, default=0) if len(costs) == len(found) else None


def _most_cost(questions: Questions, rate: Rate) -> int | None:
    total = 0
    for stage, count in questions.items():
        _, price, room = rate(stage)
        if count and price is None:
            return None
        total += count * ASKS * price.of(_TRIES * _LONG_PROMPT, _ROOMS * room) if price else 0
    return total
