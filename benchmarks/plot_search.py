"""`search_quality/curve.json` -> `search_quality/curve.png`: both errors of a bound. Needs matplotlib."""

import json

import matplotlib as mpl
from search_set import SET

mpl.use("Agg")
from matplotlib import pyplot as plt

curves = json.loads((SET / "curve.json").read_text(encoding="utf-8"))
figure, panels = plt.subplots(1, len(curves), figsize=(3.2 * len(curves), 3.2), sharey=True)
for panel, (size, points) in zip(panels, curves.items(), strict=True):
    bounds = [point[0] for point in points]
    panel.plot(bounds, [point[2] for point in points], label="no tool: rightly new")
    panel.plot(bounds, [point[1] for point in points], label="has a tool: wrongly new")
    panel.axvline(0.1, color="grey", linewidth=0.8, linestyle=":")
    panel.set_title(f"{size} tools")
    panel.set_xlabel("bound on the best share of words")
panels[0].set_ylabel("share of steps taken for new")
panels[0].legend(fontsize=7, loc="lower right")
figure.tight_layout()
figure.savefig(SET / "curve.png", dpi=110)
