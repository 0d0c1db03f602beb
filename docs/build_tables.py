"""The rules of review and the limits go in, docs/review.md and the tables of docs/how-it-works.md come out.

Run `python docs/build_tables.py` after a change of either; a test checks that both pages are up to date.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE / "how-it-works.md"
REVIEW: Final = HERE / "review.md"
sys.path.insert(0, str(HERE.parent))

from toolwright.stages.rules import RULES, Rule, Subject  # noqa: E402 - the checkout must be found first
from toolwright.stages.rules.weaknesses import LEFT_OUT  # noqa: E402
from toolwright.syntax.parsing import parse_text  # noqa: E402
from toolwright.types import Finding, Limits  # noqa: E402

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


REFUSED_SHOWN: Final = 2
ACCEPTED_SHOWN: Final = 1


def review_page() -> str:
    """Return docs/review.md: the template, with every rule and some of its snippets."""
    parts = {
        "needed": ", ".join(f"`{rule.name}`" for rule in RULES if rule.needed),
        "left out": "\n".join(f"- {', '.join(tests.split())}: {why}" for tests, why in LEFT_OUT.items()),
        "rules": "\n\n".join(map(section, RULES)),
    }
    template = (HERE / "review.template.md").read_text(encoding="utf-8")
    return re.sub(r"\{\{(.+?)\}\}", lambda found: parts[found[1]], template)


def section(rule: Rule) -> str:
    """Return what is said about one rule."""
    lines = [f"### `{rule.name}`", "", f"{rule.about[0].upper()}{rule.about[1:]}."]
    for snippet in rule.bad[:REFUSED_SHOWN]:
        said = [f"# refused: line {finding.line}: {finding.message}" for finding in findings(rule, snippet)]
        lines += ["", "```python", *said, *snippet.strip("\n").split("\n"), "```"]
    for snippet in rule.good[:ACCEPTED_SHOWN]:
        lines += ["", "```python", "# accepted", *snippet.strip("\n").split("\n"), "```"]
    return "\n".join(lines)


def findings(rule: Rule, snippet: str) -> Iterator[Finding]:
    """Let a rule look at a snippet, with the contract that the snippets are written for."""
    tree = parse_text(snippet)
    first = tree.body[0]
    name = first.name if rule.name == "clash" and isinstance(first, ast.FunctionDef) else "tool"
    signature = "tool(text: str, limit: int=3) -> str"
    yield from rule.check(
        Subject(name, snippet, tree, signature, frozenset({"taken"}), frozenset(), "Return the text.")
    )


if __name__ == "__main__":
    REVIEW.write_text(review_page(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
