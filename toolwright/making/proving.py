"""A candidate -> its trial: review, merge, then every gate in order, until one refuses it."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from toolwright.errors import MergeClashError, ToolNotFoundError
from toolwright.events import CandidateVerified, PhaseStarted
from toolwright.library.bindings import words
from toolwright.library.catalogue import Tools, read_catalogue
from toolwright.library.duplicates import twin_of
from toolwright.library.needs import required_packages
from toolwright.library.parting import run_with
from toolwright.library.store import Snapshot
from toolwright.making.challenging import challenge
from toolwright.making.drafting import Draft
from toolwright.making.feedback import why_failed, why_missed
from toolwright.making.held_out import missed
from toolwright.making.promises import hold_doctests, hold_errors, hold_types
from toolwright.making.regression import keep_what_worked
from toolwright.making.trial import Case, Trial
from toolwright.making.wish import Wish
from toolwright.parts import Parts
from toolwright.permissions.needs import needs
from toolwright.permissions.verifying import verification_policy
from toolwright.records import replace
from toolwright.stages.review import finding_text, review_candidate
from toolwright.syntax.examples import docstring_examples
from toolwright.types import Candidate, Contract, Finding, Permission, Verdict

Gate: TypeAlias = Callable[[Parts, Case, Trial], Trial]
"""Takes a trial that nothing has refused yet, returns it with more evidence, or refused."""


def prove(parts: Parts, wish: Wish, draft: Draft, candidate: Candidate, gates: Sequence[Gate] = ()) -> Trial:
    """Take one candidate as far as it goes, through all gates unless some are named; nothing is written.

    Raises:
        LibraryError, SandboxError: the trial could not be held.
    """
    findings = _review(parts, wish, draft, candidate)
    if findings:
        return Trial(candidate, "review", tuple(map(finding_text, findings)))
    insisted = wish.name or draft.contract.replaces  # then it is wanted, whatever else there is
    twin = "" if insisted else twin_of(parts.store.read().catalogue, candidate)
    if twin:
        why = f"`{twin}` in the library does the very same; use it"
        return Trial(candidate, "duplicate", (why,), twin=twin)
    try:
        merged = parts.store.merged(candidate, draft.contract.replaces)
    except (MergeClashError, ToolNotFoundError) as clash:
        return Trial(candidate, "merge", (str(clash),))
    if draft.is_stale(parts.store):  # looked at after merging: the commit notices what comes later
        return Trial(candidate, "merge", (_changed_meanwhile(draft.contract),))
    case = _case(parts, wish, draft, candidate, merged)
    trial = Trial(candidate, merged=merged)
    for gate in gates or _GATES:
        trial = gate(parts, case, trial)
        if trial.refused_by:
            break
    return trial


def _review(parts: Parts, wish: Wish, draft: Draft, candidate: Candidate) -> tuple[Finding, ...]:
    snapshot, contract = parts.store.read(), draft.contract
    parts.emit(PhaseStarted("review", contract.name, wish.step.number))
    return review_candidate(
        candidate,
        contract,
        taken=snapshot.names - {contract.replaces},
        callable_tools=frozenset(snapshot.tools) - {contract.name},
        needs=_needs_of_others(snapshot, candidate),
        rules=parts.rules,
    )


def _needs_of_others(snapshot: Snapshot, candidate: Candidate) -> dict[str, frozenset[Permission]]:
    """Say what the tools that a candidate mentions need."""
    named = [snapshot.tools[word] for word in words(candidate.source) if word in snapshot.tools]
    others = (tool for tool in named if tool.name != candidate.name)
    return {tool.name: needs(snapshot.part(tool.name).shown, tool) for tool in others}


def _changed_meanwhile(contract: Contract) -> str:
    what = f"`{contract.replaces}` or its tests were" if contract.replaces else f"`{contract.name}` was"
    return f"{what} changed by somebody else while this was being written"


def _case(parts: Parts, wish: Wish, draft: Draft, candidate: Candidate, merged: str) -> Case:
    library = read_catalogue(merged, "tools.py", parts.store.read().catalogue, wholly=True)
    tool = library.tool(candidate.name)
    part = run_with(library, tool.name)
    packages = required_packages(part, Tools(library, library.offered), tool.name)
    policy = parts.packages.grant(verification_policy(part, tool), packages)
    return Case(wish, draft, candidate, library, tool, policy, parts.packages.versions(packages))


def verify(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Run all tests of a candidate, and the examples of its docstring."""
    parts.emit(PhaseStarted("verify", case.tool.name, case.wish.step.number))
    examples = docstring_examples(case.tool)
    tests = case.candidate.tests
    verdict = parts.sandbox.verify(
        case.run_with(tests), tests, case.policy, function=case.tool.name, examples=examples
    )
    return _judged(trial, verdict)


def keep_old_tests(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Run the old tests of a widened tool by themselves, as they were."""
    if not case.draft.old_tests:
        return trial
    # What the wider version does to files and servers beside is noticed by its new tests.
    narrow = replace(case.policy, effects=())
    old = case.draft.old_tests
    alone = parts.sandbox.verify(case.run_with(old), old, narrow, function=case.tool.name)
    if alone.passed:
        return trial
    return _judged(trial, replace(alone, why=f"its old tests, run as they were: {alone.why}"))


def hold_examples(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Compare the answers to the user's examples with those that are held out."""
    examples = case.draft.examples
    if not examples:
        return trial
    parts.emit(PhaseStarted("examples", case.tool.name, case.wish.step.number))
    wrong = missed(parts.sandbox, case.run_with(), examples, case.policy)
    if not wrong:
        return trial
    told = tuple(each.for_user for each in wrong)
    reasons = why_missed(wrong, len(examples))
    return replace(trial, refused_by="examples", reasons=reasons, told=told, missed=wrong)


def tell(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Say that a candidate is proven."""
    verdict = trial.verdict
    if verdict:
        name, calls = case.tool.name, len(verdict.calls)
        found = verdict.level, verdict.controls
        parts.emit(CandidateVerified(name, verdict.tests, calls, verdict.seconds, *found))
    return trial


_GATES: Final[tuple[Gate, ...]] = (
    verify,
    hold_types,
    hold_errors,
    hold_doctests,
    keep_old_tests,
    keep_what_worked,
    hold_examples,
    tell,
    challenge,
)


def _judged(trial: Trial, verdict: Verdict) -> Trial:
    if verdict.passed:
        return replace(trial, verdict=verdict)
    refused = replace(trial, refused_by="verify", verdict=verdict)
    return replace(refused, reasons=why_failed(verdict.why, refused.failing))
