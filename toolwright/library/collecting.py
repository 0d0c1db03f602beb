"""A library -> the tools that nobody has used for long, and those that do the same as another, and why."""

import json
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from toolwright.library.evidence import read_evidence
from toolwright.library.excerpt import excerpt_of
from toolwright.library.executions import Uses, executions
from toolwright.library.removal import callers
from toolwright.library.store import Snapshot, Store
from toolwright.syntax.alpha import alpha_form
from toolwright.types import Json

DAY_S: Final = 86_400
_FEWEST_CALLS: Final = 3
"""So many recorded calls must answer alike before two tools are said to."""

_NEAR: Final = 50
"""With so many others a call is compared: all tools of a large library may have been called with 1."""
_OUTCOME: Final = ("value", "status", "error_type", "effects")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tool could go; `other` is the tool that does the same, "" for one that is not used."""

    tool: str
    why: str
    callers: tuple[str, ...] = ()
    other: str = ""


def unused(store: Store, snapshot: Snapshot, seconds: float) -> tuple[Reason, ...]:
    """List the tools that were neither called nor made for so long, those that others call with them."""
    uses, now, trust = executions(store.place.private), time.time(), store.trust(snapshot.kept)
    found = []
    for name in snapshot.kept:
        used = uses.get(name, Uses())
        since = max(used.last, trust[name].quality.made)
        if not since or now - since < seconds:
            continue
        gone = int((now - since) // DAY_S)
        ago = f"{gone} day{'' if gone == 1 else 's'} ago"
        why = f"last called {ago}" if used.calls else f"never called, made {ago}"
        found.append(Reason(name, why, callers(snapshot.known, name)))
    return tuple(found)


def alike(store: Store, snapshot: Snapshot) -> tuple[Reason, ...]:
    """List the tools that do the same as one above them: by their text, or by recorded calls."""
    groups: dict[str, list[str]] = defaultdict(list)
    calls: dict[str, dict[str, str]] = {}
    for name in snapshot.kept:
        groups[alpha_form(excerpt_of(snapshot.known, name), name)].append(name)
        calls[name] = _calls(name, read_evidence(store.place, name))
    found: dict[str, Reason] = {}
    for first, *others in groups.values():
        for name in others:
            why = f"the same as {first} but for names and notes"
            found[name] = Reason(name, why, callers(snapshot.known, name), first)
    for name, other, number in _answering_alike(calls):
        why = f"answers {number} recorded calls as {other} does, and none otherwise"
        found.setdefault(name, Reason(name, why, callers(snapshot.known, name), other))
    return tuple(found.values())


def _answering_alike(calls: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, int]]:
    """Return pairs of tools that gave the same answers whenever both were called with the same arguments."""
    by_call: dict[str, list[str]] = defaultdict(list)
    for name, answers in calls.items():
        for arguments in answers:
            by_call[arguments].append(name)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    differ: set[tuple[str, str]] = set()
    for arguments, names in by_call.items():
        for place, name in enumerate(names):
            for other in names[max(0, place - _NEAR) : place]:
                shared[name, other] += 1
                if calls[name][arguments] != calls[other][arguments]:
                    differ.add((name, other))
    return [
        (name, other, number)
        for (name, other), number in shared.items()
        if number >= _FEWEST_CALLS and (name, other) not in differ
    ]


def _calls(name: str, evidence: Mapping[str, Json] | None) -> dict[str, str]:
    """Map the arguments of recorded calls, whatever the parameters are called, to what came of them."""
    listed = (evidence or {}).get("calls")
    found: dict[str, str] = {}
    for call in listed if isinstance(listed, list) else []:
        match call:
            case {"function": str(function), "arguments": dict(arguments), **rest} if function == name:
                outcome = {
                    key: rest[key] for key in ("value", "status", "error_type", "effects") if key in rest
                }
                found[json.dumps(list(arguments.values()), sort_keys=True)] = json.dumps(
                    outcome, sort_keys=True
                )
    return found


def without_callers(reasons: Collection[Reason], names: Collection[str]) -> tuple[list[str], dict[str, str]]:
    """Part names into those that can go together, and those that something that stays calls, with that."""
    by_name = {reason.tool: reason for reason in reasons}
    going = set(names)
    kept: dict[str, str] = {}
    while True:
        for name in sorted(going):
            staying = [one for one in by_name[name].callers if one not in going]
            if staying:
                kept[name] = ", ".join(one or "code between the functions" for one in staying)
        if not kept.keys() & going:
            return [name for name in names if name in going], kept
        going -= kept.keys()
