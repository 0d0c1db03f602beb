"""An event of a run -> the line that the memory keeps of it, None for what it does not keep."""

import json
from typing import Any, Final, TypeAlias

from toolwright.events import (
    CandidateRefused,
    Event,
    LessonsFound,
    ModelAnswered,
    PermissionDecided,
    PhaseStarted,
    PlanMade,
    ResultJudged,
    RunFinished,
    RunResumed,
    RunStarted,
    StepFinished,
    StepsMatched,
    StepStarted,
    ToolCommitted,
)
from toolwright.types import Json, Report, StepReport
from toolwright.types.cost import usd

Line: TypeAlias = dict[str, Any]

_LONGEST: Final = 50_000
"""Characters of an argument or a result that are kept."""


def line_of(event: Event) -> Line | None:
    """Return the line of an event; `t` says what it is about."""
    return _of_goal(event) or _of_making(event) or _of_decision(event)


def _of_goal(event: Event) -> Line | None:
    match event:
        case RunStarted():
            return {"t": "run", "goal": event.goal, "model": event.model, "sandbox": event.sandbox}
        case PlanMade():
            steps = [
                {"number": s.number, "description": s.description, "keywords": list(s.keywords)}
                for s in event.plan.steps
            ]
            origin = "remembered" if event.remembered else "person" if event.edited else "model"
            return {"t": "plan", "steps": steps, "wants": event.plan.wants, "origin": origin}
        case StepsMatched():
            rows = [
                {"number": m.step.number, "verdict": m.kind, "tool": m.tool, "reason": m.reason}
                for m in event.matches
            ]
            return {"t": "matches", "matches": rows}
        case StepStarted():
            return {"t": "begun", "step": event.step, "tool": event.tool}
        case StepFinished():
            return _execution(event.report)
        case RunFinished():
            return end_of(event.report)
    return None


def _of_making(event: Event) -> Line | None:
    match event:
        case PhaseStarted() if event.stage == "generate":
            return {"t": "attempt", "step": event.step, "tool": event.subject, "number": event.attempt}
        case LessonsFound():
            return {"t": "lessons", "tool": event.tool, "lessons": event.lessons}
        case CandidateRefused():
            about = {"stage": event.stage, "tool": event.tool, "attempt": event.attempt}
            said = "\n".join(event.said or event.reasons)
            return {"t": "refused", **about, "message": said, "source": event.source}
        case ToolCommitted():
            commit = event.commit
            how = event.how or ("widened" if commit.replaced else "added")
            counts = {"lines_added": commit.lines_added, "lines_removed": commit.lines_removed}
            return {"t": "admission", "tool": commit.tool, "how": how, "source": event.source, **counts}
    return None


def _of_decision(event: Event) -> Line | None:
    match event:
        case ModelAnswered():
            usage = event.usage
            tokens = {"prompt_tokens": usage.prompt_tokens, "output_tokens": usage.output_tokens}
            about = {"stage": event.stage, "subject": event.subject}
            return {"t": "model_call", **about, **tokens, "seconds": usage.seconds, "cost": usd(usage.cost)}
        case PermissionDecided():
            subject = f"{event.tool} {event.detail}".strip()
            decided = {"agreed": event.granted, "reason": event.by}
            return {"t": "decision", "kind": event.permission, "subject": subject, **decided}
        case RunResumed():
            where = f"resumed at step {event.step}" if event.step else "resumed"
            return {
                "t": "decision",
                "kind": "retry",
                "subject": event.before,
                "agreed": True,
                "reason": where,
            }
        case ResultJudged():
            judged = event.judgement
            reason = judged.sentence if judged.answers else judged.missing
            return {
                "t": "decision",
                "kind": "judge",
                "subject": "result",
                "agreed": judged.answers,
                "reason": reason,
            }
    return None


def end_of(report: Report) -> Line:
    """Return the line that ends a run."""
    usage, failure = report.usage, report.failure
    return {
        "t": "end",
        "status": report.status,
        "seconds": report.seconds,
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "output_tokens": usage.output_tokens,
        "cost": usd(usage.cost),
        "failed_stage": failure.stage if failure else None,
        "failed_kind": failure.kind if failure else None,
        "failed_step": failure.step if failure else None,
        "message": failure.message if failure else None,
        "learned": report.learned or None,
    }


def _execution(report: StepReport) -> Line | None:
    result = report.result
    if result is None:
        return None
    well = result.status == "returned"
    return {
        "t": "execution",
        "step": report.step.number,
        "tool": report.tool,
        "input": dict(report.arguments),
        "output": result.value if well else None,
        "status": result.status,
        "error": None if well else f"{result.error_type}: {result.message}".strip(": "),
        "seconds": result.seconds,
    }


def as_text(value: Json) -> str:
    """Return a value as JSON, or of one that is too long how long it is, as a JSON text."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _LONGEST else json.dumps(f"({len(text)} characters)")
