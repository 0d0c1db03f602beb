"""Measure everything and write the figures into README.md: `uv run python benchmarks/run.py [--write]`."""

import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import admission
import calling
import merging
import prompt_size
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
    "Finding": searching,
}


def report() -> str:
    """Return all measurements as Markdown."""
    python = f"Python {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {python}"
    lines = [f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine}.", ""]
    for title, part in PARTS.items():
        lines += [f"### {title}", "", f"Method: {part.METHOD}.", "", "| what | figure |", "|---|---|"]
        lines += [f"| {what} | {figure} |" for what, figure in part.measure()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    measured = report()
    print(measured)
    if "--write" in sys.argv:
        text = README.read_text(encoding="utf-8")
        marked = re.compile(r"(<!-- measured -->\n).*(<!-- end -->)", re.DOTALL)
        README.write_text(marked.sub(lambda found: f"{found[1]}{measured}{found[2]}", text), encoding="utf-8")
