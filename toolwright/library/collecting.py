"""A library -> the tools that nobody has used for long, and those that do the same as another, and why."""

import json
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from toolwright.library.evidence import read_evidence
from toolwright.library.excerpt import excerpt_of
from toolwright.library.executions import Uses, executions
from toolwright.library.removal import callers_of
from toolwright.library.store import Snapshot, Store
from toolwright.records import dataclass
from toolwright.syntax.alpha import alpha_form
from toolwright.syntax.outline import outline
from toolwright.types import Json

DAY_S: Final = 86_400
_FEWEST_CALLS: Final = 3
"""So many recorded calls must answer alike before two tools are said to."""

_NEAR: Final = 50
"""With so many others that answer a call alike a tool is compared: hundreds may answer "" with ""."""
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
    found: dict[str, str] = {}
    for name in snapshot.kept:
        used = uses.get(name, Uses())
        since = max(used.last, trust[name].quality.made)
        if not since or now - since < seconds:
            continue
        gone = int((now - since) // DAY_S)
        ago = f"{gone} day{'' if gone == 1 else 's'} ago"
        found[name] = f"last called {ago}" if used.calls else f"never called, made {ago}"
    using = callers_of(snapshot.known, found)
    return tuple(Reason(name, why, using[name]) for name, why in found.items())


def alike(store: Store, snapshot: Snapshot) -> tuple[Reason, ...]:
    """List the tools that do the same as one above them: by their text, or by recorded calls."""
    found: dict[str, tuple[str, str]] = {}
    for first, *others in _same_but_for_names(snapshot):
        for name in others:
            found[name] = f"the same as {first} but for names and notes", first
    calls = {name: _calls(name, read_evidence(store.place, name)) for name in snapshot.kept}
    for name, other, number in _answering_alike(calls):
        found.setdefault(
            name, (f"answers {number} recorded calls as {other} does, and none otherwise", other)
        )
    using = callers_of(snapshot.known, found)
    return tuple(Reason(name, why, using[name], other) for name, (why, other) in found.items())


def _same_but_for_names(snapshot: Snapshot) -> list[list[str]]:
    """Return groups of tools whose text is the same but for names; only those of one outline are compared."""
    outlines: dict[int, list[str]] = defaultdict(list)
    for name in snapshot.kept:
        chunk = snapshot.known.definition(name)
        if chunk is not None:
            outlines[outline(chunk.text)].append(name)
    forms: dict[str, list[str]] = defaultdict(list)
    for names in outlines.values():
        for name in names if len(names) > 1 else ():
            forms[alpha_form(excerpt_of(snapshot.known, name), name)].append(name)
    return list(forms.values())


def _answering_alike(calls: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, int]]:
    """Return pairs of tools that gave the same answers whenever both were called with the same arguments.

    Two that share at least three answers share one besides the two of the first that most others give too,
    so those are not gone through: what everybody answers alike leads nowhere.
    """
    by_answer: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, answers in calls.items():
        for answer in answers.items():
            by_answer[answer].append(name)
    telling = {
        name: sorted(answers.items(), key=lambda answer: (len(by_answer[answer]), answer))[
            : 1 - _FEWEST_CALLS
        ]
        for name, answers in calls.items()
    }
    found: dict[tuple[str, str], int] = {}
    for answer, names in by_answer.items():
        for place, name in enumerate(names):
            for other in names[max(0, place - _NEAR) : place] if answer in telling[name] else ():
                number = _agreeing(calls[name], calls[other])
                if number >= _FEWEST_CALLS:
                    found[name, other] = number
    return [(name, other, number) for (name, other), number in found.items()]


def _agreeing(answers: Mapping[str, str], others: Mapping[str, str]) -> int:
    """Return how many calls two tools share; 0 when they answer any of them differently."""
    shared = answers.keys() & others.keys()
    return len(shared) if all(answers[call] == others[call] for call in shared) else 0


def _calls(name: str, evidence: Mapping[str, Json] | None) -> dict[str, str]:
    """Map the arguments of recorded calls, whatever the parameters are called, to what came of them."""
    listed = (evidence or {}).get("calls")
    found: dict[str, str] = {}
    for call in listed if isinstance(listed, list) else []:
        match call:
            case {"function": str(function), "arguments": dict(arguments), **rest} if function == name:
                outcome = {key: rest[key] for key in _OUTCOME if key in rest}
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
