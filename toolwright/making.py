"""A step that no tool does -> a proven function in the library, or why there is none: the repair loop."""

from dataclasses import dataclass, replace
from typing import Final

from toolwright.errors import LibraryChangedError, MergeClashError, ToolNotFoundError
from toolwright.events import CandidateRefused, CandidateVerified, Notice, PhaseStarted, ToolCommitted
from toolwright.library.bindings import words
from toolwright.library.excerpt import excerpt
from toolwright.library.fingerprint import fingerprints
from toolwright.library.needs import required_packages
from toolwright.library.store import Snapshot, Store
from toolwright.parts import Options, Parts
from toolwright.permissions.needs import needs
from toolwright.permissions.verifying import verification_policy
from toolwright.stages.contract import draft_contract
from toolwright.stages.generate import generate
from toolwright.stages.review import finding_text, review_candidate
from toolwright.stages.widen import widen_contract
from toolwright.syntax.examples import docstring_examples
from toolwright.syntax.reading import read_library
from toolwright.types import (
    Admission,
    Candidate,
    Commit,
    Contract,
    Failure,
    Match,
    Permission,
    Step,
    TestOutcome,
    Verdict,
)

_COMMIT_TRIES: Final = 5
_MOST_ATTEMPTS: Final = 15
_FAILING_SHOWN: Final = 3
_MESSAGE_SHOWN: Final = 1500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: a step, its match, and lines that show the plan around it."""

    goal: str
    step: Step
    match: Match
    surroundings: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """How the making went: the commit, or a failure; `refusals` tells of the versions that were not kept."""

    tool: str
    attempts: int
    refusals: tuple[str, ...]
    verdict: Verdict | None = None
    commit: Commit | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A contract; of a tool that it widens also the text, and a print of all that it was drawn from."""

    contract: Contract
    old_source: str = ""
    old_tests: str = ""
    basis: tuple[str, ...] = ()

    def is_stale(self, store: Store) -> bool:
        """Tell whether somebody took its name, or edited what it widens, since."""
        snapshot, contract = store.read(), self.contract
        if not contract.replaces:
            return contract.name in snapshot.names
        return contract.replaces not in snapshot.tools or self.basis != _basis(
            snapshot, contract.replaces, store.tests_of(contract.replaces)
        )


def make_tool(parts: Parts, options: Options, wish: Wish) -> Made:
    """Draft a contract, then write, review, verify and commit a function for it.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: no attempt could be finished.
    """
    draft = _draft(parts, wish)
    refusals: list[str] = []
    previous: Candidate | None = None
    reasons: tuple[str, ...] = ()
    tries = options.attempts + 1
    for attempt in range(1, tries + 1):
        if previous and draft.is_stale(parts.store):
            draft, previous, reasons = _draft(parts, wish), None, ()
        contract = draft.contract
        parts.emit(PhaseStarted("generate", contract.name, wish.step.number, attempt, tries))
        candidate = generate(
            parts.model,
            contract,
            attempt=attempt,
            previous=previous,
            reasons=reasons,
            old_source=draft.old_source,
        )
        stage, reasons, verdict, commit = _try(parts, wish, draft, candidate)
        if commit:
            return Made(contract.name, attempt, tuple(refusals), verdict, commit)
        parts.emit(CandidateRefused(stage, contract.name, attempt, tries, reasons))
        refusals.append(f"{stage}: {reasons[0]}")
        previous = candidate
    return Made(
        contract.name, tries, tuple(refusals), failure=_gave_up(wish, contract, stage, reasons, tries)
    )


def admit(parts: Parts, wish: Wish, contract: Contract, source: str) -> Made:
    """Take a function that is there already through the same gate, once; the refusal is in `failure`.

    Raises:
        LibraryError, SandboxError: it could not be tried.
    """
    candidate = Candidate(contract.name, source, contract.tests)
    stage, reasons, verdict, commit = _try(parts, wish, _Draft(contract), candidate)
    if commit:
        return Made(contract.name, 1, (), verdict, commit)
    failure = Failure(
        stage, f"{contract.name}: {reasons[0]}", kind="not_made", tool=contract.name, details=reasons[1:]
    )
    return Made(contract.name, 1, (f"{stage}: {reasons[0]}",), verdict, failure=failure)


def _draft(parts: Parts, wish: Wish) -> _Draft:
    snapshot = parts.store.read()
    tool = snapshot.tools.get(wish.match.tool)
    if wish.match.kind == "EXISTS_BUT_SPECIFIC" and tool and wish.name in {"", tool.name}:
        old_tests = parts.store.tests_of(tool.name)
        if old_tests is not None:
            parts.emit(PhaseStarted("widen", tool.name, wish.step.number))
            whole = replace(tool, source=excerpt(snapshot.text, tool.name))
            contract = widen_contract(
                parts.model, wish.step, whole, old_tests, wish.surroundings, parts.packages.obtain
            )
            return _Draft(contract, whole.source, old_tests, _basis(snapshot, tool.name, old_tests))
        parts.emit(Notice(f"`{tool.name}` has no tests that could guard a change; a new tool is written"))
    parts.emit(PhaseStarted("contract", wish.step.description, wish.step.number))
    return _Draft(
        draft_contract(
            parts.model,
            wish.step,
            wish.surroundings,
            taken=snapshot.names,
            name=wish.name,
            clash=lambda name, stub: _clash(parts.store, Candidate(name, stub, "")),
            obtain=parts.packages.obtain,
        )
    )


