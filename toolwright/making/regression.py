"""A changed tool in the merged text -> what worked before and does not now: its own calls, and its callers'.

Calls are recorded with the evidence of a tool. A call that the old text, called as here, does not answer as
recorded either (its files or its server are gone, or it varies) says nothing: what needs those is tried by
the tests, which bring them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.events import Notice, PhaseStarted
from toolwright.library.catalogue import Catalogue, Tools
from toolwright.library.needs import required_packages
from toolwright.library.parting import run_with
from toolwright.library.standing import speaks_of_tests
from toolwright.making.trial import Case, Trial
from toolwright.parts import Parts
from toolwright.permissions.verifying import verification_policy
from toolwright.records import dataclass, replace
from toolwright.sandbox.comparing import same_json
from toolwright.types import CallResult, Example, Json, Policy, TestOutcome, Tool, Verdict

_SHOWN: Final = 200
_TRIES: Final = 2
"""How often the old text must give the recorded answer before the new one is held to it."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The library as it is, and as it would be; `examples` are calls whose old answers do not count."""

    old: Catalogue
    new: Catalogue
    examples: Sequence[Example] = ()


def keep_what_worked(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Refuse a changed tool when a recorded call, or a test of a tool that reaches it, goes wrong with it.

    Raises:
        LibraryError, SandboxError: it could not be found out.
    """
    name = case.draft.contract.replaces
    if not name:
        return trial
    texts = Texts(parts.store.read().catalogue, case.library, case.draft.examples)
    why = broken_by(parts, texts, name, case.wish.step.number)
    return replace(trial, refused_by="regression", reasons=why) if why else trial


def broken_by(parts: Parts, texts: Texts, name: str, step: int = 0) -> tuple[str, ...]:
    """Say what goes wrong with a changed tool that did not before: its calls, those of its callers, or tests.

    Its own tests are not among them.

    Raises:
        LibraryError, SandboxError: it could not be found out.
    """
    tools = Tools(texts.new, texts.new.offered)
    reaching = texts.new.bindings.reached_by(name)
    for one in (name, *(caller for caller in reaching if not caller.startswith("_"))):
        parts.emit(PhaseStarted("regression", one, step))
        policy = _policy(parts, texts, tools, one)
        why = _broken_call(parts, texts, tools, _recorded(parts, one, name), policy)
        if not why and one != name:
            why = _broken_test(parts, texts, one, policy)
        if why:
            return why
    return ()


def _policy(parts: Parts, texts: Texts, tools: Mapping[str, Tool], name: str) -> Policy:
    if name not in tools:
        return Policy()
    part = run_with(texts.new, name)
    packages = required_packages(part, tools, name)
    return parts.packages.grant(verification_policy(part, tools[name]), packages)


def _recorded(parts: Parts, name: str, changed: str) -> Sequence[Json]:
    """Return the recorded calls of a tool.

    Those of a caller whose tests were edited since do not count any more: what is right there is what its
    tests say now, and they run in any case.
    """
    evidence, tests = parts.store.evidence_of(name) or {}, parts.store.tests_of(name)
    hashed = "tests_sha256" in evidence and tests is not None
    if name != changed and hashed and not speaks_of_tests(evidence, tests or ""):
        return []
    calls = evidence.get("calls")
    return calls if isinstance(calls, list) else []


def _broken_call(
    parts: Parts, texts: Texts, tools: Mapping[str, Tool], calls: Sequence[Json], policy: Policy
) -> tuple[str, ...]:
    """Make every recorded call of a tool again, with no right but to its packages."""
    alone = Policy(packages=policy.packages, package_folder=policy.package_folder)
    for call in calls:
        match call:
            case {"function": str(function), "arguments": dict(arguments)}:
                if any(same_call(each, function, arguments, tools) for each in texts.examples):
                    continue  # the user says what is right here
                now = parts.sandbox.call(run_with(texts.new, function), function, arguments, alone)
                if not _as_recorded(now, call) and all(
                    _as_recorded(parts.sandbox.call(old, function, arguments, alone), call)
                    for old in [run_with(texts.old, function)] * _TRIES
                ):
                    return _told(function, arguments, call, now)
    return ()


def same_call(
    example: Example, function: str, arguments: Mapping[str, Json], tools: Mapping[str, Tool]
) -> bool:
    """Tell whether a call is that of an example, defaults counted in."""
    if function != example.function:
        return False
    tool = tools.get(function)
    properties = tool.parameters["properties"] if tool else {}
    defaults = {name: said["default"] for name, said in properties.items() if "default" in said}
    return same_json(defaults | dict(arguments), defaults | dict(example.arguments))


def _as_recorded(found: CallResult, call: Mapping[str, Json]) -> bool:
    status = call.get("status", "returned")
    if found.status != status:
        return False
    if status == "returned":
        return same_json(found.value, call.get("value"))
    return status != "raised" or found.error_type == call.get("error_type")


def _told(
    function: str, arguments: Mapping[str, Json], call: Mapping[str, Json], now: CallResult
) -> tuple[str, ...]:
    said = ", ".join(f"{key}={_short(value)}" for key, value in arguments.items())
    return (
        f"{function}({said}) answered {_answer(call)} until now and must still do so",
        f"with this version it {_outcome(now)}",
    )


def _answer(call: Mapping[str, Json]) -> str:
    if "status" not in call:
        return _short(call.get("value"))
    return f"with {call.get('error_type') or call['status']}"


def _outcome(now: CallResult) -> str:
    if now.status == "returned":
        return f"answers {_short(now.value)}"
    if now.status == "raised":
        return f"raises {now.error_type}: {now.message}"[:_SHOWN]
    return f"ends with {now.status}: {now.message}"[:_SHOWN]


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _broken_test(parts: Parts, texts: Texts, name: str, policy: Policy) -> tuple[str, ...]:
    """Run the tests of a tool that reaches the changed one; what failed before does not count."""
    tests = parts.store.tests_of(name)
    if tests is None:
        return ()
    # what it does to files and servers is its own, and was noticed when it was admitted
    narrow = replace(policy, effects=())
    now = parts.sandbox.verify(run_with(texts.new, name, tests), tests, narrow, function=name)
    if now.passed:
        return ()
    before = parts.sandbox.verify(run_with(texts.old, name, tests), tests, narrow, function=name)
    if before.passed:
        return (f"it breaks `{name}`, which calls it: {now.why}", *_messages(newly_failing(now, before)))
    broken = newly_failing(now, before)
    if broken:
        return (
            f"it breaks `{name}`, which calls it: {broken[0].name} {broken[0].outcome}",
            *_messages(broken),
        )
    parts.emit(Notice(f"the tests of `{name}` do not pass in the library as it is: {before.why}"))
    return ()


def newly_failing(now: Verdict, before: Verdict) -> Sequence[TestOutcome]:
    """List the tests that did pass and do not any more."""
    passed = {test.name for test in before.tests if test.outcome == "passed"}
    return [test for test in now.tests if test.outcome != "passed" and test.name in passed]


def _messages(tests: Sequence[TestOutcome]) -> tuple[str, ...]:
    return tuple(f"{test.name} {test.outcome}:\n{test.message[:1500]}".rstrip(":\n") for test in tests[:3])
