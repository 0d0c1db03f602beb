"""What a program hands over beside a goal: examples, values and plans in, the records of a run out."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from toolwright.errors import UsageError
from toolwright.syntax.held_out import read_example
from toolwright.syntax.plan_text import read_plan_text
from toolwright.types import HeldOut, Json, Plan, Report, WrittenPlan


def listed(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Return texts, of which one may stand alone."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def read_examples(texts: str | Iterable[str]) -> tuple[HeldOut, ...]:
    """Read calls with their answers.

    Raises:
        UsageError: one is none.
    """
    return tuple(read_example(text) for text in listed(texts))


def read_values(values: Mapping[str, Json]) -> dict[str, str]:
    """Return values as texts, as they would be typed.

    Raises:
        UsageError: a name is none of a parameter, or a value is no JSON.
    """
    said = {}
    for name, value in values.items():
        if not all(part.isidentifier() for part in name.split(".")):
            raise UsageError(f"{name!r} does not say which argument it is", hint='values={"limit": 5}')
        try:
            said[name] = value if isinstance(value, str) else json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise UsageError(f"the value of {name} is no JSON: {error}") from None
    return said


def written_plan(report: Report, tools: Collection[str]) -> WrittenPlan:
    """Return the plan of a report; a verdict on a tool that is there no more is left out.

    Raises:
        UsageError: it has no plan.
    """
    if not report.steps:
        raise UsageError("the report has no plan", hint="run(goal, plan=True) makes one")
    plan = Plan(report.goal, tuple(each.step for each in report.steps), report.wants)
    found = {each.step.number: each.match for each in report.steps}
    verdicts = {number: match for number, match in found.items() if not match.tool or match.tool in tools}
    return WrittenPlan(plan, verdicts, tuple(step.number for step in plan.steps))


def read_saved(
    path: Path, tools: Collection[str], redact: Callable[[str], str], said: str = "the plan"
) -> WrittenPlan:
    """Read a plan that was saved; `said` is what its file is called in errors.

    Raises:
        UsageError: the file cannot be read, or holds no plan; says which line is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{said} {path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{said} {path} is not a UTF-8 text (byte {error.start + 1})") from error
    return read_plan_text(redact(text), tools)
