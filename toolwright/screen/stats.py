"""The numbers of a library's past -> the lines of `stats` for people."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from toolwright.screen.spark import gathered, sparkline
from toolwright.screen.words import count, duration, joined, one_line
from toolwright.types.metrics import Metrics, StageMetrics, ToolMetrics

_WIDTH: Final = 30
"""Bars of a line."""
_TOOLS: Final = 20
"""Tools that are listed, the most used first; JSON has them all."""
_NAMES: Final = 40
_NARROWEST: Final = 12
_LABEL: Final = 9


def stats_lines(metrics: Metrics, *, unicode: bool = True, width: int = 0) -> Iterator[str]:
    """Yield what `stats` says, line by line; where there is a `width`, names are cut to fit into it."""
    yield from _summary(metrics)
    yield from _over_time(metrics, unicode=unicode)
    yield from _section("STAGE", ("CALLS", "TOKENS", "TIME", "COST"), map(_stage, metrics.stages), width)
    most_used = sorted(metrics.tools, key=lambda tool: (-tool.calls, -tool.versions, tool.tool))
    head = ("VERSIONS", "KEPT", "CALLS", "SUCCEEDED", "MEDIAN", "95 %")
    yield from _section("TOOL", head, map(_tool, most_used[:_TOOLS]), width)
    if len(most_used) > _TOOLS:
        yield f"and {count(len(most_used) - _TOOLS, 'more tool')}; --json has them all"
    for title, counted in (
        ("REFUSED BY", metrics.refused_by),
        ("FAILED IN", metrics.failed_in),
        ("ERROR", metrics.errors),
    ):
        yield from _section(title, ("TIMES",), _counted(counted), width)


def share(part: int, of: int) -> str:
    """Return `3 of 4 (75 %)`."""
    return f"{part} of {of} ({part / of:.0%})".replace("%", " %") if of else "none"


def money(cost: float, unpriced: int, of: str = "call") -> str:
    """Return what is known of a cost; what is not known is said, and is never nothing."""
    if not unpriced:
        return f"${cost:.4f}" if cost else "0"
    return f"${cost:.4f} and {count(unpriced, of)} unknown" if cost else "unknown"


def _summary(metrics: Metrics) -> Iterator[str]:
    goals = sum(metrics.goals.values())
    ended = ", ".join(f"{number} {status}" for status, number in sorted(metrics.goals.items()))
    yield _labelled("goals", joined(f"{goals}: {ended}" if goals else "none", _free(metrics)))
    steps = sum(metrics.steps.values())
    reused = metrics.steps.get("EXISTS_AND_GENERIC", 0)
    if steps:
        yield _labelled("reuse", f"{share(reused, steps)} steps found their tool in the library")
    versions = sum(tool.versions for tool in metrics.tools)
    if versions:
        kept = sum(tool.kept for tool in metrics.tools)
        each = metrics.versions_per_tool
        average = "" if each is None else f"{each:.1f} for each that was kept"
        yield _labelled("versions", joined(f"{share(kept, versions)} passed and were kept", average))
    hints = metrics.hints
    if hints.shown:
        with_hints = f"{share(hints.shown_kept, hints.shown)} repairs kept that were shown similar failures"
        others = f"{share(hints.without_kept, hints.without)} of the others" if hints.without else ""
        yield _labelled("hints", joined(with_hints, others))


def _free(metrics: Metrics) -> str:
    return f"{metrics.free} without a model call" if metrics.free else ""


def _over_time(metrics: Metrics, *, unicode: bool) -> Iterator[str]:
    days = metrics.days
    if not days:
        return
    yield ""
    together = -(-len(days) // _WIDTH)
    each = "DAY" if together == 1 else f"{together} DAYS"
    when = days[0].day if len(days) == 1 else f"{days[0].day} to {days[-1].day}"
    yield f"BY {each}, {when} (UTC)"
    rows: tuple[tuple[str, Sequence[float], str], ...] = (
        ("goals", [day.goals for day in days], str(sum(day.goals for day in days))),
        ("failed", [day.failed for day in days], str(sum(day.failed for day in days))),
        ("reused", [day.steps_reused for day in days], count(sum(day.steps_reused for day in days), "step")),
        ("library", _grown(metrics), f"+{count(sum(day.admitted for day in days), 'tool')}"),
        ("tokens", [day.tokens for day in days], f"{sum(day.tokens for day in days):,}"),
        ("cost", [day.known_cost for day in days], _cost_of_days(metrics)),
    )
    for label, numbers, total in rows:
        few = gathered(numbers, _WIDTH) if label != "library" else _thinned(numbers)
        yield f"{_labelled(label, sparkline(few, unicode=unicode))}  {total}"


def _grown(metrics: Metrics) -> list[float]:
    return list(accumulate(day.admitted for day in metrics.days))


def _thinned(numbers: Sequence[float]) -> list[float]:
    """Return the last number of each stretch: a level cannot be summed up."""
    step = max(1, -(-len(numbers) // _WIDTH))
    return [numbers[min(start + step, len(numbers)) - 1] for start in range(0, len(numbers), step)]


def _cost_of_days(metrics: Metrics) -> str:
    return money(
        sum(day.known_cost for day in metrics.days), sum(day.unpriced for day in metrics.days), "goal"
    )


def _stage(stage: StageMetrics) -> tuple[str, ...]:
    tokens = stage.prompt_tokens + stage.output_tokens
    cost = money(stage.known_cost, stage.unpriced)
    return (stage.stage, f"{stage.calls}", f"{tokens:,}", duration(stage.seconds), cost)


def _tool(tool: ToolMetrics) -> tuple[str, ...]:
    times = tuple("-" if took is None else _time(took) for took in (tool.median_s, tool.p95_s))
    well = f"{tool.succeeded / tool.calls:.0%}".replace("%", " %") if tool.calls else "-"
    return (one_line(tool.tool, _NAMES), f"{tool.versions}", f"{tool.kept}", f"{tool.calls}", well, *times)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else duration(seconds)


def _counted(counted: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    for name, number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        yield one_line(name, _NAMES), f"{number}"


def _section(title: str, head: Sequence[str], rows: Iterator[tuple[str, ...]], width: int) -> Iterator[str]:
    """Yield a table: its first column to the left, numbers to the right."""
    table = [(title, *head), *rows]
    if len(table) == 1:
        return
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    if width:
        widths[0] = max(_NARROWEST, min(widths[0], width - sum(each + 2 for each in widths[1:])))
    yield ""
    for first, *others in table:
        right = (f"{cell:>{wide}}" for cell, wide in zip(others, widths[1:], strict=True))
        yield "  ".join((f"{one_line(first, widths[0]):<{widths[0]}}", *right))


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_LABEL}} {text}"
