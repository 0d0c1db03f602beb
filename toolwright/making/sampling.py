"""A contract -> the trial of its next version: one, or the best of several that were drawn from it."""

import json
from collections.abc import Sequence
from functools import partial

from toolwright.events import CandidateRefused, LessonsFound, Notice, PhaseStarted
from toolwright.making.attempts import Attempts
from toolwright.making.drafting import Draft
from toolwright.making.feedback import told_lessons
from toolwright.making.proving import prove
from toolwright.making.trial import Trial
from toolwright.making.wish import FIXED, Wish
from toolwright.parts import Parts
from toolwright.stages.generate import generate


def next_trial(parts: Parts, wish: Wish, draft: Draft, tried: Attempts, samples: int) -> Trial:
    """Have the next version written and tried; the first of a contract is the best of `samples`.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: it could not be had, or not be tried.
    """
    if tried.last or samples == 1:
        return _draw(parts, wish, draft, tried)
    drawn = [partial(_draw, _own(parts), wish, draft, tried) for _ in range(samples)]
    trials = parts.lanes.side_by_side(drawn)
    best = choose(trials)
    name, place = draft.contract.name, trials.index(best) + 1
    parts.emit(Notice(f"{name}: version {place} of {samples} agrees most with the others and the tests"))
    for trial in trials:
        if trial.refused_by and trial is not best:
            reasons = trial.told or trial.reasons
            about = (tried.number, tried.most, reasons, trial.candidate.source, trial.reasons)
            parts.emit(CandidateRefused(trial.refused_by, name, *about))
            tried.note(trial)
    return best


def _own(parts: Parts) -> Parts:
    return parts.beside() if parts.lanes.jobs > 1 else parts


def choose(trials: Sequence[Trial]) -> Trial:
    """Return the proven before the rest, then what agrees most with others and tests, then the shortest."""
    answers = [_answers(trial) for trial in trials]

    def rank(place: int) -> tuple[bool, int, int, int]:
        trial = trials[place]
        agreeing = sum(
            answers[other].get(call) == answer
            for other in range(len(trials))
            if other != place
            for call, answer in answers[place].items()
        )
        return not trial.refused_by, agreeing, _passed(trial), -len(trial.candidate.source)

    return trials[max(range(len(trials)), key=rank)]


def _draw(parts: Parts, wish: Wish, draft: Draft, tried: Attempts) -> Trial:
    contract, last = draft.contract, tried.last
    lessons = parts.teach(last.refused_by, "\n".join(last.reasons), last.candidate.source) if last else ()
    parts.emit(PhaseStarted("generate", contract.name, wish.step.number, tried.number, tried.most))
    if lessons:
        parts.emit(LessonsFound(contract.name, len(lessons)))
    candidate = generate(
        parts.model,
        contract,
        attempt=tried.number,
        previous=last.candidate if last else None,
        reasons=last.reasons if last else (),
        old_source=draft.old_source,
        repairs=wish.how == FIXED,
        earlier=tried.earlier,
        lessons=told_lessons(lessons),
        rules=parts.rules,
    )
    return prove(parts, wish, draft, candidate)


def _answers(trial: Trial) -> dict[str, str]:
    """Return what the calls of its tests led to, by call."""
    calls = trial.verdict.calls if trial.verdict else ()
    return {
        _text([call.function, dict(call.arguments)]): _text(
            [call.result.status, call.result.value, call.result.error_type, list(call.effects)]
        )
        for call in calls
    }


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _passed(trial: Trial) -> int:
    return sum(test.outcome == "passed" for test in trial.verdict.tests) if trial.verdict else 0
