"""The rules of review and the limits of the sandbox go in, the tables of docs/how-it-works.md come out.

Run `python docs/build_tables.py` after a change of either; a test checks that the page is up to date.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE / "how-it-works.md"
sys.path.insert(0, str(HERE.parent))

from toolwright.stages.rules import RULES  # noqa: E402 - the checkout must be found first
from toolwright.types import Limits  # noqa: E402

LIMITS: Final = {
    "wall_s": "seconds from start to answer",
    "cpu_s": "seconds of processor time",
    "memory_mb": "MiB of memory",
    "file_mb": "MiB in one file that it writes",
    "open_files": "files open at once",
    "scratch_mb": "MiB in its scratch folder (not held yet: needs confinement by the kernel)",
    "scratch_files": "files in its scratch folder (not held yet)",
    "processes": "processes, where it may start any (not held yet)",
    "output_kb": "KiB printed to stdout and stderr",
    "result_kb": "KiB of JSON in the answer",
}


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    for name, rows in (("rules", rules()), ("limits", limits())):
        start, end = f"<!-- {name}: made by docs/build_tables.py -->", f"<!-- end of {name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise SystemExit(f"docs/how-it-works.md needs {start} and {end}, once each")
        inside = "\n".join(["", "", *rows, "", ""])
        text = re.sub(
            f"{start}.*?{end}", lambda _, i=inside, s=start, e=end: s + i + e, text, flags=re.DOTALL
        )
    return text


def rules() -> Iterator[str]:
    """Say of every rule what it insists on."""
    yield "| rule | what it insists on |"
    yield "| --- | --- |"
    for rule in RULES:
        yield f"| `{rule.name}` | {rule.about} |"


def limits() -> Iterator[str]:
    """List the limits of one call of a tool and their defaults."""
    yield "| limit | default |"
    yield "| --- | --- |"
    for field in fields(Limits):
        yield f"| {LIMITS[field.name]} | {field.default:g} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
