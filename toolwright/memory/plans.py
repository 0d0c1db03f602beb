"""Goal -> the plans with which it, or a goal of the same shape, ran well: one JSON file a goal."""

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from toolwright.memory.same_shape import with_literals_of
from toolwright.records import replace
from toolwright.syntax.fitting import path_parts
from toolwright.syntax.literals import goal_shape
from toolwright.types import (
    Argument,
    Binding,
    Given,
    Match,
    Plan,
    Reference,
    RememberedRun,
    ScratchFile,
    SecretRef,
    Step,
    Unknown,
    Usage,
)

_VERSION: Final = 1
_LOOKED_AT: Final = 8
"""Most plans of one shape that a goal is held against; the newest are."""


class PlanMemory:
    """Remembered plans in a folder. A damaged, foreign or unwritable file only costs the shortcut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, goal: str) -> Iterator[RememberedRun]:
        """Give the plan with which this goal ran well, then those of goals that differ in literals only.

        Inside a goal every blank counts. Of the others, each holds the literals of `goal` and says in
        `changed` which ones are new; those for which that cannot be done with certainty are left out.
        """
        own = self._folder / _file_name(goal)
        kept = _recalled(own)
        if kept and kept.plan.goal.strip() == goal.strip():
            yield replace(kept, plan=replace(kept.plan, goal=goal))
        for path in _newest(self._folder, _shape_name(goal), own):
            kept = _recalled(path)
            bound = with_literals_of(goal, kept) if kept else None
            if bound:
                yield bound

    def remember(self, run: RememberedRun) -> None:
        """Keep a plan, in place of an earlier one for the same goal."""
        path = self._folder / _file_name(run.plan.goal)
        beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.touch(mode=0o600)
            beside.write_text(json.dumps(_written(run), indent=1), encoding="utf-8")
            beside.replace(path)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


class NoPlans:
    """A memory that keeps nothing, for a user who wants none."""

    def recall(self, _goal: str) -> Iterator[RememberedRun]:
        """Know no goal."""
        return iter(())

    def remember(self, run: RememberedRun) -> None:
        """Forget at once."""


def _file_name(goal: str) -> str:
    return f"{_shape_name(goal)}-{_digest(goal.strip())}.json"


def _shape_name(goal: str) -> str:
    return _digest(goal_shape(goal))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _newest(folder: Path, shape: str, but: Path) -> list[Path]:
    try:
        found = [path for path in folder.glob(f"{shape}-*.json") if path != but]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)[:_LOOKED_AT]
    except OSError:
        return []


def _recalled(path: Path) -> RememberedRun | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _read(_text(kept["goal"]), kept) if kept["version"] == _VERSION else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _written(run: RememberedRun) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "goal": run.plan.goal,
        "wants": run.plan.wants,
        "steps": [
            {"step": s.description, "keywords": list(s.keywords), "tool": match.tool, "reason": match.reason}
            | ({} if s.uses is None else {"uses": list(s.uses)})
            for s, match in zip(run.plan.steps, run.matches, strict=True)
        ],
        "bindings": [{name: _argument(a) for name, a in b.arguments.items()} for b in run.bindings],
        "tools": dict(run.tools),
        "cost": {name: getattr(run.cost, name) for name in Usage.__match_args__},
    }


def _argument(argument: Argument) -> dict[str, Any]:
    match argument:
        case Given(value=value):
            return {"literal": value}
        case Reference(step=step, path=path):
            return {"step": step, "path": path}
        case ScratchFile(name=name):
            return {"scratch": name}
        case SecretRef(name=name):
            return {"secret": name}
        case Unknown(question=question):
            return {"unknown": question}


def _read(goal: str, kept: dict[str, Any]) -> RememberedRun:
    """Read what was written; whatever else it is ends in one of the errors that `recall` knows."""
    wants = kept["wants"]
    if wants not in ("result", "tool") or not kept["steps"]:
        raise ValueError("not a plan that ran")
    steps = tuple(
        Step(
            number,
            _text(entry["step"]),
            tuple(_text(word) for word in _list(entry["keywords"])),
            _uses(number, entry["uses"]) if "uses" in entry else None,
        )
        for number, entry in enumerate(_list(kept["steps"]), start=1)
    )
    matches = tuple(
        Match(step, "EXISTS_AND_GENERIC", _text(entry["tool"]), _text(entry["reason"]))
        for step, entry in zip(steps, kept["steps"], strict=True)
    )
    bindings = tuple(
        Binding(match.step.number, match.tool, {name: _read_argument(raw) for name, raw in entry.items()})
        for match, entry in zip(matches, _list(kept["bindings"]), strict=True)
    )
    tools = {name: _text(sha) for name, sha in kept["tools"].items()}
    if {match.tool for match in matches} - tools.keys():
        raise ValueError("a tool without its hash")
    return RememberedRun(Plan(goal, steps, wants), matches, bindings, tools, cost=_cost(kept.get("cost", {})))


def _cost(kept: dict[str, Any]) -> Usage:
    """Read what a run has cost; plans of before that was kept say nothing."""
    counts = {name: kept.get(name, 0) for name in Usage.__match_args__}
    if not all(type(value) in (int, float) for value in counts.values()):
        raise TypeError(f"not a cost: {kept!r}")
    return Usage(**counts)


def _uses(number: int, uses: Any) -> tuple[int, ...]:
    if not all(type(each) is int and 0 < each < number for each in _list(uses)):
        raise ValueError("not numbers of earlier steps")
    return tuple(uses)


def _read_argument(raw: dict[str, Any]) -> Argument:
    match raw:
        case {"literal": value}:
            return Given(value)
        case {"step": int(step), "path": str(path)}:
            path_parts(path)
            return Reference(step, path)
        case {"scratch": str(name)}:
            return ScratchFile(name)
        case {"secret": str(name)}:
            return SecretRef(name)
        case {"unknown": str(question)}:
            return Unknown(question)
    raise ValueError(f"not an argument: {raw!r}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"not a list: {value!r}")
    return value
