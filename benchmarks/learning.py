"""What is learned from failures: whether the mend is found that another function's like mistake had.

The functions, and how they were refused, are in `lessons/`. Bounds were chosen on three of five kinds of
mistake; the others are asked for here.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mistakes import Mistake, mistakes, tuned_on
from weights import open_model

from toolwright.events import CandidateRefused, PhaseStarted, RunFinished, RunStarted, ToolCommitted
from toolwright.memory import lessons, likeness, meanings
from toolwright.memory.lessons import Lessons
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder
from toolwright.memory.signs import agreement, signs_of
from toolwright.memory.wording import STRANGERS, in_words
from toolwright.protocols import Embedder
from toolwright.types import Commit, Report

METHOD = (
    "73 kinds of mistake, each made in two functions about different things (`lessons/pairs.txt`, written "
    "before any figure was known, by one author); every wrong version was refused by the real review or "
    "the real verification, whose stage and message are compared (`lessons/failures.json`), and the "
    "mended one passes them. The memory holds one function of all 73 kinds; the other one of 28 kinds is "
    "asked for, then the other way round; on the other 45 kinds bounds and weights were chosen. The 28 were "
    "asked for once before *signs* were added (words 39%, meaning 55% among 3) and once with them. Nothing "
    "was chosen on them, but who wrote the signs had read messages of all kinds. *Signs*: the rule or "
    "exception, how what was returned differs from what was wanted, what the code calls. *Found* is a mend "
    "of the same kind, all others count as wrong. A hint is shown where the bound is passed, two at most; "
    "*right* is one with the same kind among them. *Kind unknown*: the same without that kind in the "
    "memory, where every hint is a false one. Meaning: all-MiniLM-L6-v2"
)
_SHOWN = 2
_WORDS_ALONE = 0.55
_MEANING_ALONE = 0.5
"""Bounds that were chosen before there were signs; meaning counts from the likeness of strangers on."""
_MANY = 2000
_ROUNDS = 5


def report() -> Iterator[str]:
    """Measure; give the lines of the section."""
    known = mistakes()
    model = open_model(download="--download" in sys.argv)
    yield "| compared by | asked | found first | among 3 | hint shown | right | kind unknown: hint shown |"
    yield "|---|---|---|---|---|---|---|"
    for way in _ways(known, model):
        yield _row(way, known)
    yield ""
    yield "| asking, 2 000 mended failures in the memory (a file) | median |"
    yield "|---|---|"
    yield f"| by words, database opened for it | {_asking(known, None):.0f} ms |"
    if model:
        took = _asking(known, model)
        yield f"| by meaning, vectors kept, the one of what is asked known | {took:.0f} ms |"


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of comparing, and whether a run compares so; then with `model`."""

    name: str
    alike: Callable[[Mistake, Mistake], float]
    bound: float
    runs: bool
    model: Embedder | None = None


def _ways(known: Sequence[Mistake], model: Embedder | None) -> Iterator[_Way]:
    words = {one.name: _kept(likeness.pieces(_text(one))) for one in known}
    signs = {one.name: signs_of(one.message, one.source) for one in known}

    def by_words(one: Mistake, other: Mistake) -> float:
        return likeness.likeness(words[one.name], words[other.name])

    def agree(one: Mistake, other: Mistake) -> float:
        return agreement(signs[one.name], signs[other.name])

    yield _Way("words alone, without signs", by_words, _WORDS_ALONE, runs=False)
    yield _Way("words and signs", _sum(by_words, agree, 1.0), lessons.ALIKE, runs=True)
    if model is None:
        return
    made = model.embed([in_words(one.message, one.source) for one in known])
    vectors = {one.name: _kept(vector) for one, vector in zip(known, made, strict=True)}
    usual = meanings.usual_of(model.embed(STRANGERS))

    def by_meaning(one: Mistake, other: Mistake) -> float:
        return meanings.above(likeness.likeness(vectors[one.name], vectors[other.name]), usual)

    yield _Way("meaning alone, without signs", by_meaning, _MEANING_ALONE, runs=False)
    yield _Way(
        "meaning and signs", _sum(by_meaning, agree, meanings.SIGNS), meanings.ALIKE, runs=True, model=model
    )


def _sum(
    alike: Callable[[Mistake, Mistake], float], agree: Callable[[Mistake, Mistake], float], weight: float
) -> Callable[[Mistake, Mistake], float]:
    return lambda one, other: alike(one, other) + weight * agree(one, other)


def _row(way: _Way, known: Sequence[Mistake]) -> str:
    first = third = shown = right = false = asked = 0
    halves = (known[::2], known[1::2])
    for memory, others in (halves, halves[::-1]):
        with tempfile.TemporaryDirectory() as folder:
            _remember(Path(folder), memory)
            told_in_run = Lessons(Past(Path(folder), print), "now", way.model)
            for one in others:
                if tuned_on(one.kind):
                    continue
                ranked = sorted(((way.alike(one, each), each) for each in memory), key=lambda pair: -pair[0])
                same = [each.kind == one.kind for _, each in ranked]
                told = [each.name for score, each in ranked if score >= way.bound][:_SHOWN]
                heard = told_in_run(one.stage, one.message, one.source) if way.runs else ()
                if way.runs and sorted(told) != sorted(lesson.tool for lesson in heard):
                    raise SystemExit(f"{one.name}: a run is told something else, so the figures mean nothing")
                asked, first, third = asked + 1, first + same[0], third + any(same[:3])
                shown, right = shown + bool(told), right + any(same[: len(told)])
                false += any(score >= way.bound for score, each in ranked if each.kind != one.kind)
    return (
        f"| {way.name} | {asked} | {first / asked:.0%} | {third / asked:.0%} | "
        f"{shown} ({shown / asked:.0%}) | {right} of {shown} ({right / max(shown, 1):.0%}) | "
        f"{false} ({false / asked:.0%}) |"
    )


def _text(one: Mistake) -> str:
    return likeness.failure_text(one.stage, one.message, one.source)


def _kept(vector: Sequence[float]) -> Sequence[float]:
    return likeness.from_bytes(likeness.to_bytes(vector))


def _remember(library: Path, some: Sequence[Mistake], times: int = 1) -> None:
    """Let runs be kept in which these were refused and mended."""
    for number in range(times):
        for one in some:
            run = f"r{number}-{one.name}"
            with Recorder(library / ".toolwright", run, {"goal": "g", "model": "m"}, str, print) as recorder:
                said = (one.message, f"run {number}") if number else (one.message,)
                recorder(RunStarted(run, "g", "m", "lib", 0, "full"))
                recorder(PhaseStarted("generate", one.name, 1, 1, 5))
                recorder(CandidateRefused(one.stage, one.name, 1, 5, said, one.source, said))
                recorder(ToolCommitted(Commit(one.name, 1, 0), one.mend))
                recorder(RunFinished(Report("g", "done", run, ())))


def _asking(known: Sequence[Mistake], model: Embedder | None) -> float:
    """Return in milliseconds what it takes to ask a memory of many failures."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder)
        _remember(library, known, -(-_MANY // len(known)))
        one = known[0]
        for _ in range(1 if model is None else 20):  # then all have a vector
            Lessons(Past(library, print), "now", model)(one.stage, one.message, one.source)

        def ask() -> None:
            Lessons(Past(library, print), "now", model)(one.stage, one.message, one.source)

        return statistics.median(_timed(ask) for _ in range(_ROUNDS)) * 1000


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print("\n".join(report()))
