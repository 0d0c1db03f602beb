"""A run as it was and as it went again -> what is different, in the order in which it would matter."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolwright.records import dataclass
from toolwright.sandbox.comparing import same_json
from toolwright.screen.words import one_line
from toolwright.types import Json, Report, StepReport, Tool

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """What was otherwise: of a step, or of the whole run where `step` is 0."""

    step: int
    what: str
    then: Json
    now: Json

    @property
    def sentence(self) -> str:
        """Return it for a person."""
        where = f"step {self.step}, {self.what}" if self.step else self.what
        return f"{where}: {_shown(self.then)} then, {_shown(self.now)} now"


def differences(
    row: Mapping[str, Any], report: Report, sources: Mapping[str, str], tools: Mapping[str, Tool]
) -> tuple[Difference, ...]:
    """Compare a run with how it went again; `sources` are the texts it wrote, `tools` those of now."""
    found = [*_of_steps(row, report, sources, tools)]
    if row["status"] != report.status:
        found.append(Difference(0, "the goal", row["status"], report.status))
    elif report.failure and report.failure.message != row["message"]:
        found.append(Difference(0, "why it failed", row["message"], report.failure.message))
    return tuple(found)


def _of_steps(
    row: Mapping[str, Any], report: Report, sources: Mapping[str, str], tools: Mapping[str, Tool]
) -> Iterator[Difference]:
    calls = {call["step"]: call for call in row["executions"]}
    steps = {step.step.number: step for step in report.steps}
    for number in sorted(calls.keys() | steps.keys()):
        call, step = calls.get(number), steps.get(number)
        if call is not None:
            yield from _of_step(number, call, step, sources, tools)
        elif step is not None and step.result is not None:
            yield Difference(number, "the call", "not made", _outcome(step))


def _of_step(
    number: int,
    call: Mapping[str, Any],
    step: StepReport | None,
    sources: Mapping[str, str],
    tools: Mapping[str, Tool],
) -> Iterator[Difference]:
    name = call["tool"]
    if step is not None and step.tool and step.tool != name:
        yield Difference(number, "the tool", name, step.tool)
    elif name in sources and name in tools and sources[name].strip() != tools[name].source.strip():
        yield Difference(number, f"the text of {name}", "as it was written in that run", "another one")
    if step is None or step.result is None:
        yield Difference(number, "the call", _as_told(call), "not made")
        return
    if not same_json(_value(call["input"]), dict(step.arguments)):
        yield Difference(number, "the arguments", _value(call["input"]), dict(step.arguments))
    well = step.result.status == "returned"
    if call["status"] == "returned" and well:
        if not same_json(_value(call["output"]), step.result.value):
            yield Difference(number, "the answer", _value(call["output"]), step.result.value)
    elif _as_told(call) != _outcome(step):
        yield Difference(number, "the outcome", _as_told(call), _outcome(step))


def _as_told(call: Mapping[str, Any]) -> Json:
    return _value(call["output"]) if call["status"] == "returned" else f"{call['status']}: {call['error']}"


def _outcome(step: StepReport) -> Json:
    result = step.result
    if result is None:
        return "not made"
    if result.status == "returned":
        return result.value
    error = f"{result.error_type}: {result.message}".strip(": ")
    return f"{result.status}: {error}"


def _value(kept: Json) -> Json:
    return json.loads(kept) if isinstance(kept, str) else kept


def _shown(value: Json) -> str:
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _SHOWN)


def sources_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the texts that runs wrote, by tool; the last one counts."""
    return {each["tool"]: each["source"] for row in rows for each in row["admissions"]}
