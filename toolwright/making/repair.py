"""The repair loop: a contract, then one version of the function after the other until one is proven."""

from typing import Final

from toolwright.errors import CallsUsedUpError
from toolwright.events import CandidateRefused, Notice
from toolwright.making.attempts import Attempts
from toolwright.making.committing import keep
from toolwright.making.disputes import Ruling, rule
from toolwright.making.drafting import Draft, Drafter, draft
from toolwright.making.lookalikes import reconsider, twin_serves
from toolwright.making.sampling import next_trial
from toolwright.making.trial import Trial
from toolwright.making.wish import Made, Wish
from toolwright.models.caps import capped
from toolwright.parts import Options, Parts
from toolwright.records import replace
from toolwright.types import Failure, Match

_MOST_ATTEMPTS: Final = 15
_SOUND: Final = frozenset({"challenge", "merge"})
"""What refuses a version that all tests, and the user's examples, speak for."""


def make_tool(parts: Parts, options: Options, wish: Wish, drafting: Drafter = draft) -> Made:
    """Draft a contract, then write, review, verify and commit a function for it.

    A kept tool that turns out to do it, by the tests of the contract, is in `match`; then nothing was made.
    A contract that two authors, or an example of the user, contradict is drafted anew, once. All of it ends
    with the calls that one function may take.

    Raises:
        BudgetError, ModelError, ReplyShapeError, LibraryError, SandboxError: no attempt could be finished.
    """
    tried = Attempts(options.attempts + 1)
    try:
        with capped(options.function_calls):
            return _make(parts, options, wish, drafting, tried)
    except CallsUsedUpError as error:
        return _stopped(wish, tried, error)


def _make(parts: Parts, options: Options, wish: Wish, drafting: Drafter, tried: Attempts) -> Made:
    drawn, restarted = drafting(parts, wish, ""), False
    found = reconsider(parts, wish, drawn)
    if found:
        return _found(drawn, tried, found)
    while tried.number <= tried.most and not tried.stuck:
        if tried.last and drawn.is_stale(parts.store):
            drawn = drafting(parts, wish, "")
            tried.start_over()
        trial = next_trial(parts, wish, drawn, tried, options.samples)
        trial = keep(parts, wish, drawn, trial)
        made = _settled(parts, wish, drawn, tried, trial)
        if made:
            return made
        drawn = with_further_tests(drawn, trial)
        ruling = Ruling() if restarted or tried.number > tried.most else rule(parts, wish, drawn, tried)
        if ruling.proven:
            trial = keep(parts, wish, drawn, ruling.proven)
            if trial.commit:
                return _made(drawn, tried, trial)
        if ruling.evidence:
            drawn, restarted = drafting(parts, wish, ruling.evidence), True
            tried.start_over()
    return _gave_up(wish, drawn, tried)


def with_further_tests(drawn: Draft, trial: Trial) -> Draft:
    """Keep the tests that were added to weak ones for all later versions: they can only be stricter.

    A refused version vouches for them: it passed them, and everything else up to the challenge. One that
    answers otherwise from time to time vouches for nothing. What is wrong with them can be disputed, as with
    any other test of the contract.
    """
    tests = trial.candidate.tests
    if trial.refused_by not in _SOUND or not tests.startswith(drawn.contract.tests.rstrip()):
        return drawn
    return replace(drawn, contract=replace(drawn.contract, tests=tests))


def _settled(parts: Parts, wish: Wish, drawn: Draft, tried: Attempts, trial: Trial) -> Made | None:
    """Tell of a version that is kept, or of the kept tool that it is once more; None when it is refused."""
    if trial.commit:
        return _made(drawn, tried, trial)
    _refuse(parts, drawn, tried, trial)
    found = twin_serves(parts, wish, drawn, trial.twin) if trial.twin else None
    return _found(drawn, tried, found) if found else None


def _found(drawn: Draft, tried: Attempts, match: Match) -> Made:
    examples = len(drawn.examples) if match.kind == "EXISTS_AND_GENERIC" else 0
    return Made(match.tool, len(tried.all), tried.refusals, examples=examples, match=match)


def _made(drawn: Draft, tried: Attempts, trial: Trial) -> Made:
    name, examples = drawn.contract.name, len(drawn.examples)
    return Made(name, tried.number, tried.refusals, trial.verdict, trial.commit, examples=examples)


def _refuse(parts: Parts, drawn: Draft, tried: Attempts, trial: Trial) -> None:
    name, reasons = drawn.contract.name, trial.told or trial.reasons
    source, said = trial.candidate.source, trial.reasons
    parts.emit(CandidateRefused(trial.refused_by, name, tried.number, tried.most, reasons, source, said))
    tried.add(trial)
    if tried.warning:
        parts.emit(Notice(f"{name}: {tried.warning}"))


def _gave_up(wish: Wish, drawn: Draft, tried: Attempts) -> Made:
    name, last, used = drawn.contract.name, tried.all[-1], len(tried.all)
    reasons = last.told or last.reasons
    early = f", stopped early because {tried.stuck}" if tried.stuck and used < tried.most else ""
    failure = Failure(
        last.refused_by,
        f"no version of {name} was good enough in {used} attempts{early}; the last one: {reasons[0]}",
        kind="not_made",
        step=wish.step.number,
        tool=name,
        details=reasons[1:],
        hint=_what_helps(tried, early=bool(early)),
    )
    return Made(name, used, tried.refusals, failure=failure)


def _stopped(wish: Wish, tried: Attempts, error: CallsUsedUpError) -> Made:
    """Say that no call is left: what was written was refused, or is not proven yet, and is not kept."""
    used = len(tried.all)
    last = tried.all[-1] if tried.all else None
    name = last.candidate.name if last else wish.name or wish.match.tool
    reasons = (last.told or last.reasons) if last else ()
    attempts = f"{used} attempt{'' if used == 1 else 's'}"
    before = f" after {attempts}; the last one: {reasons[0]}" if last else ""
    failure = Failure(
        last.refused_by if last else "contract",
        f"{name or 'the function'} was not finished: {error}{before}",
        kind="not_made",
        step=wish.step.number,
        tool=name,
        details=reasons[1:],
        hint=f"{error.hint}, or try another model with --model",
    )
    return Made(name, used, tried.refusals, failure=failure)


def _what_helps(tried: Attempts, *, early: bool) -> str:
    repairs = tried.most - 1
    more = min(2 * repairs, _MOST_ATTEMPTS)
    if early or more <= repairs:
        return "say the goal more exactly, or try another model with --model"
    return f"give it more attempts with --attempts {more}, or say the goal more exactly"
