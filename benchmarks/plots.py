"""scale.json -> two pictures of how times and memory grow; needs matplotlib: `uv run --group bench ...`."""

import json
import statistics

from scale import HERE, RESULTS, WHAT

_PANELS = {
    "Reading and searching": ("build", "reindex", "reread", "read", "search_cold", "search_warm"),
    "Merging": ("libcst_rewrite", "commit", "merge"),
    "Importing and calling": ("import_plain", "execute_tool", "import_ours", "bare"),
}


def draw(measure: str, label: str, name: str) -> None:
    """Draw one picture: a panel for each kind of operation, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    figure, panels = plt.subplots(1, len(_PANELS), figsize=(16, 5.5), sharey=True, layout="constrained")
    for panel, (title, operations) in zip(panels, _PANELS.items(), strict=True):
        for marker, operation in zip("osD^vx", operations, strict=False):
            by_size = found[operation]
            sizes = [int(size) for size in by_size]
            values = [
                statistics.median(one["ms"]) if measure == "ms" else one[measure] for one in by_size.values()
            ]
            panel.loglog(sizes, values, marker=marker, label=WHAT[operation].replace("`", ""))
        panel.set_title(title)
        panel.set_xlabel("functions in tools.py")
        panel.set_xticks(sizes, [f"{size:,}".replace(",", " ") for size in sizes])
        panel.grid(visible=True, which="major", alpha=0.4)
        panel.legend(fontsize=9)
    panels[0].set_ylabel(label)
    figure.savefig(HERE / name, dpi=110)
    plt.close(figure)


def draw_all() -> None:
    """Draw both."""
    draw("ms", "processor milliseconds (median)", "scale-times.png")
    draw("peak_mb", "peak memory of the process, MB", "scale-memory.png")


if __name__ == "__main__":
    draw_all()
