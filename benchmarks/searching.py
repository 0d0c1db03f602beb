"""How well tools are found: recall by words, by keywords and synonyms, by meaning, and what a miss is worth.

`python benchmarks/searching.py [--download]` prints the rows and writes `search_quality/curve.json`.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from search_set import SET, Entry, Query, halves, read_absent, read_queries, read_tools, write_library
from weights import CACHE, model_folder

from toolwright.library.fusion import FusedIndex
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.models.local_embedder import LocalEmbedder
from toolwright.stages.narrowing import FEW, MISS, SURE
from toolwright.types import Hit

METHOD = (
    "the set in `search_quality/` (its README says how it was written), a library of 1 048 tools; recall of "
    "the 120 steps that nothing was tuned on; the gap is the way from words alone to meaning alone, without "
    "keywords and synonyms; cautious: without synonyms that resemble a word of the right name; meaning: "
    "all-MiniLM-L6-v2; rates of error over all 240 steps with a tool and 134 without, synonyms cautious"
)
_AT = (1, 5, 10)
_SIZES = (3, 30, 300, 1048)
_STEPS = 20

Ranked = Callable[[Query], Sequence[Hit]]
Row = tuple[str, str]


def measure(*, download: bool = False) -> list[Row]:
    """Return the rows of the report."""
    tools, (_, held_out) = read_tools(), halves(read_queries())
    with tempfile.TemporaryDirectory() as folder:
        plain = Store(write_library(Path(folder) / "plain", tools, keywords=False))
        full = Store(write_library(Path(folder) / "full", tools))
        words = _recalls(held_out, Query.alone, _by_words(plain))
        keys = _recalls(held_out, Query.alone, _by_words(full))
        cautious = _recalls(held_out, Query.bare, _by_words(full))
        every = _recalls(held_out, _same, _by_words(full))
        rows = [
            ("words alone", _shown(words)),
            ("with keywords on tools", _shown(keys)),
            ("with keywords and cautious synonyms", _shown(cautious)),
            ("with keywords and all synonyms", _shown(every)),
        ]
    model = model_folder(download=download)
    if model:
        rows += _by_meaning(tools, held_out, LocalEmbedder(model), (words, keys, cautious))
    return [*rows, *_errors(tools)]


def _by_meaning(
    tools: list[Entry], steps: list[Query], embedder: LocalEmbedder, lexical: Sequence[list[float]]
) -> list[Row]:
    plain, full = (
        FusedIndex(
            Store(write_library(CACHE / f"library-{kind}", tools, keywords=kind == "full")), embedder, print
        )
        for kind in ("plain", "full")
    )
    meaning = _recalls(steps, Query.alone, _by_cosine(plain))
    words, keys, cautious = lexical
    return [
        ("meaning alone", _shown(meaning)),
        (
            "meaning with keywords and cautious synonyms",
            _shown(_recalls(steps, Query.bare, _by_cosine(full))),
        ),
        ("fused, neither keywords nor synonyms", _shown(_recalls(steps, Query.alone, _fused(plain)))),
        ("fused, keywords and cautious synonyms", _shown(_recalls(steps, Query.bare, _fused(full)))),
        ("fused, keywords and all synonyms", _shown(_recalls(steps, _same, _fused(full)))),
        ("of the gap closed by keywords alone", _gap(words, keys, meaning)),
        ("of the gap closed by keywords and cautious synonyms", _gap(words, cautious, meaning)),
    ]


def _same(query: Query) -> Query:
    return query


def _by_words(store: Store) -> Ranked:
    index = Index(store)
    return lambda query: index.search(query.text, query.synonyms, _AT[-1])


def _fused(index: FusedIndex) -> Ranked:
    return lambda query: index.search(query.text, query.synonyms, _AT[-1])


def _by_cosine(index: FusedIndex) -> Ranked:
    return lambda query: sorted(
        index.search(query.text, query.synonyms, 10_000), key=lambda hit: -(hit.cosine or 0.0)
    )


def _recalls(steps: list[Query], said: Callable[[Query], Query], ranked: Ranked) -> list[float]:
    """Return the share of steps whose tool is among the first 1, 5 and 10."""
    found = [[hit.tool.name for hit in ranked(said(step))][: _AT[-1]] for step in steps]
    return [
        sum(bool(step.right & set(names[:at])) for step, names in zip(steps, found, strict=True)) / len(steps)
        for at in _AT
    ]


def _shown(recalls: list[float]) -> str:
    return " / ".join(f"{recall:.0%}" for recall in recalls) + " at 1 / 5 / 10"


def _gap(low: list[float], middle: list[float], high: list[float]) -> str:
    shares = [(m - a) / (b - a) for a, m, b in zip(low, middle, high, strict=True)]
    return " / ".join(f"{share:.0%}" for share in shares) + " at 1 / 5 / 10"


def _errors(tools: list[Entry]) -> list[Row]:
    """Say how often search decides wrongly at the bounds, by size of the library; keep the whole curves."""
    rows, curves = [], {}
    draw = random.Random(1)
    for size in _SIZES:
        present, absent = _best_shares(tools, size, draw)
        curves[str(size)] = [
            [step / _STEPS, _below(present, step / _STEPS), _below(absent, step / _STEPS)]
            for step in range(_STEPS + 1)
        ]
        wrong, rightly = f"{_below(present, MISS):.1%}", f"{_below(absent, MISS):.0%}"
        said = f"wrongly for {wrong} of the steps with a tool, rightly for {rightly} of those without"
        rows.append((f"{size} tools: a share of at most {MISS:.0%} is taken for no tool", said))
    (SET / "curve.json").write_text(json.dumps(curves) + "\n", encoding="utf-8")
    return [*rows, _sure(tools)]


def _below(shares: list[float], bound: float) -> float:
    return sum(share <= bound for share in shares) / len(shares)


def _best_shares(tools: list[Entry], size: int, draw: random.Random) -> tuple[list[float], list[float]]:
    """Return the largest share found for each step with and without a tool, in libraries of that size.

    Small libraries are drawn anew for every few steps; the right tools of those with one are among them.
    """
    present, absent = [], []
    for group, into in ((read_queries(), present), (read_absent(), absent)):
        at_once = len(group) if size >= len(tools) else max(1, min(20, size // 3))
        for start in range(0, len(group), at_once):
            steps = group[start : start + at_once]
            wanted = {name for step in steps for name in step.right}
            right = [tool for tool in tools if tool.name in wanted]
            others = [tool for tool in tools if tool.name not in wanted]
            chosen = right + draw.sample(others, max(0, min(size, len(tools)) - len(right)))
            with tempfile.TemporaryDirectory() as folder:
                index = Index(Store(write_library(Path(folder), chosen)))
                for step in steps:
                    hits = index.search(step.text, step.bare().synonyms, 8)
                    into.append(max((hit.share for hit in hits), default=0.0))
    return present, absent


def _sure(tools: list[Entry]) -> Row:
    steps = [step.bare() for step in read_queries()]
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Store(write_library(Path(folder), tools)))
        hits = [index.search(step.text, step.synonyms, 8) for step in steps]
    short = [
        (step, found) for step, found in zip(steps, hits, strict=True) if found and found[0].share >= SURE
    ]
    lost = sum(
        bool(step.right & {hit.tool.name for hit in found})
        and not step.right & {hit.tool.name for hit in found[:FEW]}
        for step, found in short
    )
    return (
        f"a share of {SURE:.0%} or more shows {FEW} instead of 8",
        f"for {len(short)} of {len(steps)} steps, and {lost} of them lose the right tool by it",
    )


if __name__ == "__main__":
    for what, figure in measure(download="--download" in sys.argv):
        print(f"| {what} | {figure} |", flush=True)
