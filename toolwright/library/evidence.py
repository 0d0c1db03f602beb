"""An admission -> the JSON file that travels with the tool in git, and back; at most 200 kB."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from toolwright.errors import LibraryError
from toolwright.library.place import Place, read_bytes, sha
from toolwright.records import asdict
from toolwright.types import Admission, CallRecord, Example, Json, Tool

FORMAT: Final = 1
EDITED: Final = "edited"
"""How a version came to be that a person made of another one."""
MAX_BYTES: Final = 200_000
_MAX_TEXT: Final = 2_000
_MAX_CONTRACT: Final = 10_000
_MAX_EFFECTS: Final = 50
_MAX_TESTS: Final = 500


def evidence_json(admission: Admission, source: str, tool: Tool | None, reach: str = "") -> str:
    """Write down on what evidence a tool was admitted.

    `source` is its text as it stands in tools.py, `tool` what was read off it, if it is offered, `reach` the
    hash of it with its helpers. When the whole would be larger than 200 kB the largest recorded calls are
    left out; `calls_left_out` counts them.
    """
    calls = [_call(record) for record in admission.verdict.calls]
    sizes = {index: size for index, call in enumerate(calls) if (size := _size(call))}
    by_size = sorted(sizes, key=sizes.__getitem__)
    room = MAX_BYTES - len(reach) - len(_dump(_evidence(admission, source, tool, [], 0)))
    kept: set[int] = set()
    for index in by_size:
        room -= sizes[index] + 8
        if room < 0:
            break
        kept.add(index)
    left = [call for index, call in enumerate(calls) if index in kept]
    said = _evidence(admission, source, tool, left, len(calls) - len(left))
    return _dump(said | ({"reach_sha256": reach} if reach else {})) + "\n"


def renewed_json(
    old: Mapping[str, Json] | None, admission: Admission, tool: Tool, reach: str, *, edited: bool
) -> str:
    """Write down that a kept tool, as it is now, was verified again; where it came from stays as it was.

    `edited` says that it is not what `old` was about any more; otherwise a score that is not counted anew
    stays.
    """
    said = json.loads(evidence_json(admission, tool.source, tool, reach))
    fresh = said["origin"]
    said["verified"] = {name: fresh[name] for name in ("time", "python", "toolwright")}
    if edited or _was_edited(old):
        said["verified"]["how"] = EDITED
    origin = (old or {}).get("origin")
    if old and not edited and not said["verdict"]["mutants"] and score_in(old):
        said["verdict"] |= {
            key: old["verdict"][key]
            for key in ("mutants", "replays", "unchallenged")
            if key in old["verdict"]
        }
    said["origin"] = origin if isinstance(origin, dict) else fresh
    said["examples"] = (old or {}).get("examples") or []  # the user's own, which were tried again
    return _dump(said) + "\n"


def score_in(evidence: Mapping[str, Json]) -> tuple[int, int] | None:
    """Return how many mutants tests noticed, of how many; None when they were never challenged."""
    match evidence:
        case {"verdict": {"mutants": {"killed": int(killed), "of": int(of)}}}:
            return killed, of
    return None


def _was_edited(evidence: Mapping[str, Json] | None) -> bool:
    verified = (evidence or {}).get("verified")
    return isinstance(verified, dict) and verified.get("how") == EDITED


def read_evidence(place: Place, name: str) -> dict[str, Json] | None:
    """Return the evidence for a tool; None when there is none that can be read."""
    try:
        data = read_bytes(place.evidence_of(name))
        said = None if data is None else json.loads(data)
    except (LibraryError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def kept_examples(evidence: dict[str, Json] | None) -> tuple[Example, ...]:
    """Return the user's examples that a tool was admitted with; what cannot be read is none."""
    listed = (evidence or {}).get("examples")
    found = []
    for each in listed if isinstance(listed, list) else []:
        match each:
            case {"function": str(name), "arguments": dict(arguments), "expected": expected}:
                found.append(Example(name, arguments, expected))
    return tuple(found)


