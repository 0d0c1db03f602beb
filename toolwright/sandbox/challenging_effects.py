"""A tool with effects that passed its tests, and mutants of it, in; what the tests notice of them out.

What it answers depends on files and servers that its tests make, so every mutant is run by the tests, each in
a process of the judge and cells of its own, as long as there is time.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.records import dataclass, field, replace
from toolwright.sandbox.calling import Caller, Way
from toolwright.sandbox.cells.calling_twice import CHANGED
from toolwright.sandbox.challenged import BY_CHANCE, TWICE, Case, Variation
from toolwright.sandbox.differing import same_answer
from toolwright.sandbox.judging import Judge
from toolwright.sandbox.observing import Observed, Run, Seen
from toolwright.sandbox.reading import read_pair
from toolwright.sandbox.round_records import RoundRecords
from toolwright.sandbox.session import Session
from toolwright.temporary.folders import fresh_folder
from toolwright.types import CallRecord, Challenge, MutantOutcome

_FLIP_S: Final = 30.0
_CALL_S: Final = 5.0
_TURNED: Final = "when folders listed their names in another order"


@dataclass(frozen=True, slots=True)
class _Heard:
    """One run of the tests: the test that failed first, "" for none, and what the calls did."""

    failed: str
    seen: Sequence[Seen] = field(default_factory=tuple)


def challenge_effects(judge: Judge, variations: Sequence[Variation], case: Case) -> Challenge:
    """Run the tests under other conditions, in the reversed order too, then against mutants.

    Raises:
        SandboxError: no process could be started.
    """
    started = time.monotonic()
    deadline = started + case.plan.seconds
    names, replays = case.test_names, len(case.test_names)
    flip = _left_behind(judge, case)
    if flip:
        return Challenge((flip,), (), replays, time.monotonic() - started)
    for place, each in enumerate(variations):
        order = names[::-1] if place == 0 else names
        failed = _run(judge, each.caller, case, order, case.source, _FLIP_S).failed
        replays += len(names)
        if failed:
            how = _cause(judge, each, case, order)
            flip = f"{failed} passed first, but failed {how}"
            return Challenge((flip,), (), replays, time.monotonic() - started)
    outcomes = []
    true = [record for record in case.verdict.calls if record.function == case.function and record.test]
    for mutant in case.plan.mutants:
        left = deadline - time.monotonic()
        if left <= 0:
            outcomes.append(MutantOutcome(mutant, "untried"))
            continue
        heard = _run(judge, judge.caller, case, names, case.whole(mutant), left)
        if heard.failed:
            outcomes.append(MutantOutcome(mutant, "killed", heard.failed))
            continue
        other = _first_other(true, heard.seen)
        outcomes.append(
            MutantOutcome(mutant, "equivalent")
            if other is None
            else MutantOutcome(mutant, "survived", call=dict(other.arguments))
        )
    return Challenge((), tuple(outcomes), replays, time.monotonic() - started)


def _left_behind(judge: Judge, case: Case) -> str:
    """Run the tests in turned folders, with calls watched, or made twice where that changes nothing."""
    policy = case.policy
    changing = policy.network or policy.execute or policy.changes_workspace

    def heard(*, way: Way, turned: bool) -> _Heard:
        caller = replace(judge.caller, way=way, turned=turned)
        return _run(judge, caller, case, case.test_names, case.source, _FLIP_S)

    together = heard(way="watched" if changing else "twice", turned=True)
    if not together.failed:
        return ""
    said = [seen.answer.result.message for seen in together.seen]
    changed = next((one for one in said if one.startswith(CHANGED)), "")
    if changed:
        return f"{together.failed} passed first, but then a call of {case.function} {changed}"
    if heard(way="once", turned=False).failed:
        return f"{together.failed} passed first, but failed {BY_CHANCE}"
    how = _TURNED if heard(way="once", turned=True).failed else TWICE
    return f"{together.failed} passed first, but failed {how}"


def _cause(judge: Judge, variation: Variation, case: Case, order: tuple[str, ...]) -> str:
    """Try each condition alone: nothing changed, the order, the hash seed, the clock."""

    def fails(caller: Caller, order: tuple[str, ...]) -> bool:
        return bool(_run(judge, caller, case, order, case.source, _FLIP_S).failed)

    names = case.test_names
    how = variation.cause(lambda caller: fails(caller, names))
    if how == BY_CHANCE and order != names and fails(judge.caller, order) and not fails(judge.caller, names):
        return "when the tests ran in the reversed order"
    return how


def _run(
    judge: Judge, caller: Caller, case: Case, names: tuple[str, ...], source: str, wall_s: float
) -> _Heard:
    read = read_pair(case.source, case.tests, case.function)
    if isinstance(read, str):
        return _Heard(read)
    records = RoundRecords()
    with fresh_folder("challenge") as folder:
        root = str(Path(folder, "run"))
        observed = Observed(case.function, root, changes_files=case.policy.changes_workspace)
        run = Run(
            root,
            observed.answer,
            wall_s=wall_s,
            max_calls=4 * len(case.verdict.calls) + 100,
            rounds=(names,),
            sources=(source,),
        )
        longest = min(_CALL_S, case.policy.limits.wall_s)
        policy = replace(case.policy, limits=replace(case.policy.limits, wall_s=longest))
        Session(replace(judge, caller=caller), case.source, policy, read, run, records).run(case.tests)
    failed = records.failed(0) or ("" if records.finished else case.test_names[0])
    return _Heard(failed, observed.seen)


def _first_other(true: Sequence[CallRecord], seen: Sequence[Seen]) -> CallRecord | None:
    """Return the first call that answered or changed something else than it did; None when there is none."""
    for record, now in zip(true, seen, strict=False):
        effects = tuple(map(str, now.changes))
        if not same_answer(record.result, now.answer.result) or record.effects != effects:
            return record
    return None if len(true) == len(seen) or not true else true[-1]
