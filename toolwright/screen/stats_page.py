"""The numbers of a library's past -> one page of HTML that needs nothing else: tables and plots."""

from collections.abc import Sequence
from html import escape
from itertools import accumulate
from string import Template
from typing import Final

from toolwright.screen.charts import Chart, svg
from toolwright.screen.spark import gathered
from toolwright.screen.stats import stats_lines
from toolwright.screen.words import count
from toolwright.types.metrics import Day, Metrics

_MOST: Final = 60
"""Bars of a chart; more days are taken together."""

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --line: #d0d7de; --mark: #0969da; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --line: #30363d; --mark: #4493f8; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1340px;
  margin: 2rem auto; padding: 0 1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr));
  gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--ink); }
.scale, .last { text-anchor: end; } .grid { stroke: var(--line); } .bar, .dot { fill: var(--mark); }
.level { fill: none; stroke: var(--mark); stroke-width: 2; }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$about</p>
<div class="charts">
$charts
</div>
<h2>In numbers</h2>
<pre>$lines</pre>
</body>
</html>
""")


def stats_page(metrics: Metrics, name: str, made: str) -> str:
    """Return the page; `name` is that of the library, `made` says when."""
    figures = "\n".join(
        f"<figure><figcaption>{escape(chart.title)}</figcaption>{svg(chart)}</figure>"
        for chart in _charts(metrics.days)
    )
    return _PAGE.substitute(
        title=escape(f"What happened in {name}"),
        about=escape(f"Made {made}. Days are those of UTC; rest the pointer on a bar to see its number."),
        charts=figures,
        lines=escape("\n".join(stats_lines(metrics))),
    )


def _charts(days: Sequence[Day]) -> list[Chart]:
    together = max(1, -(-len(days) // _MOST))
    labels = [day.day for day in days[::together]]
    each = "day" if together == 1 else f"{together} days"

    def bars(title: str, numbers: Sequence[float], unit: str = "") -> Chart:
        return Chart(f"{title}, by {each}", labels, gathered(numbers, _MOST), unit)

    grown = list(accumulate(gathered([day.admitted for day in days], _MOST)))
    reused = gathered([day.steps_reused for day in days], _MOST)
    steps = gathered([day.steps for day in days], _MOST)
    rates = [100 * part / of if of else 0.0 for part, of in zip(reused, steps, strict=True)]
    unknown = sum(day.unpriced for day in days)
    without = f" (without {count(unknown, 'goal')} whose price is unknown)" if unknown else ""
    return [
        Chart("Tools added to the library, all in all", labels, grown, level=True),
        Chart(f"Steps whose tool was there already, by {each}", labels, rates, " %"),
        bars("Goals", [day.goals for day in days]),
        bars("Goals that failed", [day.failed for day in days]),
        bars("Versions refused", [day.refused for day in days]),
        bars("Tokens", [day.tokens for day in days]),
        bars(f"Cost{without}", [day.known_cost for day in days], "$"),
        bars("Goals without a model call", [day.free for day in days]),
    ]
