"""A candidate -> a trial that ends in a commit, or in what refused it."""

from typing import Final

from toolwright.errors import LibraryChangedError, MergeClashError, ToolNotFoundError
from toolwright.events import ToolCommitted
from toolwright.library.versions import Version
from toolwright.making.drafting import Draft, basis_of
from toolwright.making.proving import prove
from toolwright.making.trial import Trial
from toolwright.making.wish import Made, Wish
from toolwright.parts import Parts
from toolwright.records import asdict, replace
from toolwright.types import Admission, Candidate, Commit, Contract, Example, Failure, Verdict

_COMMIT_TRIES: Final = 5


def keep(parts: Parts, wish: Wish, draft: Draft, trial: Trial) -> Trial:
    """Commit what was proven; what somebody else changed meanwhile is proven with it, anew.

    Raises:
        LibraryChangedError: the library was changed each time, or cannot be written.
        LibraryError, SandboxError: the trial could not be held.
    """
    for _ in range(_COMMIT_TRIES):
        if trial.refused_by or not trial.verdict:
            return trial
        try:
            return replace(trial, commit=_commit(parts, wish, draft, trial, trial.verdict))
        except (MergeClashError, ToolNotFoundError) as clash:
            return Trial(trial.candidate, "merge", (str(clash),))
        except LibraryChangedError:
            trial = prove(parts, wish, draft, trial.candidate)
    name = draft.contract.name
    raise LibraryChangedError(
        f"tools.py was changed by somebody else at each of {_COMMIT_TRIES} tries to add {name}",
        hint="let the other program finish, then run the goal again",
    )


def admit(
    parts: Parts,
    wish: Wish,
    contract: Contract,
    source: str,
    *,
    examples: tuple[Example, ...] = (),
    earlier: tuple[Version, ...] = (),
) -> Made:
    """Take a function that is there already through the same gate, once; the refusal is in `failure`.

    Where the contract replaces a tool, that tool and its tests must not change meanwhile. `examples` must
    hold, besides those of a replaced tool; `earlier` are versions that are kept below it.

    Raises:
        LibraryError, SandboxError: it could not be tried.
    """
    name = contract.name
    replaces = contract.replaces
    basis = basis_of(parts.store, replaces) if replaces else ()
    examples = (*parts.store.examples_of(replaces), *examples)
    draft = Draft(contract, basis=basis, examples=examples, earlier=earlier)
    candidate = Candidate(name, source, contract.tests)
    trial = keep(parts, wish, draft, prove(parts, wish, draft, candidate))
    if trial.commit:
        return Made(name, 1, (), trial.verdict, trial.commit)
    why, *details = trial.reasons
    failure = Failure(trial.refused_by, f"{name}: {why}", kind="not_made", tool=name, details=tuple(details))
    return Made(name, 1, (f"{trial.refused_by}: {why}",), trial.verdict, failure=failure)


def _commit(parts: Parts, wish: Wish, draft: Draft, trial: Trial, verdict: Verdict) -> Commit:
    admission = Admission(
        trial.candidate,
        verdict,
        parts.redact(wish.step.description),
        parts.redact(wish.goal),
        parts.model.name,
        draft.contract.replaces,
        wish.how,
        draft.contract.stub,
        examples=draft.examples,
        earlier=tuple(map(asdict, draft.earlier)),
    )
    commit = parts.store.commit(admission, trial.merged)
    parts.emit(ToolCommitted(commit, trial.candidate.source, wish.how))
    return commit
