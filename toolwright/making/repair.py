"""The repair loop: a contract, then one version of the function after the other until one is proven."""

from typing import Final

from toolwright.events import CandidateRefused, PhaseStarted
from toolwright.making.committing import try_candidate
from toolwright.making.drafting import draft
from toolwright.making.trial import Trial
from toolwright.making.wish import Made, Wish
from toolwright.parts import Options, Parts
from toolwright.stages.generate import generate
from toolwright.types import Failure

_MOST_ATTEMPTS: Final = 15


def make_tool(parts: Parts, options: Options, wish: Wish) -> Made:
    """Draft a contract, then write, review, verify and commit a function for it.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: no attempt could be finished.
    """
    drawn = draft(parts, wish)
    refusals: list[str] = []
    last: Trial | None = None
    tries = options.attempts + 1
    for attempt in range(1, tries + 1):
        if last and drawn.is_stale(parts.store):
            drawn, last = draft(parts, wish), None
        contract = drawn.contract
        parts.emit(PhaseStarted("generate", contract.name, wish.step.number, attempt, tries))
        candidate = generate(
            parts.model,
            contract,
            attempt=attempt,
            previous=last.candidate if last else None,
            reasons=last.reasons if last else (),
            old_source=drawn.old_source,
            rules=parts.rules,
        )
        last = try_candidate(parts, wish, drawn, candidate)
        if last.commit:
            return Made(contract.name, attempt, tuple(refusals), last.verdict, last.commit)
        parts.emit(CandidateRefused(last.refused_by, contract.name, attempt, tries, last.reasons))
        refusals.append(f"{last.refused_by}: {last.reasons[0]}")
    return _gave_up(wish, drawn.contract.name, tuple(refusals), last, tries)


def _gave_up(wish: Wish, name: str, refusals: tuple[str, ...], last: Trial | None, tries: int) -> Made:
    stage, reasons = (last.refused_by, last.reasons) if last else ("generate", ("none was written",))
    failure = Failure(
        stage,
        f"no version of {name} was good enough in {tries} attempts; the last one: {reasons[0]}",
        kind="not_made",
        step=wish.step.number,
        tool=name,
        details=reasons[1:],
        hint=_more_attempts(tries - 1) or "say the goal more exactly, or try another model with --model",
    )
    return Made(name, tries, refusals, failure=failure)


def _more_attempts(now: int) -> str:
    more = min(2 * now, _MOST_ATTEMPTS)
    return f"give it more attempts with --attempts {more}, or say the goal more exactly" if more > now else ""
