"""Numbers over time -> a chart as SVG that stands in a page of its own: no script, no font, no other file."""

import math
from collections.abc import Sequence
from html import escape
from typing import Final

from toolwright.records import dataclass

WIDTH: Final = 640
HEIGHT: Final = 200
_LEFT: Final = 56
_RIGHT: Final = 12
_TOP: Final = 12
_BOTTOM: Final = 28
_LINES: Final = 4
"""Lines of the grid above nothing."""
_STEPS: Final = (1, 1.2, 2, 4, 6, 8, 10)
"""Where a scale may end: a quarter of each is a round number too."""
_ENDS: Final = {" %": 100.0, "$": 0.04, "": 4.0}
"""Where a scale ends at least, by the unit."""
_WIDEST: Final = 48
"""Of a bar, where there are few."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of numbers, each with its label (a day); as a `level` they are a line, else bars."""

    title: str
    labels: Sequence[str]
    numbers: Sequence[float]
    unit: str = ""
    level: bool = False


def svg(chart: Chart) -> str:
    """Return the chart as an `svg` element; every number is told when a pointer rests on it."""
    top = _round_above(max([*chart.numbers, _ENDS.get(chart.unit, 1.0)]), whole=not chart.unit)
    body = [*_grid(chart, top), *(_line(chart, top) if chart.level else _bars(chart, top)), *_ends(chart)]
    about = f'role="img" aria-label="{escape(chart.title)}"'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {about}>{"".join(body)}</svg>'


def _round_above(highest: float, *, whole: bool) -> float:
    """Return a round number, at which the scale ends, that is not below the highest one.

    Of what is counted a quarter of it is `whole`, too: there is no quarter of a goal.
    """
    power = 10.0 ** math.floor(math.log10(highest))
    ends = (step * scale for scale in (power, 10 * power) for step in _STEPS)
    return next((end for end in ends if end >= highest and not (whole and end % _LINES)), 2 * highest)


def _x(chart: Chart, index: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * index / max(1, len(chart.numbers))


def _y(number: float, top: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / top


def _grid(chart: Chart, top: float) -> list[str]:
    found = []
    for line in range(_LINES + 1):
        number = top * line / _LINES
        y = _y(number, top)
        found += [
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text class="scale" x="{_LEFT - 6}" y="{y + 4:.1f}">{_told(number, chart.unit)}</text>',
        ]
    return found


def _bars(chart: Chart, top: float) -> list[str]:
    wide = min(_WIDEST, (_x(chart, 1) - _x(chart, 0)) * 0.8)
    return [
        f'<rect class="bar" x="{_x(chart, index + 0.5) - wide / 2:.1f}" y="{_y(number, top):.1f}" '
        f'width="{wide:.1f}" height="{_y(0, top) - _y(number, top):.1f}">{_tip(chart, index)}</rect>'
        for index, number in enumerate(chart.numbers)
    ]


def _line(chart: Chart, top: float) -> list[str]:
    places = [(_x(chart, index + 0.5), _y(number, top), index) for index, number in enumerate(chart.numbers)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    dots = [
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3">{_tip(chart, at)}</circle>'
        for x, y, at in places
    ]
    return [f'<polyline class="level" points="{points}"/>', *dots]


def _tip(chart: Chart, index: int) -> str:
    return f"<title>{escape(chart.labels[index])}: {_told(chart.numbers[index], chart.unit)}</title>"


def _ends(chart: Chart) -> list[str]:
    """Name the first and the last day below the chart."""
    if not chart.labels:
        return []
    y = HEIGHT - 8
    first = f'<text class="day" x="{_LEFT}" y="{y}">{escape(chart.labels[0])}</text>'
    last = (
        f'<text class="day last" x="{WIDTH - _RIGHT}" y="{y}">{escape(chart.labels[-1])}</text>'
        if len(chart.labels) > 1
        else ""
    )
    return [first, last]


def _told(number: float, unit: str) -> str:
    text = f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"  # noqa: PLR2004 - three digits
    return f"{unit}{text}" if unit == "$" else f"{text}{unit}"