def _clash(store: Store, stub: Candidate) -> str:
    """Say what of a stub could never be merged: its function is still unwritten, its helpers are there."""
    try:
        store.merged(stub)
    except MergeClashError as clash:
        return str(clash)
    return ""


def _basis(snapshot: Snapshot, name: str, tests: str | None) -> tuple[str, ...]:
    return fingerprints(snapshot.text, [name])[name], tests or ""


def _try(
    parts: Parts, wish: Wish, draft: _Draft, candidate: Candidate
) -> tuple[str, tuple[str, ...], Verdict | None, Commit | None]:
    """Take one candidate as far as it goes: (stage that refused it, reasons, verdict, commit)."""
    snapshot, contract = parts.store.read(), draft.contract
    parts.emit(PhaseStarted("review", contract.name, wish.step.number))
    findings = review_candidate(
        candidate,
        contract,
        taken=snapshot.names - {contract.replaces},
        callable_tools=frozenset(snapshot.tools) - {contract.name},
        needs=_needs_of_others(snapshot, candidate),
    )
    if findings:
        return "review", tuple(finding_text(finding) for finding in findings), None, None
    for _ in range(_COMMIT_TRIES):
        try:
            merged = parts.store.merged(candidate, contract.replaces)
            if draft.is_stale(parts.store):  # looked at after merging: the commit notices what comes later
                return "merge", (_changed_meanwhile(contract),), None, None
            verdict = _verify(parts, wish, candidate, merged, draft.old_tests)
            if not verdict.passed:
                return "verify", _why_failed(verdict), verdict, None
            return "", (), verdict, _commit(parts, wish, contract, candidate, verdict, merged)
        except (MergeClashError, ToolNotFoundError) as clash:
            return "merge", (str(clash),), None, None
        except LibraryChangedError:
            continue
    raise LibraryChangedError(
        f"tools.py was changed by somebody else at each of {_COMMIT_TRIES} tries to add {contract.name}",
        hint="let the other program finish, then run the goal again",
    )


def _needs_of_others(snapshot: Snapshot, candidate: Candidate) -> dict[str, frozenset[Permission]]:
    """Say what the tools that a candidate mentions need."""
    named = [snapshot.tools[word] for word in words(candidate.source) if word in snapshot.tools]
    return {tool.name: needs(snapshot.text, tool) for tool in named if tool.name != candidate.name}


def _changed_meanwhile(contract: Contract) -> str:
    what = f"`{contract.replaces}` or its tests were" if contract.replaces else f"`{contract.name}` was"
    return f"{what} changed by somebody else while this was being written"


def _verify(parts: Parts, wish: Wish, candidate: Candidate, merged: str, old_tests: str) -> Verdict:
    """Run all tests of a candidate; the old ones of a widened tool also by themselves, as they were."""
    parts.emit(PhaseStarted("verify", candidate.name, wish.step.number))
    tools = {tool.name: tool for tool in read_library(merged).tools}
    tool = tools[candidate.name]
    policy = parts.packages.grant(
        verification_policy(merged, tool), required_packages(merged, tools, tool.name)
    )
    verdict = parts.sandbox.verify(
        merged, candidate.tests, policy, function=candidate.name, examples=docstring_examples(tool)
    )
    if verdict.passed and old_tests:
        # What the wider version does to files and servers beside is noticed by its new tests.
        narrow = replace(policy, effects=())
        alone = parts.sandbox.verify(merged, old_tests, narrow, function=candidate.name)
        if not alone.passed:
            return replace(alone, why=f"its old tests, run as they were: {alone.why}")
    if verdict.passed:
        parts.emit(
            CandidateVerified(
                candidate.name, verdict.tests, len(verdict.calls), verdict.seconds, verdict.level
            )
        )
    return verdict


def _commit(
    parts: Parts, wish: Wish, contract: Contract, candidate: Candidate, verdict: Verdict, merged: str
) -> Commit:
    admission = Admission(
        candidate,
        verdict,
        parts.redact(wish.step.description),
        parts.redact(wish.goal),
        parts.model.name,
        contract.replaces,
    )
    commit = parts.store.commit(admission, merged)
    parts.emit(ToolCommitted(commit, candidate.source))
    return commit


def _why_failed(verdict: Verdict) -> tuple[str, ...]:
    failing = [test for test in verdict.tests if test.outcome != "passed"][:_FAILING_SHOWN]
    return (verdict.why, *(_test_text(test) for test in failing))


def _test_text(test: TestOutcome) -> str:
    return f"{test.name} {test.outcome}:\n{test.message[:_MESSAGE_SHOWN]}".rstrip(":\n")


def _gave_up(wish: Wish, contract: Contract, stage: str, reasons: tuple[str, ...], tries: int) -> Failure:
    return Failure(
        stage,
        f"no version of {contract.name} was good enough in {tries} attempts; the last one: {reasons[0]}",
        kind="not_made",
        step=wish.step.number,
        tool=contract.name,
        details=reasons[1:],
        hint=_more_attempts(tries - 1) or "say the goal more exactly, or try another model with --model",
    )


def _more_attempts(now: int) -> str:
    more = min(2 * now, _MOST_ATTEMPTS)
    return f"give it more attempts with --attempts {more}, or say the goal more exactly" if more > now else ""
