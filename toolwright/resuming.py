"""What an earlier run bound and answered -> what of it still holds for the library as it is now."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from toolwright.errors import ReplyShapeError
from toolwright.library.bindings import bindings
from toolwright.library.store import Store
from toolwright.permissions.needs import needs
from toolwright.sandbox.comparing import same_json
from toolwright.stages.bind import Calls, read_bindings
from toolwright.syntax.checking import mismatch
from toolwright.syntax.chunks import split
from toolwright.types import Binding, Failure, Json, KeptAnswer, Resumption, Tool

HARMLESS: Final = frozenset({"read"})
"""What a step may touch and be run a second time without a question."""


def bound_before(resumed: Resumption, goal: str, calls: Calls) -> tuple[Binding, ...] | None:
    """Return the bindings of an earlier run, each as it worked; None where they do not fit any more."""
    found: list[Binding] | None = None
    for stage, subject, text in resumed.replies:
        with contextlib.suppress(ReplyShapeError):
            if stage == "bind" and subject == goal:
                found = list(read_bindings(text, calls))
            elif stage == "rebind" and found is not None:
                place = _place(subject, goal, calls)
                if place is not None and calls[place][0].number in resumed.answers:
                    found[place] = read_bindings(text, calls[: place + 1], found[:place])[place]
    return tuple(found) if found is not None else None


def _place(subject: str, goal: str, calls: Calls) -> int | None:
    numbers = {f"{goal} / step {step.number}": place for place, (step, _) in enumerate(calls)}
    return numbers.get(subject)


def answered_before(
    kept: KeptAnswer, tool: Tool, arguments: Mapping[str, Json], store: Store
) -> tuple[bool, str]:
    """Tell whether an answer of an earlier run can stand for a call of `tool`, and if not why."""
    if kept.tool != tool.name:
        return False, f"{kept.tool} did it then"
    if not kept.whole:
        return False, "its answer was too long to keep, or holds a secret"
    if not same_json(dict(kept.arguments), dict(arguments)):
        return False, "its arguments are others now"
    wrong = mismatch(kept.value, tool.returns)
    if wrong:
        return False, f"its answer does not fit: {wrong}"
    if _changed_since(kept.at, tool, store):
        return False, f"{tool.name} has changed since"
    return True, ""


def may_repeat(tool: Tool, source: str) -> bool:
    """Tell whether running a tool once more changes nothing outside: it only reads, or not even that."""
    return needs(source, tool) <= HARMLESS


def not_repeated(binding: Binding, why: str) -> Failure:
    """Return why a step that may have changed something is not run once more."""
    return Failure(
        "execute",
        f"step {binding.step}, {binding.tool}, ran before and may have changed something, so it is not run "
        f"again unasked: {why}",
        kind="not_repeated",
        step=binding.step,
        tool=binding.tool,
        hint="give the goal anew, or retry at a terminal, where that is asked",
    )


def _changed_since(at: float, tool: Tool, store: Store) -> bool:
    """Tell whether a tool, or one that it reaches, may be another than it was then."""
    try:
        if store.place.tools.stat().st_mtime < at:
            return False
    except OSError:
        return True
    snapshot = store.read()
    reached = set(bindings(split(snapshot.text)).reach([tool.name])) & set(snapshot.tools)
    return any(not _proven_before(at, name, store) for name in reached)


def _proven_before(at: float, name: str, store: Store) -> bool:
    if store.standings([name])[name].kind != "verified":
        return False
    evidence = store.evidence_of(name) or {}
    said = evidence.get("verified") or evidence.get("origin")
    time = said.get("time") if isinstance(said, dict) else None
    with contextlib.suppress(ValueError, TypeError):
        return datetime.fromisoformat(str(time)).timestamp() <= at
    return False
