"""How everything about tools.py grows from 10 functions to 10 000: times, memory, growth laws, plots."""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus
from at_size import OPERATIONS

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "scale.json"
METHOD = (
    "generated libraries (`corpus.py`), no two functions alike; every cell a process of its own; medians of "
    "processor time, which other programs disturb little (times on the clock are in scale.json), and the "
    "largest resident memory of that process; growth is x in time ~ N^x from 1 000 to 10 000 functions: "
    "0 does not grow, 1 is proportional"
)
_BESIDE_US = ("sh", "-c", '"$@"; exit $?', "sh")
"""A process begins with the peak of the one that forked it: let that be a small one."""
WHAT = {
    "build": "index build, library read from nothing",
    "read": "read, index right",
    "reindex": "re-index after one edit, fresh process",
    "reread": "read after one edit, same process",
    "search_cold": "search, index opened for it",
    "search_warm": "search, warm",
    "merge": "splice merge, text to text",
    "commit": "whole commit, synced",
    "libcst_rewrite": "whole-file LibCST",
    "bare": "`python -c pass`",
    "import_plain": "`import tools`, no byte code",
    "import_ours": "`import tools`, checked byte code",
    "bytecode": "writing that byte code",
    "execute_tool": "`agent.py --execute-tool`",
    "list_tools": "`agent.py tools`",
}


def measure_all(sizes: tuple[int, ...] = corpus.SIZES) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Return times and peaks by operation and size."""
    found: dict[str, dict[str, dict[str, list[float]]]] = {name: {} for name in OPERATIONS}
    with tempfile.TemporaryDirectory() as top:
        for size in sizes:
            folder = Path(top, str(size))
            corpus.write_library(folder, size)
            (folder / "last").write_text(corpus.name_of(size - 1), encoding="utf-8")
            for name in OPERATIONS:
                words = [*_BESIDE_US, sys.executable, str(HERE / "at_size.py"), name, str(folder)]
                done = subprocess.run(words, capture_output=True, text=True, check=True)
                found[name][str(size)] = json.loads(done.stdout.splitlines()[-1])
                print(
                    f"{name} at {size}: {statistics.median(found[name][str(size)]['ms']):.1f} ms",
                    file=sys.stderr,
                )
    return found


def table(found: dict[str, dict[str, dict[str, list[float]]]]) -> list[str]:
    """Return the measurements as lines of Markdown."""
    sizes = list(found["build"])
    lines = ["| what | " + " | ".join(f"{int(size):,}".replace(",", " ") for size in sizes) + " | growth |"]
    lines.append("|---" * (len(sizes) + 2) + "|")
    for name, by_size in found.items():
        cells = [f"{_ms(one['ms'])} ms, {one['peak_mb']:.0f} MB" for one in by_size.values()]
        lines.append(f"| {WHAT[name]} | {' | '.join(cells)} | {_law(by_size)} |")
    for name in ("search_cold", "search_warm"):
        cells = [f"{_p95(one['ms']):.1f} ms" for one in found[name].values()]
        lines.append(f"| {WHAT[name]}, p95 | {' | '.join(cells)} | |")
    return lines


def ratios(found: dict[str, dict[str, dict[str, list[float]]]]) -> list[tuple[str, str]]:
    """Return what was promised, as rows of (what, figure)."""
    largest, smallest = list(found["build"])[-1], next(iter(found["build"]))

    def middle(name: str, size: str) -> float:
        return statistics.median(found[name][size]["ms"])

    merge = middle("libcst_rewrite", largest) / middle("merge", largest)
    call = middle("execute_tool", largest) / middle("execute_tool", smallest)
    ours = middle("import_ours", largest) - middle("bare", largest)
    plain = middle("import_plain", largest) - middle("bare", largest)
    return [
        (f"splice merge against whole-file LibCST at {largest}", f"{merge:.0f} times as fast"),
        (f"`--execute-tool` at {largest} against {smallest}", f"{call:.2f}x"),
        (f"`import tools` at {largest}, checked byte code against none", f"{plain / ours:.1f} times as fast"),
    ]


def report() -> list[str]:
    """Measure, keep the figures and draw them; return lines of Markdown."""
    found = measure_all()
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    from plots import draw_all

    draw_all()
    return markdown(found)


def markdown(found: dict[str, dict[str, dict[str, list[float]]]]) -> list[str]:
    """Return figures and plots as lines of Markdown."""
    lines = [*table(found), "", "| promise | figure |", "|---|---|"]
    lines += [f"| {what} | {figure} |" for what, figure in ratios(found)]
    return [*lines, "", *pictures()]


def pictures() -> list[str]:
    """Return Markdown that shows the plots, which `plots.py` draws."""
    return ["![Times by size](scale-times.png)", "", "![Peak memory by size](scale-memory.png)"]


def _ms(times: list[float]) -> str:
    middle = statistics.median(times)
    return f"{middle:.2f}" if middle < 10 else f"{middle:.0f}"


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, math.ceil(len(times) * 0.95) - 1)]


def _law(by_size: dict[str, dict[str, list[float]]]) -> str:
    if len(by_size) < 2:
        return ""
    (small, first), (large, last) = list(by_size.items())[-2:]
    times = statistics.median(last["ms"]) / statistics.median(first["ms"])
    return f"N^{math.log(times) / math.log(int(large) / int(small)):.1f}"


if __name__ == "__main__":
    print("\n".join(report()))
