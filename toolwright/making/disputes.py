"""Attempts that fail alike -> whether the contract is at fault, as a second author or the user sees it."""

from collections.abc import Sequence

from toolwright.events import Notice, PhaseStarted
from toolwright.making.attempts import Attempts, assertion, outcome
from toolwright.making.drafting import Draft
from toolwright.making.held_out import Missed
from toolwright.making.proving import prove
from toolwright.making.trial import Trial
from toolwright.making.wish import Wish
from toolwright.parts import Parts
from toolwright.records import dataclass
from toolwright.stages.generate import generate_apart
from toolwright.types import Contract, TestOutcome


@dataclass(frozen=True, slots=True)
class Ruling:
    """The end of a dispute: `evidence` against the contract, for its author, or a version that is proven."""

    evidence: str = ""
    proven: Trial | None = None


def rule(parts: Parts, wish: Wish, draft: Draft, tried: Attempts) -> Ruling:
    """Decide who is wrong when the same assertion, or the same example, has failed twice.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: no second version could be had or tried.
    """
    missed = tried.missed_twice
    if missed:
        parts.emit(Notice(f"the tests of {draft.contract.name} let pass what an example contradicts"))
        return Ruling(_against_examples(draft.contract, missed))
    test = tried.failed_twice
    if test is None or is_old(test, draft) or assertion(test) in tried.disputed:
        return Ruling()
    tried.disputed.add(assertion(test))
    name = draft.contract.name
    parts.emit(Notice(f"{test.name} has failed twice: {name} is written once more without seeing the tests"))
    parts.emit(PhaseStarted("apart", name, wish.step.number))
    second = prove(parts, wish, draft, generate_apart(parts.model, draft.contract, parts.rules))
    if not second.refused_by:
        return Ruling(proven=second)
    same = [other for other in second.failing if assertion(other) == assertion(test)]
    if not same or outcome(same[0]) != outcome(test):
        return Ruling()
    parts.emit(Notice(f"both versions of {name} agree against {test.name}: the contract is written anew"))
    return Ruling(against_test(draft.contract, test))


def is_old(test: TestOutcome, draft: Draft) -> bool:
    """Tell whether a test is one that a tool brought with it; those are not open to dispute."""
    return f"def {test.name.partition('[')[0].rpartition('::')[2]}(" in draft.old_tests


def against_test(contract: Contract, test: TestOutcome) -> str:
    """Tell the author of a contract that one of its tests is in doubt."""
    return (
        f"{last_contract(contract)}One of its tests is in doubt:\n{test.message}\n"
        "Two functions, written independently of each other, one of them from signature and docstring "
        "alone, agree with each other and against it. So the test expects something wrong, or the docstring "
        "does not say what it expects. Find out which, and write the whole contract again."
    )


def _against_examples(contract: Contract, missed: Sequence[Missed]) -> str:
    calls = "\n".join(f"- {each.for_author}" for each in missed)
    return (
        f"{last_contract(contract)}Functions that pass all its tests do not answer these calls as the user "
        f"expects:\n{calls}\nSo the docstring, or a test, asks for something else than the user wants. "
        "Think of what the user means, and write the whole contract again."
    )


def last_contract(contract: Contract) -> str:
    """Show the author of the next contract the last one."""
    return (
        "This contract was written before, and is to be replaced:\n"
        f"```python\n{contract.stub.rstrip()}\n```\n```python\n{contract.tests.rstrip()}\n```\n"
    )
