"""Measure everything: `uv run --group bench --extra search python benchmarks/run.py [--write] [PART ...]`.

With `--write` the figures go into README.md and the plots beside it. "Finding" compares by meaning where the
weights of a sentence model are; `--download` fetches those once, 83 MB, and checks their hash. A part is the
title of a section, such as "At scale"; the others stay as they are then.
"""

import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import admission
import calling
import learning
import merging
import prompt_size
import scale
import searching
import start_up
import verifying

README = Path(__file__).parent / "README.md"
PARTS = {
    "Starting": start_up,
    "Calling": calling,
    "Verifying": verifying,
    "Admitting": admission,
    "Merging": merging,
    "Prompt size": prompt_size,
}
REPORTS = {"Finding": searching, "At scale": scale, "Learning": learning}
"""Those with tables and plots of their own."""


def machine() -> str:
    """Say what is measured on, and when."""
    load = os.getloadavg()[0]
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.0f}, {python}"
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}: {system}."


def section(title: str) -> str:
    """Measure one part; return its section as Markdown."""
    if title in REPORTS:
        lines = [f"Method: {REPORTS[title].METHOD}.", "", *REPORTS[title].report()]
    else:
        part = PARTS[title]
        lines = [f"Method: {part.METHOD}.", "", "| what | figure |", "|---|---|"]
        lines += [f"| {what} | {figure} |" for what, figure in part.measure()]
    return "\n".join([f"### {title}", "", machine(), "", *lines, ""])


def written(text: str, title: str, measured: str) -> str:
    """Return README.md with one section anew; a new one comes last."""
    known = re.compile(rf"### {re.escape(title)}\n.*?(?=### |<!-- end -->)", re.DOTALL)
    if known.search(text):
        return known.sub(lambda _: measured + "\n", text)
    return text.replace("<!-- end -->", measured + "\n<!-- end -->")


if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")] or [*PARTS, *REPORTS]
    for name in wanted:
        fresh = section(name)
        print(fresh)
        if "--write" in sys.argv:
            text = README.read_text(encoding="utf-8")
            README.write_text(written(text, name, fresh), encoding="utf-8")
