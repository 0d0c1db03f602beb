"""What some work takes at most -> the line that says so before the first call."""

from typing import Final

from toolwright.events import CostBounded
from toolwright.records import replace
from toolwright.types import Bound, Spending
from toolwright.types.cost import dollars

_ENDLESS: Final = 10**12
_FOR: Final = {"fix": " for the repair", "adopt": " to adopt it", "learn": " to learn it"}


def bound_line(event: CostBounded) -> str:
    """Return what is said of calls and cost, "" where no model can be needed."""
    bound, spending, function = event.bound, event.spending, event.function
    if not bound.most_calls:
        return ""
    if function and (limit := _limit(spending, function)):
        return f"{limit} in all"
    most = bound.within(spending)
    if function is None:
        return f"{most.usual_words}; {most.words}{_FOR.get(event.what, '')}"
    plan, each = _both(most), _both(function)
    return f"{plan} for the plan, then {each} for each new function"


def goals_line(bounds: tuple[Bound, Bound, Bound], spending: Spending) -> str:
    """Return what is said before many goals, of each of them, and what they may use together."""
    plan, function, running = map(_both, bounds)
    limit = _limit(spending, bounds[1])
    together = f"; {limit} in all" if limit else ""
    return f"each goal: {plan} for the plan, {function} for each new function, {running} to run it{together}"


def _both(bound: Bound) -> str:
    return f"{bound.usual_words} ({bound.words})"


def _limit(spending: Spending, function: Bound) -> str:
    """Say what may still be spent, whatever the plan will be; "" where nothing is forbidden."""
    endless = replace(function, most_calls=_ENDLESS, most_picodollars=None)
    left = endless.within(spending)
    if left.most_calls < _ENDLESS:
        return left.words
    cost = left.most_picodollars
    return "" if cost is None else f"at most {dollars(cost)}"
