"""A run that reached its end -> what the model thinks of its result, where the user wants to know."""

from toolwright.account import Account
from toolwright.errors import BudgetError, ModelError, ReplyShapeError, TranscriptError
from toolwright.events import Notice, PhaseStarted, ResultJudged
from toolwright.parts import Options, Parts
from toolwright.stages.judge import judge
from toolwright.stages.previews import announced
from toolwright.types import Judgement


def judged(goal: str, parts: Parts, options: Options, account: Account) -> Judgement | None:
    """Ask once whether the results answer the goal; None when nobody wants to know or can say."""
    if not options.judge:
        return None
    account.entering("judge")
    parts.emit(PhaseStarted("judge", goal))
    if options.preview:
        _announce(account, parts)
    try:
        judgement = judge(parts.model, goal, account.steps, values=options.preview, redact=parts.redact)
    except (BudgetError, ModelError, ReplyShapeError, TranscriptError) as error:  # the result itself is there
        parts.emit(Notice(f"the result was not judged: {error}"))
        return None
    parts.emit(ResultJudged(judgement))
    return judgement


def _announce(account: Account, parts: Parts) -> None:
    """Say what of the results the model is about to be shown."""
    several = len(account.steps) > 1
    results = {
        f"the result of step {s.step.number}" if several else "the result": s.result.value
        for s in account.steps
        if s.result
    }
    said = announced(results, parts.model.name_for("judge"))
    if said:
        parts.emit(Notice(said))
