"""`search_quality/measured.json` -> two plots beside it: recall by way of search, and the rates of a miss.

Needs matplotlib.
"""

import json
from typing import Any

import matplotlib as mpl
from search_set import SET

from toolwright.stages.narrowing import MISS

mpl.use("Agg")
from matplotlib import pyplot as plt

_COLOURS = {"words": "tab:blue", "meaning": "tab:orange", "both": "tab:green"}
_PRESENT, _ABSENT = 1, 2


def draw() -> None:
    """Draw both."""
    data = json.loads((SET / "measured.json").read_text(encoding="utf-8"))
    _draw_recall(data["recall"])
    _draw_curves(data["curves"])


def _draw_recall(rows: list[Any]) -> None:
    figure, axes = plt.subplots(figsize=(10, 0.42 * len(rows) + 1.4))
    for place, (what, recalls) in enumerate(reversed(rows)):
        colour = _COLOURS[what.split()[0]]
        for recall, shade in zip(reversed(recalls), (0.25, 0.5, 1.0), strict=True):
            axes.barh(place, recall, color=colour, alpha=shade)
        told = " / ".join(f"{recall:.0%}" for recall in recalls)
        axes.text(1.01, place, told, va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [what for what, _ in reversed(rows)])
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1))
    axes.set_title("Steps whose tool is among the first 1 (dark), 5 and 10 (light) of 1 048", fontsize=10)
    figure.tight_layout()
    figure.savefig(SET / "recall.png", dpi=110)


def _draw_curves(curves: list[Any]) -> None:
    shown = [one for one in curves if one["by"] == "words" and one["synonyms"] == "of the step"]
    figure, (bounds, trade) = plt.subplots(1, 2, figsize=(10, 4.2))
    for number, one in enumerate(shown):
        colour, points = f"C{number}", one["by_bound"]
        at = [point[0] for point in points]
        bounds.plot(at, [point[_ABSENT] for point in points], color=colour, label=f"{one['size']} tools")
        bounds.plot(at, [point[_PRESENT] for point in points], color=colour, linestyle="--")
        _draw_trade(trade, points, colour, "-", f"{one['size']} tools, share of the words")
    for number, one in enumerate(curves):
        if one["by_cosine"] and one["synonyms"] == "of the step" and one["size"] in {30, 1048}:
            _draw_trade(trade, one["by_cosine"], f"C{number % 4}", ":", f"{one['size']} tools, cosine")
    bounds.axvline(MISS, color="grey", linewidth=0.8, linestyle=":")
    bounds.text(MISS - 0.01, 0.6, "bound in use", fontsize=7, color="grey", rotation=90, ha="right")
    bounds.set_xlim(0, 0.8)
    bounds.set_xlabel("bound on the best share of words")
    bounds.set_ylabel("steps taken for new")
    bounds.set_title("solid: no tool does it, rightly; dashed: one does, wrongly", fontsize=9)
    trade.set_xlim(0, 0.2)
    trade.set_xlabel("has a tool, taken for new (wrongly)")
    trade.set_ylabel("has none, taken for new (rightly)")
    trade.set_title("what each bound buys", fontsize=9)
    for panel in (bounds, trade):
        panel.legend(fontsize=7, loc="lower right")
        panel.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1))
        panel.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1))
    figure.tight_layout()
    figure.savefig(SET / "curve.png", dpi=110)


def _draw_trade(panel: Any, points: list[Any], colour: str, style: str, label: str) -> None:
    xs, ys = [point[_PRESENT] for point in points], [point[_ABSENT] for point in points]
    panel.plot(xs, ys, color=colour, linestyle=style, label=label)


if __name__ == "__main__":
    draw()
