"""Versions of a function and many calls in, an answer for each pair out, in as few cells as can be."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.records import replace
from toolwright.sandbox.calling import Answer, Caller, interpret, wire_limits
from toolwright.sandbox.cells.wire import decode, encode
from toolwright.sandbox.spawn import Bounds
from toolwright.types import CallResult, Json, Policy

_SLACK_BYTES: Final = 1 << 16
_LOST: Final = Answer(CallResult("crashed", message="the process ended before it answered"))

Row = tuple[Answer, ...]


def replay(
    caller: Caller,
    function: str,
    sources: Sequence[str],
    calls: Sequence[Mapping[str, Json]],
    policy: Policy,
    seconds: float,
    *,
    twice: bool = False,
) -> tuple[Row, ...]:
    """Make every call of every source: a row for each source that there was time for.

    With `twice` an answer is that of the second of two equal calls in one process, and says when the first
    one changed what it was given.
    A source that ends the process answers "crashed" from there on, and the next ones get another process. The
    first one is what the time limits of the others are measured by; it is made again in every process.

    Raises:
        SandboxError: no process could be started.
    """
    deadline = time.monotonic() + seconds
    rows: list[Row] = []
    while len(rows) < len(sources):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        first = () if not rows else (sources[0],)
        batch = (*first, *sources[len(rows) :])
        answers = _run(caller, function, batch, calls, policy, left, twice=twice)
        got = _rows(answers, len(calls))[len(first) :]
        if not got:
            break  # not even the first one could be made again
        rows += got
    return tuple(rows)


def _rows(answers: Sequence[Answer], width: int) -> list[Row]:
    whole = [tuple(answers[start : start + width]) for start in range(0, len(answers), width)]
    if whole and len(whole[-1]) < width:
        whole[-1] += (_LOST,) * (width - len(whole[-1]))
    return whole


def _run(
    caller: Caller,
    function: str,
    sources: Sequence[str],
    calls: Sequence[Mapping[str, Json]],
    policy: Policy,
    seconds: float,
    *,
    twice: bool,
) -> list[Answer]:
    """Return the answers until the process ended, with one more for the call in which it did."""
    limits = replace(policy.limits, wall_s=seconds, cpu_s=int(seconds) + 1)
    request = {
        "sources": sources,
        "function": function,
        "calls": [encode(dict(arguments)).decode() for arguments in calls],
        "site": (*caller.own_packages(policy), *caller.site),
        "packages": policy.packages,
        "limits": wire_limits(limits),
        "call_s": policy.limits.wall_s,
        "clock_s": caller.clock_s,
        "twice": twice,
    }
    wanted = len(sources) * len(calls)
    answers: list[Answer] = []

    def keep(data: bytes) -> None:
        if len(answers) < wanted:
            answers.append(_read(data))

    bounds = Bounds(seconds, limits.output_kb * 1024, limits.result_kb * 1024 + _SLACK_BYTES)
    ended = caller.run(json.dumps(request).encode(), replace(policy, limits=limits), bounds, keep)
    if len(answers) == wanted:
        return answers
    # nothing is known of the one that was cut off because there was no more time
    return answers[: len(answers) // len(calls) * len(calls)] if ended.stop == "time" else [*answers, _LOST]


def _read(data: bytes) -> Answer:
    try:
        frame = decode(data)
    except (ValueError, RecursionError):
        return Answer(CallResult("bad_result", message="returned something that is not strict JSON"))
    said = frame.get("answer") if isinstance(frame, dict) else None
    return interpret(said, CallResult("crashed"))
