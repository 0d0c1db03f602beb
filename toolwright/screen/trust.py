"""A tool, its evidence and what that is worth now -> plain sentences on why it is trusted, or not.

Anybody may have edited the evidence: it is read with care, and nothing in it is relied on.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from toolwright.screen.verdicts import CONTROLS
from toolwright.screen.words import count, held, one_line
from toolwright.types import Json, Tool

_LONGEST: Final = 200
_SHOWN: Final = 6
_NO_LEVEL: Final = ("", "none")
_WAYS: Final = {
    "added": "written",
    "widened": "widened from a narrower function",
    "adopted": "written by a person and adopted",
    "fixed": "repaired",
    "composed": "composed of other tools",
    "rolled back": "brought back from an older version",
    "found": "written by a person",
}


def trust_sentences(
    tool: Tool, evidence: Mapping[str, Json], tests: str, changed: str, callees: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return why a tool is trusted: origin, tests, controls, faults, stability, what has changed since.

    `tests` is the path of its test file; `changed` says what became of it since, "" for nothing.
    """
    verdict = _object(evidence.get("verdict"))
    said = [
        *_origin(_object(evidence.get("origin"))),
        *_tests(verdict, tests),
        *_controls(verdict),
        *_faults(verdict),
        *_stability(verdict),
        *_calls(evidence),
        *_untried(verdict),
        *_now(tool, evidence, changed, callees),
    ]
    return tuple(said)


def _origin(origin: Mapping[str, Json]) -> Iterator[str]:
    goal, model = _text(origin.get("goal")), _text(origin.get("model"))
    how, moment = _text(origin.get("how")) or "added", _text(origin.get("time"))
    attempt = origin.get("attempt")
    way = _WAYS.get(how, how)
    who = f" by {model}" if model else " by hand" if how == "added" else ""
    when = f" on {moment.replace('T', ' at ').partition('+')[0]} UTC" if moment.endswith("+00:00") else ""
    tries = f", in attempt {attempt}" if isinstance(attempt, int) and attempt > 1 else ""
    what = f' for "{goal}"' if goal else ""
    yield f"It was {way}{who}{what}{when}{tries}."


def _tests(verdict: Mapping[str, Json], where: str) -> Iterator[str]:
    tests = [each for each in _list(verdict.get("tests")) if isinstance(each, dict)]
    passed = [_text(each.get("name")) for each in tests if each.get("outcome") == "passed"]
    if not passed:
        yield "No test that it passed is recorded."
        return
    names = ", ".join(passed[:_SHOWN])
    more = f" and {len(passed) - _SHOWN} more" if len(passed) > _SHOWN else ""
    all_of = "" if len(passed) == len(tests) else f" of {len(tests)}"
    level = str(verdict.get("level") or "")
    isolated = "with nothing to confine it" if level in _NO_LEVEL else f"confined at level {held(level)}"
    noun = "test" if len(passed) == 1 else "tests"
    yield f"It passed {len(passed)}{all_of} {noun} in {where}, {isolated}: {names}{more}."


def _controls(verdict: Mapping[str, Json]) -> Iterator[str]:
    listed = [each for each in _list(verdict.get("controls")) if isinstance(each, dict)]
    noticed = [_text(each.get("name")) for each in listed if _list(each.get("noticed"))]
    names = ", ".join(dict.fromkeys(CONTROLS.get(name, name) for name in noticed))
    if names:
        placebo = "; given the true answers again, they passed" if verdict.get("placebo") is True else ""
        yield f"The tests were told lies, and noticed {names}{placebo}."
    else:
        yield "That its tests notice a wrong answer was not tried."


def _faults(verdict: Mapping[str, Json]) -> Iterator[str]:
    match verdict.get("mutants"):
        case {"killed": int(killed), "of": int(of), **rest} if of:
            left = [f"tools.py {_text(each)}" for each in _list(rest.get("survivors"))[:_SHOWN]]
            missed = f"; not noticed: {', '.join(left)}" if left else ""
            yield f"They noticed {killed} of {count(of, 'deliberate fault')} made in its code{missed}."
        case {"of": 0}:
            yield "Its code has no place for a deliberate fault that a test could notice."
        case _:
            yield "Its tests were not tried on deliberate faults in its code."


def _stability(verdict: Mapping[str, Json]) -> Iterator[str]:
    replays = verdict.get("replays")
    if isinstance(replays, int) and replays > 0:
        yield (
            f"It answered the same in {count(replays, 'replay')}: with other hash seeds, a moved clock and "
            "the calls in another order."
        )


def _calls(evidence: Mapping[str, Json]) -> Iterator[str]:
    examples, calls = _list(evidence.get("examples")), _list(evidence.get("calls"))
    if examples:
        shown = one_line(json.dumps(examples[0], ensure_ascii=False, default=repr), _LONGEST)
        yield f"It meets {count(len(examples), 'example')} that the user gave, such as {shown}."
    if calls:
        recorded = count(len(calls), "recorded call")
        yield f"{recorded[0].upper()}{recorded[1:]} of it must be answered alike by every later version."


def _untried(verdict: Mapping[str, Json]) -> Iterator[str]:
    for each in _list(verdict.get("unchallenged"))[:_SHOWN]:
        yield f"Not challenged: {_text(each)}."


def _now(tool: Tool, evidence: Mapping[str, Json], changed: str, callees: tuple[str, ...]) -> Iterator[str]:
    again = _object(evidence.get("verified"))
    if again:
        edited = ", after an edit by hand" if again.get("how") == "edited" else ""
        yield f"It was verified again on {_text(again.get('time'))[:10]}{edited}."
    if callees:
        yield f"It calls {', '.join(callees)}, whose evidence is its own."
    source, tests = (_text(evidence.get(key))[:12] for key in ("source_sha256", "tests_sha256"))
    if changed:
        yield f"This does not speak for {tool.name} as it is now: {changed}."
    else:
        yield (
            f"Nothing has changed since: its text is what was verified (SHA-256 {source}), and so are what "
            f"it uses and its tests ({tests})."
        )


def _text(value: Json) -> str:
    return one_line(value, _LONGEST) if isinstance(value, str) else ""


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
