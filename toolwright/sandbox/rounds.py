"""Rounds of tests, each with what is known of a tool's answers, in; the test that failed in each one out."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.records import dataclass, replace
from toolwright.sandbox.calling import Answer
from toolwright.sandbox.challenged import Case, key_of
from toolwright.sandbox.judging import Judge
from toolwright.sandbox.observing import Answering, Asked, Live, Run
from toolwright.sandbox.reading import read_pair
from toolwright.sandbox.round_records import RoundRecords
from toolwright.sandbox.session import Session
from toolwright.temporary.folders import fresh_folder

_LEAST_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Round:
    """Some tests in an order, the source they are about, and its answers by arguments."""

    tests: tuple[str, ...]
    source: str
    answers: Mapping[bytes, Answer]


def run_rounds(
    judge: Judge, case: Case, rounds: Sequence[Round], true: Mapping[bytes, Answer], deadline: float
) -> list[str | None]:
    """Run rounds until the deadline (monotonic seconds); None for those that there was no time for.

    They run in one process, after them the tests against the true answers: when these fail, something was
    left behind by one round for the next, and each one is run again in a process of its own.

    Raises:
        SandboxError: no process could be started.
    """
    last = Round(case.test_names, case.source, true)
    heard, clean = _in_one_process(judge, case, [*rounds, last], deadline)
    if clean or len(rounds) == 1:
        return heard[:-1]
    alone: list[str | None] = []
    for each in rounds:
        alone += _in_one_process(judge, case, [each], deadline)[0]
    return alone


def _in_one_process(
    judge: Judge, case: Case, rounds: Sequence[Round], deadline: float
) -> tuple[list[str | None], bool]:
    """Run rounds; a round that ends the process has noticed, and the next ones get another process."""
    heard: list[str | None] = []
    while len(heard) < len(rounds):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        part = rounds[len(heard) :]
        records = _run(judge, case, part, max(_LEAST_S, left))
        if records.finished:
            heard += [records.failed(number) for number in range(len(part))]
        elif records.begun < 0:
            break  # nothing can be said
        else:
            heard += [records.failed(number) for number in range(records.begun)]
            heard.append(records.failed(records.begun) if time.monotonic() < deadline else None)
    clean = len(heard) == len(rounds) and heard[-1] == ""
    return [*heard, *[None] * (len(rounds) - len(heard))], clean


def _run(judge: Judge, case: Case, rounds: Sequence[Round], wall_s: float) -> RoundRecords:
    read = read_pair(case.source, case.tests, case.function)
    records = RoundRecords()
    if isinstance(read, str):
        return records
    with fresh_folder("challenge") as folder:
        run = Run(
            str(Path(folder, "run")),
            _answering(case, rounds, records),
            wall_s=wall_s,
            max_calls=len(rounds) * (4 * len(case.verdict.calls) + 100),
            rounds=tuple(each.tests for each in rounds),
            sources=tuple(each.source for each in rounds),
        )
        quiet = replace(case.policy, limits=replace(case.policy.limits, wall_s=min(wall_s, 5.0)))
        Session(judge, case.source, quiet, read, run, records).run(case.tests)
    return records


def _answering(case: Case, rounds: Sequence[Round], records: RoundRecords) -> Answering:
    def answer(asked: Asked, live: Live) -> Answer:
        if asked.function == case.function and 0 <= records.begun < len(rounds):
            known = rounds[records.begun].answers.get(key_of(asked.arguments))
            if known is not None:
                return known
        return live()

    return answer
