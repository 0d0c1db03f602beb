"""A run as the memory tells of it -> the plan to take up, what it bound and answered, and its replies."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from toolwright.errors import ToolwrightError
from toolwright.library.snapshot import Snapshot
from toolwright.library.store import Store
from toolwright.memory.past import Past
from toolwright.memory.told import CUT_OFF
from toolwright.models.transcripts import Exchange, Transcript
from toolwright.redaction import MASK
from toolwright.remembering import STATE
from toolwright.settings import Settings
from toolwright.types import Json, KeptAnswer, Match, Plan, Resumption, Step, WrittenPlan

Row = Mapping[str, Any]

WELL: Final = frozenset({"done", "made"})
"""What stands as the status of a run of which nothing is left to be done."""

_LONGEST_LINE: Final = 20
"""Runs that may have taken up one another."""
_NOT_KEPT: Final = re.compile(r"\(\d+ characters\)")


def failed_run(past: Past, identity: str) -> Row:
    """Return the run of this library that an id, its beginning or `last` means, if it is one to take up.

    Raises:
        ToolwrightError: there is none, there are several, it did not fail, or its goal is not known.
    """
    names = [row["id"] for row in past.runs(1, own=True)] if identity == "last" else past.named(identity)
    row = past.run(names[0]) if len(names) == 1 or identity in names else None
    if row is None:
        what = "the beginning of several runs" if names else "no run here"
        raise ToolwrightError(f"{identity!r} is {what}")
    why = foreign(row, past) or why_not_again(row)
    if why:
        raise ToolwrightError(why)
    return row


def foreign(row: Row, past: Past) -> str:
    """Say that a run is of another library, "" for one of this."""
    if past.shared_as and (row["library"] or past.shared_as) != past.shared_as:
        return f"run {row['id']} is of another library, {row['library']}: its tools and replies are there"
    return ""


def why_not_again(row: Row) -> str:
    """Say why a run is not to be taken up: it went well, goes on still, or its goal cannot be known."""
    if row["status"] in WELL:
        return f"run {row['id']} did not fail: it is {row['status']}"
    if row["status"] == "running":
        return f"run {row['id']} is still running"
    return f"the goal of run {row['id']} held a secret, which is kept nowhere" if MASK in row["goal"] else ""


def left_behind(row: Row, past: Past, settings: Settings) -> tuple[WrittenPlan | None, Resumption]:
    """Return the last plan of a run, and what it bound and answered.

    Raises:
        LibraryError, TranscriptError, MemoryFileError: that cannot be read.
    """
    line = lineage(past, row)
    plan = plan_of(row, Store(settings.library).read())
    return plan, resumption(line, replies_of(line, settings))


def lineage(past: Past, row: Row) -> list[Row]:
    """Return a run with the runs that it took up, the oldest first."""
    line = [row]
    while len(line) < _LONGEST_LINE:
        before = next((each["subject"] for each in line[0]["decisions"] if each["kind"] == "retry"), None)
        earlier = past.run(before) if before else None
        if earlier is None:
            break
        line.insert(0, earlier)
    return line


def replies_of(line: Sequence[Row], settings: Settings) -> tuple[Exchange, ...]:
    """Return everything that was asked and answered in a run and those that it took up.

    Raises:
        TranscriptError: what was said cannot be read.
    """
    found: list[Exchange] = []
    for row in line:
        path = settings.library / STATE / "transcripts" / f"{row['id']}.jsonl"
        if path.exists():
            found += Transcript.read(path).exchanges
    return tuple(found)


def plan_of(row: Row, snapshot: Snapshot) -> WrittenPlan | None:
    """Return the last plan of a run, each step with its verdict as far as the library still bears it out.

    A step whose tool was made in that run is done by that tool now.
    """
    last = max((step["round"] for step in row["steps"]), default=0)
    rows = [step for step in row["steps"] if step["round"] == last]
    if not rows:
        return None
    steps = [Step(r["number"], r["description"], tuple(json.loads(r["keywords"]))) for r in rows]
    verdicts = {}
    for step, told in zip(steps, rows, strict=True):
        match = _verdict(step, told, row, snapshot)
        if match is not None:
            verdicts[step.number] = match
    plan = Plan(row["goal"], tuple(steps), row["wants"] or "result")
    return WrittenPlan(plan, verdicts, tuple(step.number for step in steps))


def _verdict(step: Step, told: Row, row: Row, snapshot: Snapshot) -> Match | None:
    made = _made_for(step.number, row)
    if made in snapshot.tools:
        reason = told["reason"] if made == told["tool"] and told["reason"] else f"made in run {row['id']}"
        return Match(step, "EXISTS_AND_GENERIC", made, reason)
    kind, tool = told["verdict"], told["tool"] or ""
    if kind is None or (kind != "NOT_EXISTS" and tool not in snapshot.tools):
        return None
    return Match(step, kind, tool, told["reason"] or "")


def _made_for(number: int, row: Row) -> str:
    """Return the tool that a run used for a step, or made for it, "" for none."""
    ran = [call["tool"] for call in row["executions"] if call["step"] == number]
    kept = {each["tool"] for each in row["admissions"]}
    wrote = [each["tool"] for each in row["attempts"] if each["step"] == number and each["tool"] in kept]
    return str((ran or wrote or [""])[-1])


def resumption(line: Sequence[Row], exchanges: Sequence[Exchange]) -> Resumption:
    """Return what a run, and those that it took up, bound and answered."""
    answers: dict[int, KeptAnswer] = {}
    begun: set[int] = set()
    for row in line:
        for call in row["executions"]:
            answers.pop(call["step"], None)
            begun.discard(call["step"])
            if call["status"] == "returned":
                answers[call["step"]] = _answer(call)
            elif call["status"] == CUT_OFF:
                begun.add(call["step"])
    replies = tuple(
        (each.stage, each.subject, each.reply.text) for each in exchanges if each.stage in {"bind", "rebind"}
    )
    row = line[-1]
    if not any(stage == "bind" for stage, _, _ in replies):
        replies = _as_reply(row)  # a remembered plan was never asked for
    return Resumption(row["id"], row["failed_step"] or 0, replies, answers, frozenset(begun))


def _as_reply(row: Row) -> tuple[tuple[str, str, str], ...]:
    """Say what the steps of a run were called with as a model would have said it."""
    calls = {call["step"]: _value(call["input"]) for call in row["executions"]}
    said = [
        {"step": step, "arguments": {name: _argument(value) for name, value in given.items()}}
        for step, given in calls.items()
        if isinstance(given, dict)
    ]
    return (("bind", row["goal"], json.dumps({"calls": said})),) if said else ()


def _argument(value: Json) -> Json:
    match value:
        case {"secret": str(), **rest} if not rest:
            return value
    return {"literal": value}


def _answer(call: Row) -> KeptAnswer:
    arguments, value = (_value(call[name]) for name in ("input", "output"))
    texts = f"{call['input']}{call['output']}"
    whole = MASK not in texts and not any(
        isinstance(v, str) and _NOT_KEPT.fullmatch(v) for v in (arguments, value)
    )
    said: dict[str, Json] = arguments if isinstance(arguments, dict) else {}
    return KeptAnswer(call["tool"], said, value, call["at"], whole=whole and isinstance(arguments, dict))


def _value(kept: Json) -> Json:
    """Return a value as it was; what is not in the database yet may be JSON still."""
    return json.loads(kept) if isinstance(kept, str) else kept
