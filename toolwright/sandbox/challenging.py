"""A tool without effects that passed its tests, and mutants of it, in; what the tests notice of them out.

What mutants answer is known from one cell for all of them; the tests then hear those answers in one process
of the judge, and no cell is needed.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from toolwright.records import dataclass, field, replace
from toolwright.sandbox.calling import Answer, Caller
from toolwright.sandbox.challenged import ANOTHER_SEED, BY_CHANCE, TWICE, Calls, Case, Variation, key_of
from toolwright.sandbox.differing import flip_text, same_answer
from toolwright.sandbox.judging import Judge
from toolwright.sandbox.replaying_calls import replay
from toolwright.sandbox.rounds import Round, run_rounds
from toolwright.types import CallRecord, Challenge, Json, Mutant, MutantOutcome

_REPLAY_S: Final = 10.0


@dataclass(slots=True)
class _Tried:
    """A mutant with its answers; `different` are the keys of those that are not the true ones."""

    mutant: Mutant
    answers: Mapping[bytes, Answer]
    different: list[bytes] = field(default_factory=list)


class PureChallenge:
    """One challenge of one tool whose answer depends on its arguments only, if it is what it says."""

    def __init__(self, judge: Judge, variations: Sequence[Variation], case: Case) -> None:
        self._judge = judge
        self._variations = variations
        self._case = case
        self._calls = Calls.of(case)
        self._quiet = replace(case.policy, workspace="", scratch="", read=(), write=())
        self._deadline = time.monotonic() + case.plan.seconds
        self._asked: dict[bytes, Mapping[str, Json]] = {key_of(each): each for each in case.plan.probes}
        self._asked |= {key: record.arguments for key, record in self._calls.records.items()}
        self._true: Mapping[bytes, Answer] = {}
        self._replays = 0

    def run(self) -> Challenge:
        """Replay, look for flips, and let the tests hear what mutants answer.

        Raises:
            SandboxError: no process could be started.
        """
        started = time.monotonic()
        plan = self._case.plan
        sources = (plan.source, *(mutant.source for mutant in plan.mutants))
        caller, every = self._judge.caller, list(self._asked.values())
        rows = replay(caller, self._case.function, sources, every, self._quiet, plan.seconds)
        answers = [dict(zip(self._asked, row, strict=True)) for row in rows]
        self._true = answers[0] if answers else {}
        flip = self._flip()
        outcomes: tuple[MutantOutcome, ...] = ()
        if not flip:
            tried = [
                _Tried(mutant, said, [key for key in said if not self._is_true(key, said[key])])
                for mutant, said in zip(plan.mutants, answers[1:], strict=False)
            ]
            flip, fates = self._hear(tried)
            untried = [MutantOutcome(mutant, "untried") for mutant in plan.mutants[len(tried) :]]
            outcomes = (*fates, *untried)
        seconds = time.monotonic() - started
        return Challenge((flip,) if flip else (), outcomes, self._replays, seconds)

    def _is_true(self, key: bytes, answer: Answer) -> bool:
        return same_answer(self._true[key].result, answer.result)

    def _flip(self) -> str:
        """Compare the recorded answers with those of the same calls now, and under other conditions."""
        fixed = {key_of(arguments) for arguments in self._case.plan.fixed}
        records = {key: record for key, record in self._calls.records.items() if key in fixed}
        if not records:
            return ""
        self._replays += len(records)
        arguments = [record.arguments for record in records.values()]
        found = _first_flip(records, self._true, self._again) or _first_flip(
            records, self._replayed(self._judge.caller, arguments, twice=True), lambda _: TWICE
        )
        for each in self._variations:
            if found:
                break
            found = self._flip_under(each, records)
            self._replays += len(records)
            found = found or self._probe_flip(each, fixed)
        return found

    def _probe_flip(self, variation: Variation, fixed: set[bytes]) -> str:
        """Hold against each other what no test asked: answers that came may not become others."""
        probes = {key_of(each): each for each in self._case.plan.probes}
        answered = {
            key: CallRecord(self._case.function, each, self._true[key].result)
            for key, each in probes.items()
            if key in fixed and key in self._true and self._true[key].result.status == "returned"
        }
        return self._flip_under(variation, answered, frozenset({"returned", "raised"}))

    def _flip_under(
        self, variation: Variation, records: Mapping[bytes, CallRecord], counted: Collection[str] = ()
    ) -> str:
        """Make calls under other conditions; of the first that answers otherwise say which of them it was."""

        def differing(caller: Caller, among: Mapping[bytes, CallRecord]) -> Mapping[bytes, Answer]:
            said = self._replayed(caller, [record.arguments for record in among.values()])
            return {
                key: answer
                for key, answer in said.items()
                if (not counted or answer.result.status in counted)
                and not same_answer(among[key].result, answer.result)
            }

        found = differing(variation.caller, records)
        if not found:
            return ""
        key, answer = next(iter(found.items()))
        how = variation.cause(lambda caller: key in differing(caller, records))
        return flip_text(records[key], answer.result, how)

    def _again(self, record: CallRecord) -> str:
        """Say why a call answers otherwise where nothing was changed; the hash seed may be chance there."""
        make = self._variations[0].make

        def said(hash_seed: int) -> Answer | None:
            return next(iter(self._replayed(make(hash_seed, 0.0), [record.arguments]).values()), None)

        if self._judge.caller.has_fixed_hashes:
            return BY_CHANCE
        first, again, other = said(1), said(1), said(2)
        if not (first and again and other):
            return BY_CHANCE
        if same_answer(first.result, again.result) and not same_answer(first.result, other.result):
            return ANOTHER_SEED
        return BY_CHANCE

    def _replayed(
        self, caller: Caller, calls: Sequence[Mapping[str, Json]], *, twice: bool = False
    ) -> Mapping[bytes, Answer]:
        """Make calls of the true version again; none where there was no time for all of them."""
        if not calls:
            return {}
        source, function = self._case.plan.source, self._case.function
        rows = replay(caller, function, (source,), calls, self._quiet, _REPLAY_S, twice=twice)
        return dict(zip(map(key_of, calls), rows[0], strict=True)) if rows else {}

    def _hear(self, tried: Sequence[_Tried]) -> tuple[str, list[MutantOutcome]]:
        """Run the tests in the reversed order, then for each mutant those that get other answers from it."""
        rounds = [Round(self._case.test_names[::-1], self._case.source, self._true)]
        heard_as: dict[int, int] = {}
        for place, each in enumerate(tried):
            tests = {test for key in each.different for test in self._calls.tests.get(key, ())}
            if tests:
                heard_as[place] = len(rounds)
                names = tuple(name for name in self._case.test_names if name in tests)
                rounds.append(Round(names, self._case.whole(each.mutant), each.answers))
        heard = run_rounds(self._judge, self._case, rounds, self._true, self._deadline)
        self._replays += len(self._case.test_names)
        flip = f"{heard[0]} failed when the tests ran in the reversed order" if heard[0] else ""
        return flip, [
            self._told(each, heard[heard_as[place]]) if place in heard_as else self._probed(each)
            for place, each in enumerate(tried)
        ]

    def _told(self, tried: _Tried, test: str | None) -> MutantOutcome:
        if test is None:
            return MutantOutcome(tried.mutant, "untried")
        if test:
            return MutantOutcome(tried.mutant, "killed", test)
        return self._survivor(tried, next(key for key in tried.different if key in self._calls.records))

    def _probed(self, tried: _Tried) -> MutantOutcome:
        """Say what becomes of a mutant that answers every test's calls as it should."""
        promised = [key for key in tried.different if self._is_promised(self._true[key])]
        return self._survivor(tried, promised[0]) if promised else MutantOutcome(tried.mutant, "equivalent")

    def _survivor(self, tried: _Tried, key: bytes) -> MutantOutcome:
        return MutantOutcome(tried.mutant, "survived", call=dict(self._asked[key]))

    def _is_promised(self, answer: Answer) -> bool:
        """Whether the tool may be asked this: it answers, or raises what it raised in some test too."""
        result = answer.result
        known = {record.result.error_type for record in self._calls.records.values()}
        return result.status == "returned" or (result.status == "raised" and result.error_type in known)


def _first_flip(
    records: Mapping[bytes, CallRecord],
    answers: Mapping[bytes, Answer],
    how: Callable[[CallRecord], str],
) -> str:
    for key, record in records.items():
        if key in answers and not same_answer(record.result, answers[key].result):
            return flip_text(record, answers[key].result, how(record))
    return ""
