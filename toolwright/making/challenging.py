"""A verified candidate -> its tests made evidence: nothing flips, enough deliberate faults are noticed."""

from collections.abc import Sequence
from typing import Final

from toolwright.errors import CallsUsedUpError, ModelError, ReplyShapeError
from toolwright.events import CandidateChallenged, Notice, PhaseStarted
from toolwright.making.faults import challenge_plan, records_of
from toolwright.making.trial import Case, Trial
from toolwright.parts import Parts
from toolwright.records import dataclass, replace
from toolwright.stages.strengthen import strengthen, without
from toolwright.types import Challenge, TestOutcome, Verdict

ROUNDS: Final = 2
"""How often further tests are asked for."""
_SHOWN: Final = 8
USELESS: Final = frozenset({"empty", "truncated"})
"""Kinds of failure of a model that cost only what was asked for: the goal goes on without."""


@dataclass(frozen=True, slots=True)
class _Stronger:
    """What a round of further tests left: all tests with their verdict, and those that the function fails.

    `vain` says that there is nobody who can be asked for more.
    """

    tests: str = ""
    verdict: Verdict | None = None
    failing: tuple[TestOutcome, ...] = ()
    vain: bool = False


def challenge(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Replay what was verified, break the function on purpose, and have tests added until enough is noticed.

    Raises:
        ModelError: further tests are needed, and no model can be asked at all.
        SandboxError: the challenge could not be held.
    """
    verdict, tests = trial.verdict, trial.candidate.tests
    if verdict is None:
        return trial
    told = _held(parts, case, tests, verdict)
    left_out: tuple[TestOutcome, ...] = ()
    for _ in range(ROUNDS):
        if told.flips or told.score.share >= parts.rigor.threshold:
            break
        more = _strengthened(parts, case, tests, told, left_out)
        if more.vain:
            break
        again = [each for each in more.failing if each.name in {one.name for one in left_out}]
        if again:
            candidate = replace(trial.candidate, tests=tests)
            return replace(trial, candidate=candidate, refused_by="challenge", reasons=_insisted(again[0]))
        left_out = more.failing
        if more.verdict:
            tests, verdict = more.tests, more.verdict
            told = _held(parts, case, tests, verdict)
    verdict = replace(
        verdict,
        calls=records_of(case.tool, verdict.calls),
        mutants=told.score,
        replays=told.replays,
        unchallenged=told.unchallenged,
        packages=case.packages,
    )
    candidate = replace(trial.candidate, tests=tests)
    return _judged(parts, replace(trial, candidate=candidate, verdict=verdict), told)


def _judged(parts: Parts, trial: Trial, told: Challenge) -> Trial:
    if told.flips:
        advice = (
            "let what varies enter by a parameter, and declare it under `Varies:`; leave nothing for the "
            "next call: no state, no changed argument, and return copies of what the file holds"
        )
        return replace(trial, refused_by="stability", reasons=(*told.flips, advice))
    if told.score.share < parts.rigor.threshold:
        return replace(trial, refused_by="challenge", reasons=_too_weak(parts, told))
    return trial


def _held(parts: Parts, case: Case, tests: str, verdict: Verdict) -> Challenge:
    name, rigor = case.tool.name, parts.rigor
    text = case.run_with(tests)
    plan = challenge_plan(text, case.candidate.source, case.tool, verdict, rigor)
    parts.emit(PhaseStarted("challenge", name, case.wish.step.number))
    told = parts.sandbox.challenge(text, tests, case.policy, function=name, verdict=verdict, plan=plan)
    if not told.flips:
        enough = told.score.share >= rigor.threshold
        parts.emit(CandidateChallenged(name, told.score, told.replays, told.seconds, enough))
    return told


def _strengthened(
    parts: Parts, case: Case, tests: str, told: Challenge, left_out: Sequence[TestOutcome]
) -> _Stronger:
    """Have tests added, and keep those that the function passes; a useless answer leaves all as it is."""
    name = case.tool.name
    parts.emit(PhaseStarted("strengthen", name, case.wish.step.number))
    contract = replace(case.draft.contract, tests=tests)
    survivors = [outcome for outcome in told.outcomes if outcome.fate == "survived"]
    try:
        joined = strengthen(parts.model, contract, survivors, [_text_of(each) for each in left_out])
    except (ReplyShapeError, ModelError, CallsUsedUpError) as error:
        if isinstance(error, ModelError) and error.kind not in USELESS:
            raise
        parts.emit(Notice(f"no further tests for {name} could be had: {error}"))
        return _Stronger(vain=True)
    return _passing(parts, case, tests, joined) if joined else _Stronger()


def _passing(parts: Parts, case: Case, old: str, joined: str) -> _Stronger:
    """Leave out additional tests that fail, once; what does not pass then is not kept."""
    verdict = _verified(parts, case, joined)
    if verdict.passed:
        return _Stronger(joined, verdict)
    failing = tuple(each for each in verdict.tests if each.outcome != "passed")
    parts.emit(Notice(f"a further test of {case.tool.name} was left out: {verdict.why}"))
    rest = without(joined, [each.name.partition("[")[0].partition("::")[0] for each in failing])
    if failing and rest.startswith(old.rstrip()) and len(rest.rstrip()) > len(old.rstrip()):
        verdict = _verified(parts, case, rest)
        if verdict.passed:
            return _Stronger(rest, verdict, failing)
    return _Stronger(failing=failing)


def _verified(parts: Parts, case: Case, tests: str) -> Verdict:
    return parts.sandbox.verify(case.run_with(tests), tests, case.policy, function=case.tool.name)


def _insisted(test: TestOutcome) -> tuple[str, ...]:
    return f"{test.name}, which the author of its contract wrote later and insists on, fails", _text_of(test)


def _text_of(test: TestOutcome) -> str:
    return f"{test.name} {test.outcome}:\n{test.message}"


def _too_weak(parts: Parts, told: Challenge) -> tuple[str, ...]:
    score = told.score
    first = (
        f"its tests notice only {score.killed} of {score.of} deliberate faults, "
        f"{parts.rigor.threshold:.0%} are asked for (--mutation-threshold), and {ROUNDS} rounds of further "
        "tests did not get there"
    )
    advice = "code that no promise of the docstring needs is best left out: no test can notice it"
    return first, *(f"not noticed: {line}" for line in score.survivors[:_SHOWN]), advice
