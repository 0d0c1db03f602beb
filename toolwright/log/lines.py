"""What the log says about each event: an event goes in, level, stable name and small fields come out."""

import logging

from toolwright.events import (
    CandidateRefused,
    CandidateVerified,
    Event,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    ModelRetried,
    Notice,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunStarted,
    StepFinished,
    StepsMatched,
    StepStarted,
    ToolCommitted,
)
from toolwright.types import Failure, Json, Report, Usage


def described(event: Event) -> tuple[int, str, dict[str, Json]]:  # noqa: C901, PLR0911, PLR0912  (a table, one row an event)
    """Return level, stable name and small fields of an event."""
    match event:
        case RunStarted():
            return _info(
                "run.started",
                step=0,
                goal=event.goal,
                model=event.model,
                library=event.library,
                tools=event.tools,
                sandbox=event.sandbox,
            )
        case PhaseStarted():
            return _info(
                "phase.started",
                step=event.step,
                stage=event.stage,
                subject=event.subject,
                attempt=event.attempt,
                of=event.of,
            )
        case ModelAsked():
            return _info("model.asked", stage=event.stage, subject=event.subject, model=event.model)
        case ModelProgress():
            return _info("model.progress", thought_chars=event.thought_chars, text_chars=event.text_chars)
        case ModelRetried():
            return _warning(
                "model.retried",
                reason=event.reason,
                wait_s=event.wait_s,
                attempt=event.attempt,
                of=event.of,
            )
        case ModelAnswered():
            return _info("model.answered", stage=event.stage, subject=event.subject, **_usage(event.usage))
        case PlanMade():
            steps = [step.description for step in event.plan.steps]
            return _info("plan.made", steps=steps, wants=event.plan.wants, remembered=event.remembered)
        case StepsMatched():
            rows = [
                {"step": match.step.number, "kind": match.kind, "tool": match.tool, "reason": match.reason}
                for match in event.matches
            ]
            return _info("steps.matched", matches=rows)
        case CandidateRefused():
            return _warning(
                "candidate.refused",
                stage=event.stage,
                tool=event.tool,
                attempt=event.attempt,
                of=event.of,
                reasons=event.reasons,
            )
        case CandidateVerified():
            return _info(
                "candidate.verified",
                tool=event.tool,
                tests=len(event.tests),
                calls=event.calls,
                seconds=round(event.seconds, 3),
                sandbox=event.level,
            )
        case ToolCommitted():
            commit = event.commit
            return _info(
                "tool.committed",
                tool=commit.tool,
                lines_added=commit.lines_added,
                lines_removed=commit.lines_removed,
                replaced=commit.replaced,
            )
        case StepStarted():
            return _info("step.started", step=event.step, tool=event.tool)
        case StepFinished():
            return _step_finished(event)
        case Notice():
            return _warning("notice", message=event.message)
        case RunFinished():
            return _run_finished(event.report)


def _step_finished(event: StepFinished) -> tuple[int, str, dict[str, Json]]:
    report = event.report
    status = report.result.status if report.result else "not_run"
    level = logging.INFO if status in {"returned", "not_run"} else logging.ERROR
    fields: dict[str, Json] = {"tool": report.tool, "action": report.action, "status": status}
    if report.result and status != "returned":
        fields |= {"error_type": report.result.error_type, "message": report.result.message}
    return level, "step.finished", {"step": report.step.number, "seconds": round(report.seconds, 3), **fields}


def _run_finished(report: Report) -> tuple[int, str, dict[str, Json]]:
    fields: dict[str, Json] = {
        "status": report.status,
        **_usage(report.usage),
        "seconds": round(report.seconds, 3),
    }
    if report.failure:
        fields["failure"] = _failure(report.failure)
    return (logging.ERROR if report.failure else logging.INFO), "run.finished", fields


def _failure(failure: Failure) -> dict[str, Json]:
    return {"stage": failure.stage, "kind": failure.kind, "tool": failure.tool, "message": failure.message}


def _usage(usage: Usage) -> dict[str, Json]:
    return {
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "output_tokens": usage.output_tokens,
        "model_seconds": round(usage.seconds, 3),
    }


def _info(name: str, **fields: Json) -> tuple[int, str, dict[str, Json]]:
    return logging.INFO, name, fields


def _warning(name: str, **fields: Json) -> tuple[int, str, dict[str, Json]]:
    return logging.WARNING, name, fields
