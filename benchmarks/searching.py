"""How well tools are found: recall by words, by meaning and by both, and what a miss is worth.

`python benchmarks/searching.py [--download]` prints the section of README.md, and draws its plots where
matplotlib is installed. The sentence model is used where its weights are; `--download` fetches them once.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from search_set import (
    SET,
    Entry,
    Query,
    halves,
    read_absent,
    read_later,
    read_queries,
    read_tools,
    write_library,
)
from steps_without_tools import SIZES, Curve, curves, sure
from weights import open_model

from toolwright.library.fusion import FusedIndex
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.protocols import Embedder
from toolwright.stages.narrowing import FAR, FEW, MISS, SURE
from toolwright.types import Hit

METHOD = (
    "the set in `search_quality/`, whose README says how it was written and what it cannot show: a library "
    "of 1 048 tools, 350 steps that have a tool and 134 that have none. Field weights and bounds were chosen "
    "on 120 and 67 of them; every figure is of the others. *Synonyms of the step* were written from the step "
    "alone, by somebody who saw no tool; *cautious* ones by somebody who knew the right tool, less all that "
    "resemble its name. Meaning: all-MiniLM-L6-v2"
)
AT = (1, 5, 10)
_LOOKED_AT = 50
_PRESENT = 0
_ABSENT = 1

Said = Callable[[Query], Query]


@dataclass(frozen=True)
class Row:
    """Recall at 1, 5 and 10 of one way of search over so many steps."""

    what: str
    steps: int
    recalls: tuple[float, ...]


def report() -> list[str]:
    """Return the lines of the section; write what the plots are drawn from, and draw them if possible."""
    tools, (_, held_out) = read_tools(), halves(read_queries())
    _, absent = halves(read_absent())
    embedder = open_model(download="--download" in sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        rows = recall_rows(Path(folder), tools, held_out, embedder)
    found = [
        curve
        for said in (Query.as_planned, Query.bare)
        for curve in curves(tools, (held_out, absent), said, embedder)
    ]
    data = {"recall": [[row.what, row.recalls] for row in rows], "curves": [vars(one) for one in found]}
    (SET / "measured.json").write_text(json.dumps(data) + "\n", encoding="utf-8")
    lines = [*_recall_table(rows), "", *_error_table(found), "", *_sure_lines(tools, held_out)]
    if embedder is None:
        lines += ["", "Meaning was not measured: `--download` fetches the weights."]
    return [*lines, "", *_plots()]


def recall_rows(
    folder: Path, tools: list[Entry], held_out: list[Query], embedder: Embedder | None
) -> list[Row]:
    """Measure every way of search."""
    later = [*held_out, *read_later()]
    plain = Store(write_library(folder / "plain", tools, keywords=False))
    full = Store(write_library(folder / "full", tools))
    ways: list[tuple[str, Store, Said, list[Query]]] = [
        ("alone", plain, Query.alone, later),
        ("+ keywords of the tools", full, Query.alone, later),
        ("+ keywords, cautious synonyms", full, Query.bare, later),
        ("+ keywords, synonyms of the step", full, Query.as_planned, held_out),
    ]
    rows = [
        Row(f"words {what}", len(steps), _recalls(steps, [_by_words(store, said(step)) for step in steps]))
        for what, store, said, steps in ways
    ]
    if embedder is None:
        return rows
    for what, store, said, steps in ways:
        index = FusedIndex(store, embedder, print)
        both = [index.search(said(step).text, said(step).synonyms, _LOOKED_AT) for step in steps]
        near = [sorted(hits, key=lambda hit: -(hit.cosine or 0.0)) for hits in both]
        rows += [
            Row(f"meaning {what}", len(steps), _recalls(steps, near)),
            Row(f"both {what}", len(steps), _recalls(steps, both)),
        ]
    return sorted(rows, key=lambda row: ("words", "meaning", "both").index(row.what.split()[0]))


def _by_words(store: Store, query: Query) -> Sequence[Hit]:
    return Index(store).search(query.text, query.synonyms, AT[-1])


def _recalls(steps: list[Query], ranked: Sequence[Sequence[Hit]]) -> tuple[float, ...]:
    """Return the shares of steps whose tool is among the first 1, 5 and 10."""
    return tuple(
        sum(
            bool(step.right & {hit.tool.name for hit in hits[:at]})
            for step, hits in zip(steps, ranked, strict=True)
        )
        / len(steps)
        for at in AT
    )


def _recall_table(rows: list[Row]) -> list[str]:
    lines = ["| searched by | steps | recall at 1 | at 5 | at 10 |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.steps} | " + " | ".join(f"{share:.0%}" for share in row.recalls) + " |"
        for row in rows
    ]
    by_name = {row.what: row.recalls for row in rows}
    if "meaning alone" in by_name:
        same_steps = [row.what for row in rows if row.steps == rows[0].steps]
        for what in [what for what in same_steps if what.startswith("words +")]:
            low, high = by_name["words alone"], by_name["meaning alone"]
            shares = [(m - a) / (b - a) for a, m, b in zip(low, by_name[what], high, strict=True)]
            told = " | ".join(f"{share:.0%}" for share in shares)
            lines.append(f"| of the gap between words alone and meaning alone, closed by {what} | | {told} |")
    return lines


def _error_table(found: list[Curve]) -> list[str]:
    """Say how often a step is taken for new, wrongly and rightly, at the bound."""
    said = (
        f"Taken for new without a question: a share of the words of at most {MISS:.0%}, and where meaning is "
        f"compared a cosine of at most {FAR}, too. In brackets: no word in common at all."
    )
    lines = [
        said,
        "",
        "| synonyms | searched by | " + " | ".join(f"{size} tools" for size in SIZES) + " |",
        "|---|---|" + "---|" * len(SIZES),
    ]
    kinds = dict.fromkeys((curve.synonyms, curve.by) for curve in found)
    for synonyms, by in kinds:
        cells = [
            f"{curve.at_bound[_PRESENT]:.1%} wrongly, {curve.at_bound[_ABSENT]:.0%} rightly "
            f"({curve.at_nothing[_PRESENT]:.1%}, {curve.at_nothing[_ABSENT]:.0%})"
            for curve in found
            if (curve.synonyms, curve.by) == (synonyms, by)
        ]
        lines.append(f"| {synonyms} | {by} | " + " | ".join(cells) + " |")
    return lines


def _sure_lines(tools: list[Entry], held_out: list[Query]) -> list[str]:
    said_first = (
        f"Short question: the first tool has a share of at least {SURE:.0%}, so {FEW} tools are shown, not "
        "8 (by words, 1 048 tools)."
    )
    lines = [
        said_first,
        "",
        "| synonyms | questions that are short | of them with the right tool among the 8 but not the 3 |",
        "|---|---|---|",
    ]
    for said, steps in ((Query.as_planned, held_out), (Query.bare, [*held_out, *read_later()])):
        short, lost = sure(tools, [said(step) for step in steps])
        told = f"{short} of {len(steps)}, {short / len(steps):.0%}"
        share = f"{lost}, {lost / short:.1%}" if short else "0"
        lines.append(f"| {_named(said)} | {told} | {share} |")
    return lines


def _named(said: Said) -> str:
    return "of the step" if said is Query.as_planned else "cautious"


def _plots() -> list[str]:
    try:
        import plot_search
    except ModuleNotFoundError:
        print("not drawn: matplotlib is not installed", file=sys.stderr)
    else:
        plot_search.draw()
    return [
        "![Recall by way of search](search_quality/recall.png)",
        "",
        "![Both rates of a miss by bound and size of the library](search_quality/curve.png)",
    ]


if __name__ == "__main__":
    print("\n".join(report()), flush=True)
