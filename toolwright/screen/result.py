"""The result on stdout: a value or a whole report goes in, text for people or JSON for programs comes out."""

import json
import math
import os
import re
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from toolwright.errors import BudgetError, ToolwrightError
from toolwright.screen.problem import problem_of
from toolwright.screen.program import as_started
from toolwright.screen.words import visible
from toolwright.types import Failure, Json, Report, Spending, StepReport, Usage
from toolwright.types.cost import usd

DEEPEST: Final = 200
"""Levels of nesting that are shown; Python's own JSON writer gives up at about a thousand."""
LONGEST_INTEGER: Final = 10_000
"""Bits; Python refuses to write integers of more than 4 300 digits."""
_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What could steer a terminal, end a line or not be written as UTF-8; JSON may hold it as an escape."""


def result_text(value: Json, *, terminal: bool = False) -> str:
    """Return a string as it is, all else as readable JSON; for a terminal, nothing that could steer it."""
    text = value if isinstance(value, str) else json_text(value, indent=2)
    return visible(text) if terminal else text


def show_result(value: Json, stream: TextIO | None = None) -> None:
    """Write the result of a run to stdout, and nothing else.

    Raises:
        ToolwrightError: stdout could not be written; a reader that went away is no error.
    """
    stream = sys.stdout if stream is None else stream
    write_line(result_text(value, terminal=stream.isatty()), stream)


def write_line(text: str, stream: TextIO | None = None) -> None:
    """Write text and a line break in the stream's alphabet.

    Raises:
        ToolwrightError: the stream could not be written; a reader that went away is no error.
    """
    stream = sys.stdout if stream is None else stream
    text = text if text.endswith("\n") else f"{text}\n"
    try:
        stream.write(_carried(text, stream.encoding or "utf-8"))
        stream.flush()
    except OSError as error:
        # The interpreter flushes once more at its end; let that go nowhere.
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
        os.close(devnull)
        if not isinstance(error, BrokenPipeError):
            raise ToolwrightError("the result could not be written to the standard output") from error


def report_json(report: Report) -> str:
    """Return a report as one JSON object on one line; a failed one has `error`, the others `output`."""
    data: dict[str, Json] = {"status": report.status, "goal": report.goal, "run": report.run}
    if report.failure:
        data["error"] = _failure(report.failure)
    else:
        data["output"] = report.output
    data |= {
        "steps": [_step(step) for step in report.steps],
        "usage": usage_json(report.usage),
        "stages": {name: usage_json(usage) for name, usage in report.stages.items()},
        "ledger": ledger_json(report.spending),
        "first_time": usage_json(report.first) if report.first.calls else None,
        "plan_origin": report.plan_origin,
        "changed": [{"old": old, "new": new} for old, new in report.changed],
        "judgement": report.judgement,
        "learned": report.learned,
        "seconds": report.seconds,
    }
    return json_text(data)


def error_json(error: BaseException) -> str:
    """Return an error that ended the run before there was a report, in the shape of a failed report."""
    problem = problem_of(error)
    expected = isinstance(error, ToolwrightError)
    return json_text(
        {
            "status": "failed",
            **(_stopped(error) if isinstance(error, BudgetError) else {}),
            "error": {
                "kind": error.kind if isinstance(error, ToolwrightError) else "bug",
                "message": problem.message if expected else f"{type(error).__name__}: {problem.message}",
                "causes": [text for _, text in problem.details],
                "hint": problem.hint,
            },
        }
    )


def _stopped(error: BudgetError) -> dict[str, Json]:
    (calls, cost), (most_calls, most) = error.used, error.allowed
    return {
        "ledger": {"calls": {"used": calls, "allowed": most_calls}, "usd": {"used": cost, "allowed": most}}
    }


def json_text(value: Json, indent: int | None = None) -> str:
    """Return strict JSON for any value: no NaN, no text that UTF-8 cannot carry, no endless nesting."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=indent)
    # In JSON these can only stand inside strings, where the escape means the same.
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def plain(value: Json, depth: int = 0) -> Json:
    """Return a value made of what JSON has: NaN and infinities become None, records become objects."""
    if depth > DEEPEST:
        return f"(nested deeper than {DEEPEST} levels)"
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if value.bit_length() <= LONGEST_INTEGER else hex(value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item, depth + 1) for item in value]
    return _of_record(value, depth)


def _of_record(value: Json, depth: int) -> Json:
    from dataclasses import fields, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), depth + 1) for field in fields(value)}
    return str(value)


def _carried(text: str, encoding: str) -> str:
    """Return `text` with what the encoding lacks written as JSON escapes, which are valid in JSON too."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(sign if _encodes(sign, encoding) else json.dumps(sign)[1:-1] for sign in text)
    return text


def _encodes(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _failure(failure: Failure) -> dict[str, Json]:
    return {
        "kind": failure.kind,
        "message": failure.message,
        "causes": list(failure.details),
        "hint": as_started(failure.hint),
        "stage": failure.stage,
        "step": failure.step,
        "tool": failure.tool,
        "arguments": failure.arguments,
        "exit_code": failure.exit_code,
    }


def _step(step: StepReport) -> dict[str, Json]:
    return {
        "number": step.step.number,
        "description": step.step.description,
        "verdict": step.match.kind,
        "reason": step.match.reason,
        "action": step.action,
        "tool": step.tool,
        "tests_passed": step.tests_passed,
        "controls": step.controls,
        "mutants": step.mutants,
        "examples_held": step.examples,
        "attempts": step.attempts,
        "refusals": step.refusals,
        "commit": step.commit,
        "arguments": step.arguments,
        "result": step.result,
        "usage": usage_json(step.usage),
        "seconds": step.seconds,
    }


def ledger_json(spending: Spending) -> dict[str, Json]:
    """Return used and allowed; null is a cost that is not known, or that nothing is forbidden."""
    used = None if spending.unpriced else usd(spending.picodollars)
    return {
        "calls": {"used": spending.calls, "allowed": spending.calls_allowed},
        "usd": {"used": used, "allowed": usd(spending.picodollars_allowed)},
    }


def usage_json(usage: Usage) -> dict[str, Json]:
    """Return what was used, as JSON; `usd` is null where that is not known."""
    return {
        "calls": usage.calls,
        "vectors": usage.vectors,
        "prompt_tokens": usage.prompt_tokens,
        "output_tokens": usage.output_tokens,
        "tokens": usage.tokens,
        "seconds": usage.seconds,
        "usd": usd(usage.cost),
    }
