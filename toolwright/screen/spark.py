"""Numbers over time -> few numbers over time, and a line of small bars of them."""

from collections.abc import Sequence
from typing import Final

BARS: Final = "▁▂▃▄▅▆▇█"
_ASCII: Final = "_.-=+*#@"


def gathered(numbers: Sequence[float], most: int) -> list[float]:
    """Return at most `most` sums of neighbours, of as many neighbours each; the last one may be of fewer."""
    step = max(1, -(-len(numbers) // most))
    return [sum(numbers[start : start + step]) for start in range(0, len(numbers), step)]


def sparkline(numbers: Sequence[float], *, unicode: bool = True) -> str:
    """Return a bar for each number, from nothing to the highest; what is above nothing can be seen."""
    bars = BARS if unicode else _ASCII
    highest = max(numbers, default=0)
    if highest <= 0:
        return bars[0] * len(numbers)
    steps = len(bars) - 1
    return "".join(bars[0 if number <= 0 else max(1, round(number / highest * steps))] for number in numbers)
