"""A function a person wrote -> a tool: its contract and tests are written, its code stays word for word."""

from collections.abc import Sequence
from typing import Final

from toolwright.events import CandidateRefused, Notice, PhaseStarted
from toolwright.making.attempts import assertion, outcome
from toolwright.making.committing import keep
from toolwright.making.disputes import against_test, is_old, last_contract
from toolwright.making.drafting import Draft, basis_of
from toolwright.making.handwritten import Handwritten, read_handwritten
from toolwright.making.held_out import impossible, possible
from toolwright.making.proving import prove, verify
from toolwright.making.trial import Trial
from toolwright.making.wish import ADOPTED, Made, Wish
from toolwright.parts import Parts
from toolwright.records import dataclass, replace
from toolwright.stages.adopt import adopt_contract
from toolwright.stages.generate import generate_apart
from toolwright.syntax.stubs import stub_with_types
from toolwright.types import Candidate, Failure, HeldOut, Match, Step

TRIES: Final = 3
"""How many contracts are written at most."""
_BY_OTHER_TESTS: Final = frozenset({"verify", "challenge"})
"""The stages whose refusals another contract may answer."""


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What to tell the author of the next contract, "" for none; `verdict` is what the user is told then."""

    evidence: str = ""
    verdict: str = ""


def adopt_tool(parts: Parts, name: str, given: Sequence[HeldOut] = ()) -> Made:
    """Make a tool of a function in tools.py; what refused it is in `failure`, and then nothing was written.

    When its tests fail, a second function is written from signature and docstring alone. If that agrees with
    the tests, the function is at fault, and its author is told; otherwise the contract is written anew, once.

    Raises:
        ToolwrightError: it cannot become a tool without a change of its code.
        ModelError, ReplyShapeError, LibraryError, SandboxError: it could not be tried.
    """
    wish = _wish(read_handwritten(parts.store, name, parts.rules), given)
    refusals: list[str] = []
    ruling, trial = _Ruling(), Trial(Candidate(name, "", ""))
    for number in range(1, TRIES + 1):
        written = read_handwritten(parts.store, name, parts.rules)  # again: it may have been edited
        drawn, candidate = _drawn(parts, wish, written, ruling.evidence)
        was_restarted = bool(ruling.evidence)
        trial = keep(parts, wish, drawn, prove(parts, wish, drawn, candidate))
        if trial.commit:
            held = len(drawn.examples)
            return Made(name, number, tuple(refusals), trial.verdict, trial.commit, examples=held)
        reasons = trial.told or trial.reasons
        said = (reasons, candidate.source, trial.reasons)
        parts.emit(CandidateRefused(trial.refused_by, name, number, TRIES, *said))
        refusals.append(f"{trial.refused_by}: {reasons[0]}")
        if trial.refused_by == "merge" and drawn.is_stale(parts.store):
            continue
        ruling = _Ruling() if was_restarted else _rule(parts, wish, drawn, trial)
        if not ruling.evidence:
            break
    return _refused(trial, refusals, ruling.verdict)


def _wish(written: Handwritten, given: Sequence[HeldOut]) -> Wish:
    said = written.said
    step = Step(0, said.summary or written.name, said.keywords)
    match = Match(step, "NOT_EXISTS", written.name, "it was written by hand")
    return Wish(f"adopt {written.name}, written by hand", step, match, (), examples=tuple(given), how=ADOPTED)


def _drawn(parts: Parts, wish: Wish, written: Handwritten, dispute: str) -> tuple[Draft, Candidate]:
    """Have a contract written; return it as that of the function with its types and docstring."""
    name, store = written.name, parts.store
    basis = basis_of(store, name)
    parts.emit(PhaseStarted("adopt", name))

    def unfit(stub: str) -> str:
        why = written.unfit(stub, parts.rules)
        return why or impossible(written.dressed(stub), name, wish.examples)

    contract = adopt_contract(
        parts.model,
        wish.step,
        name,
        written.source,
        old_tests=written.tests,
        unfit=unfit,
        obtain=parts.packages.obtain,
        calls=[parts.redact(example.call(name)) for example in wish.examples],
        dispute=dispute,
    )
    source = written.dressed(contract.stub)
    contract = replace(contract, stub=stub_with_types(source, name))
    examples = (*store.examples_of(name), *possible(source, name, wish.examples))
    draft = Draft(contract, old_tests=written.tests, basis=basis, examples=examples)
    return draft, Candidate(name, source, contract.tests)


def _rule(parts: Parts, wish: Wish, draft: Draft, trial: Trial) -> _Ruling:
    """Decide whether contract or function is at fault; the function is the user's, and stays."""
    contract = draft.contract
    new = [test for test in trial.failing if not is_old(test, draft)]
    if trial.refused_by not in _BY_OTHER_TESTS or (trial.failing and not new):
        return _Ruling()
    if not new:
        return _Ruling(f"{last_contract(contract)}It was refused: {'; '.join(trial.reasons)}")
    test = new[0]
    parts.emit(Notice(f"{test.name} fails: {contract.name} is written once more from its docstring alone"))
    parts.emit(PhaseStarted("apart", contract.name))
    second = prove(parts, wish, draft, generate_apart(parts.model, contract, parts.rules), (verify,))
    if test.name not in {other.name for other in second.failing} and second.verdict is not None:
        return _Ruling(
            verdict="a function written from its description alone passes; "
            "if the description is right, yours has a fault"
        )
    same = [other for other in second.failing if assertion(other) == assertion(test)]
    if same and outcome(same[0]) == outcome(test):
        return _Ruling(against_test(contract, test))
    return _Ruling(
        f"{last_contract(contract)}One of its tests fails with the function:\n{test.message}\n"
        "A second function, written from signature and docstring alone, does something else again. So the "
        "docstring does not say enough. Find out what is meant, and write the whole contract again."
    )


def _refused(trial: Trial, refusals: Sequence[str], verdict: str) -> Made:
    name = trial.candidate.name
    why, *details = trial.told or trial.reasons
    message = f"{why.rstrip('.')}; {verdict}" if verdict else why
    failure = Failure(trial.refused_by, message, kind="not_made", tool=name, details=tuple(details))
    return Made(name, len(refusals), tuple(refusals), trial.verdict, failure=failure)
