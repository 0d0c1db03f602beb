"""Steps with and without a tool -> how often search takes each for new, by bound and size of the library."""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from search_set import Entry, Query, write_library

from toolwright.library.fusion import FusedIndex
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.protocols import Embedder
from toolwright.stages.narrowing import FEW, SURE, narrow
from toolwright.types import Hit

SIZES = (3, 30, 300, 1048)
_BOUNDS = tuple(step / 50 for step in range(51))
_SHOWN = 8

Found = list[Sequence[Hit]]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """What is taken for new in libraries of one size: shares of the steps with and of those without a tool.

    `by_bound` has a triple for every bound on the best share of words, `by_cosine` for every one on the best
    cosine (empty where meaning is not compared); `at_bound` is what the program does, `at_nothing` what it
    would do if only a step without any word in common were new.
    """

    synonyms: str
    by: str
    size: int
    at_bound: Pair
    at_nothing: Pair
    by_bound: tuple[tuple[float, float, float], ...]
    by_cosine: tuple[tuple[float, float, float], ...]


def curves(
    tools: list[Entry],
    steps: tuple[list[Query], list[Query]],
    said: Callable[[Query], Query],
    embedder: Embedder | None,
) -> Iterator[Curve]:
    """Measure the sizes by words, then with meaning. `steps` are those with and those without a tool."""
    named = "of the step" if said is Query.as_planned else "cautious"
    for by, model in (("words", None), ("words and meaning", embedder)):
        if by != "words" and model is None:
            continue
        for size in SIZES:
            draw = random.Random(size)
            found = [_searched(tools, group, size, said, draw, model) for group in steps]
            yield Curve(
                named,
                by,
                size,
                _taken(found, lambda hits: not narrow(hits)),
                _taken(found, lambda hits: _share(hits) == 0),
                tuple(
                    (bound, *_taken(found, lambda hits, at=bound: _share(hits) <= at)) for bound in _BOUNDS
                ),
                tuple((bound, *_taken(found, lambda hits, at=bound: _near(hits) <= at)) for bound in _BOUNDS)
                if model
                else (),
            )


def sure(tools: list[Entry], steps: list[Query]) -> Pair:
    """Return how many questions are short, and how many of those lose the right tool by it."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Store(write_library(Path(folder), tools)))
        found = [(step.right, index.search(step.text, step.synonyms, _SHOWN)) for step in steps]
    short = [(right, hits) for right, hits in found if hits and hits[0].share >= SURE]
    lost = sum(
        bool(right & {hit.tool.name for hit in hits}) and not right & {hit.tool.name for hit in hits[:FEW]}
        for right, hits in short
    )
    return len(short), lost


def _taken(found: list[Found], new: Callable[[Sequence[Hit]], bool]) -> Pair:
    present, absent = (sum(map(new, group)) / len(group) for group in found)
    return present, absent


def _share(hits: Sequence[Hit]) -> float:
    return max((hit.share for hit in hits), default=0.0)


def _near(hits: Sequence[Hit]) -> float:
    return max((hit.cosine or 0.0 for hit in hits), default=0.0)


def _searched(
    tools: list[Entry],
    steps: list[Query],
    size: int,
    said: Callable[[Query], Query],
    draw: random.Random,
    embedder: Embedder | None,
) -> Found:
    """Search libraries of that size, drawn anew for every few steps; their right tools are in them."""
    found: Found = []
    at_once = len(steps) if size >= len(tools) else max(1, min(20, size // 3))
    for start in range(0, len(steps), at_once):
        some = steps[start : start + at_once]
        wanted = {name for step in some for name in step.right}
        right = [tool for tool in tools if tool.name in wanted]
        others = [tool for tool in tools if tool.name not in wanted]
        chosen = right + draw.sample(others, max(0, min(size, len(tools)) - len(right)))
        with tempfile.TemporaryDirectory() as folder:
            store = Store(write_library(Path(folder), chosen))
            index = FusedIndex(store, embedder, print) if embedder else Index(store)
            found += [index.search(said(step).text, said(step).synonyms, _SHOWN) for step in some]
    return found
