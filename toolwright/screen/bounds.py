"""What some work takes at most -> the line that says so before the first call."""

from toolwright.events import CostBounded
from toolwright.types import Bound, Spending

_FOR = {"plan": "for the plan", "steps": "to carry it out", "fix": "for the repair", "adopt": "to adopt it"}


def bound_lines(event: CostBounded) -> tuple[str, ...]:
    """Return what is said of calls and cost; nothing where no model is needed as a rule."""
    bound, spending, function = event.bound, event.spending, event.function
    if not bound.calls:
        return ()
    if function and _is_limited(spending):
        return (f"{_whole(spending).words} in all",)
    most, usual = f"{bound.within(spending).words} {_FOR[event.what]}", bound.usual_words
    if function:
        most += f", then {function.words} for each new function"
        usual += f", then {function.usual_words}"
    return most, f"when nothing is refused: {usual}"


def _is_limited(spending: Spending) -> bool:
    return spending.calls_allowed is not None or spending.picodollars_allowed is not None


def _whole(spending: Spending) -> Bound:
    """Return what may still be spent, where only that is known."""
    endless = 10**9
    return Bound(0, None, endless, None).within(spending)