def with_examples(evidence: Mapping[str, Json] | None, examples: Sequence[Example]) -> str:
    """Return evidence with further examples of the user, "" when there is nothing to add, or no room."""
    if evidence is None or not isinstance(evidence.get("examples", []), list):
        return ""
    known = [*evidence.get("examples", [])]
    seen = [_dump(each) for each in known]
    for each in map(_example, examples):
        if _dump(each) not in seen:
            seen.append(_dump(each))
            known.append(each)
    if len(known) == len(evidence.get("examples", [])):
        return ""
    try:
        said = _dump({**evidence, "examples": known}) + "\n"
    except ValueError:  # somebody wrote what is no JSON, such as NaN
        return ""
    return said if len(said) <= MAX_BYTES else ""


def _example(each: Example) -> dict[str, Json]:
    return {"function": each.function, "arguments": dict(each.arguments), "expected": each.expected}


def _evidence(
    admission: Admission, source: str, tool: Tool | None, calls: list[Json], left_out: int
) -> dict[str, Json]:
    verdict = admission.verdict
    return {
        "format": FORMAT,
        "name": admission.candidate.name,
        "parameters": tool.parameters if tool else None,
        "returns": tool.returns if tool else None,
        "verdict": {
            "passed": verdict.passed,
            "why": verdict.why[:_MAX_TEXT],
            "tests": [{"name": test.name, "outcome": test.outcome} for test in verdict.tests[:_MAX_TESTS]],
            "controls": [
                {"name": control.name, "noticed": list(control.noticed[:_MAX_TESTS])}
                for control in verdict.controls
            ],
            "level": verdict.level,
            "seconds": round(verdict.seconds, 3),
            "placebo": verdict.placebo,
            "replays": verdict.replays,
            "unchallenged": list(verdict.unchallenged),
            "hypothesis_seed": verdict.hypothesis_seed,
            "mutants": asdict(verdict.mutants) if verdict.mutants else None,
            "packages": dict(verdict.packages),
        },
        "examples": [_example(each) for each in admission.examples],
        "calls": calls,
        "calls_left_out": left_out,
        "source_sha256": sha((tool.source if tool else source).encode()),
        "tests_sha256": sha(admission.candidate.tests.encode()),
        "origin": {
            "goal": admission.goal[:_MAX_TEXT],
            "step": admission.step[:_MAX_TEXT],
            "model": admission.model,
            "attempt": admission.candidate.attempt,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "how": admission.how or ("widened" if admission.replaces else "added"),
            "contract": admission.contract[:_MAX_CONTRACT],
            "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
            "toolwright": _own_version(),
        },
    }


def _call(record: CallRecord) -> dict[str, Json]:
    result = asdict(record.result)
    said: dict[str, Json] = {"function": record.function, "arguments": dict(record.arguments)}
    if record.effects:
        said["effects"] = [effect[:_MAX_TEXT] for effect in record.effects[:_MAX_EFFECTS]]
    if record.result.status == "returned":
        return said | {"value": result["value"]}
    return said | {
        "status": record.result.status,
        "error_type": record.result.error_type,
        "message": record.result.message[:_MAX_TEXT],
    }


def _size(call: Json) -> int:
    """Return how many bytes a call takes, 0 for one that JSON cannot hold: NaN, or nested without end."""
    try:
        return len(_dump(call))
    except (ValueError, TypeError, RecursionError):
        return 0


def _dump(value: Json) -> str:
    # One line a call and a test: a diff in git then shows what changed.
    if isinstance(value, dict) and "calls" in value:
        lines = (f"{json.dumps(key)}: {_lines(value[key])}" for key in value)
        return "{\n " + ",\n ".join(lines) + "\n}"
    return json.dumps(value, ensure_ascii=True, allow_nan=False, default=repr)


def _lines(value: Json) -> str:
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(_dump(item) for item in value) + "\n ]"
    return json.dumps(value, ensure_ascii=True, allow_nan=False, default=repr)


def _own_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("toolwright")
    except (PackageNotFoundError, OSError):
        return ""
