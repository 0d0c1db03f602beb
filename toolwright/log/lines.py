"""What the log says about each event: an event goes in, level, stable name and small fields come out."""

import logging
import re
from typing import Final, TypeAlias

from toolwright.events import (
    CandidateChallenged,
    CandidateRefused,
    CandidateVerified,
    Event,
    HostsAsked,
    ModelAnswered,
    ModelAsked,
    ModelProgress,
    ModelRetried,
    Notice,
    PermissionDecided,
    PhaseStarted,
    PlanMade,
    ResultJudged,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepsMatched,
    StepStarted,
    ToolCommitted,
)
from toolwright.types import Failure, Json, Report, Usage
from toolwright.types.cost import usd

Line: TypeAlias = tuple[int, str, dict[str, Json]]

_HELD_OUT: Final = re.compile(r"(\bthe example .+?), not .+", re.DOTALL)
"""An example of the user that does not hold, with the answer that nobody but the user is shown."""


def described(event: Event) -> list[Line]:
    """Return level, stable name and small fields of each line that an event makes."""
    return _exchanges(event) if isinstance(event, HostsAsked) else [_described(event)]


def _described(event: Event) -> Line:
    known = _of_goal(event) or _of_model(event) or _of_making(event) or _of_running(event)
    return known or _info(type(event).__name__)


def _of_goal(event: Event) -> Line | None:
    match event:
        case RunStarted():
            of_run = {"goal": event.goal, "model": event.model, "library": event.library}
            return _info("run.started", step=0, **of_run, tools=event.tools, sandbox=event.sandbox)
        case PlanMade():
            steps = [step.description for step in event.plan.steps]
            return _info(
                "plan.made",
                steps=steps,
                wants=event.plan.wants,
                remembered=event.remembered,
                changed=len(event.changed),
            )
        case StepsMatched():
            rows = [
                {"step": match.step.number, "kind": match.kind, "tool": match.tool, "reason": match.reason}
                for match in event.matches
            ]
            return _info("steps.matched", matches=rows)
        case Notice():
            return _warning("notice", message=_masked(event.message))
        case RunFinished():
            return _run_finished(event.report)
    return None


def _of_model(event: Event) -> Line | None:
    match event:
        case ModelAsked():
            return _info("model.asked", stage=event.stage, subject=event.subject, model=event.model)
        case ModelProgress():
            return _info("model.progress", thought_chars=event.thought_chars, text_chars=event.text_chars)
        case ModelRetried():
            tries = {"attempt": event.attempt, "of": event.of}
            return _warning("model.retried", reason=event.reason, wait_s=event.wait_s, **tries)
        case ModelAnswered():
            return _info("model.answered", stage=event.stage, subject=event.subject, **_usage(event.usage))
    return None


def _of_making(event: Event) -> Line | None:
    match event:
        case CandidateRefused():
            tries = {"attempt": event.attempt, "of": event.of}
            reasons = [_masked(reason) for reason in event.reasons]
            return _warning("candidate.refused", stage=event.stage, tool=event.tool, **tries, reasons=reasons)
        case StepFailed():
            return _warning("step.failed", step=event.step, message=_masked(event.message))
        case CandidateVerified():
            effort = {"tests": len(event.tests), "calls": event.calls, "seconds": round(event.seconds, 3)}
            noticed = [control.name for control in event.controls if control.noticed]
            return _info(
                "candidate.verified", tool=event.tool, **effort, sandbox=event.level, noticed=noticed
            )
        case CandidateChallenged():
            score = event.score
            found = {"killed": score.killed, "of": score.of, "equivalent": score.equivalent}
            effort = {"replays": event.replays, "seconds": round(event.seconds, 3)}
            return _info(
                "candidate.challenged", tool=event.tool, **found, survivors=score.survivors, **effort
            )
        case ToolCommitted():
            commit = event.commit
            lines = {"lines_added": commit.lines_added, "lines_removed": commit.lines_removed}
            how = {"how": event.how} if event.how else {}
            return _info("tool.committed", tool=commit.tool, **lines, replaced=commit.replaced, **how)
    return None


def _of_running(event: Event) -> Line | None:
    match event:
        case PhaseStarted():
            subject = {"step": event.step, "stage": event.stage, "subject": event.subject}
            return _info("phase.started", **subject, attempt=event.attempt, of=event.of)
        case StepStarted():
            return _info("step.started", step=event.step, tool=event.tool)
        case StepFinished():
            return _step_finished(event)
        case ResultJudged():
            judgement = event.judgement
            return _info("result.judged", answers=judgement.answers, missing=judgement.missing)
        case PermissionDecided():
            grant = {"permission": event.permission, "detail": event.detail, "granted": event.granted}
            return _info("permission.decided", tool=event.tool, **grant, by=event.by)
    return None


def _exchanges(event: HostsAsked) -> list[Line]:
    """Say host, port and what was decided; a path may hold what is secret, as a header may."""
    return [
        (
            logging.INFO if exchange.allowed else logging.WARNING,
            "network.exchange",
            {
                "step": event.step,
                "tool": event.tool,
                "host": exchange.host,
                "port": exchange.port,
                "allowed": exchange.allowed,
                "why": exchange.why,
            },
        )
        for exchange in event.exchanges
    ]


def _step_finished(event: StepFinished) -> Line:
    report = event.report
    status = report.result.status if report.result else "not_run"
    level = logging.INFO if status in {"returned", "not_run"} else logging.ERROR
    fields: dict[str, Json] = {"tool": report.tool, "action": report.action, "status": status}
    if report.result and status != "returned":
        fields |= {"error_type": report.result.error_type, "message": report.result.message}
    return level, "step.finished", {"step": report.step.number, "seconds": round(report.seconds, 3), **fields}


def _run_finished(report: Report) -> Line:
    fields: dict[str, Json] = {
        "status": report.status,
        **_usage(report.usage),
        "seconds": round(report.seconds, 3),
    }
    if report.failure:
        fields["failure"] = _failure(report.failure)
    return (logging.ERROR if report.failure else logging.INFO), "run.finished", fields


def _failure(failure: Failure) -> dict[str, Json]:
    message = _masked(failure.message)
    return {"stage": failure.stage, "kind": failure.kind, "tool": failure.tool, "message": message}


def _masked(text: str) -> str:
    return _HELD_OUT.sub(r"\1, which is not what the user said", text)


def _usage(usage: Usage) -> dict[str, Json]:
    return {
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "output_tokens": usage.output_tokens,
        "model_seconds": round(usage.seconds, 3),
        "usd": usd(usage.cost),
    }


def _info(name: str, **fields: Json) -> Line:
    return logging.INFO, name, fields


def _warning(name: str, **fields: Json) -> Line:
    return logging.WARNING, name, fields
