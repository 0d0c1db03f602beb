"""What some work takes at most -> the line that says so before the first call."""

from typing import Final

from toolwright.events import CostBounded
from toolwright.records import replace
from toolwright.types import Bound, Spending
from toolwright.types.cost import dollars

_ENDLESS: Final = 10**12
_FOR: Final = {
    "plan": "for the plan",
    "steps": "to carry it out",
    "fix": "for the repair",
    "adopt": "to adopt it",
}


def bound_lines(event: CostBounded) -> tuple[str, ...]:
    """Return what is said of calls and cost; nothing where no model is needed as a rule."""
    bound, spending, function = event.bound, event.spending, event.function
    if not bound.calls:
        return ()
    if function and (limit := _limit(spending, function)):
        return (f"{limit} in all",)
    most, usual = f"{bound.within(spending).words} {_FOR[event.what]}", bound.usual_words
    if function:
        most += f", then {function.words} for each new function"
        usual += f", then {function.usual_words}"
    return most, f"when nothing is refused: {usual}"


def _limit(spending: Spending, function: Bound) -> str:
    """Say what may still be spent, whatever the plan will be; "" where nothing is forbidden."""
    endless = replace(function, most_calls=_ENDLESS, most_picodollars=None)
    left = endless.within(spending)
    if left.most_calls < _ENDLESS:
        return left.words
    cost = left.most_picodollars
    return "" if cost is None else f"at most {dollars(cost)}"
