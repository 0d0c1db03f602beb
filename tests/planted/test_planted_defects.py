"""The whole gate: nothing bad gets in, each for its own reason, and nothing good is kept out."""

import contextlib

import bad_contracts
import bad_evidence
import bad_functions
import bad_leftovers
import bad_neighbours
import bad_promises
import bad_sources
import bad_weak
import good_effects
import good_shapes
import good_values
import pytest
from planted_gate import outcome_of

from toolwright.sandbox.confined import ConfinedSandbox, JudgeBounds
from toolwright.sandbox.levels import try_level
from toolwright.sandbox.process import ProcessSandbox

BAD = [
    *bad_contracts.CASES,
    *bad_evidence.CASES,
    *bad_functions.CASES,
    *bad_leftovers.CASES,
    *bad_neighbours.CASES,
    *bad_promises.CASES,
    *bad_sources.CASES,
    *bad_weak.CASES,
]
GOOD = [*good_values.CASES, *good_shapes.CASES, *good_effects.CASES]


@pytest.fixture(scope="module")
def sandbox():
    """One warm sandbox for all: confined where that works, by processes where it does not."""
    if try_level("full"):
        yield ProcessSandbox(judge_wall_s=30)
        return
    box = ConfinedSandbox("full", bounds=JudgeBounds(wall_s=30))
    yield box
    box.close()


@contextlib.contextmanager
def fitting(case, sandbox):
    """The sandbox for a case: where the tests never end, a judge who waits for a shorter time."""
    if case.why != "the tests ran longer than" or not isinstance(sandbox, ConfinedSandbox):
        yield sandbox
        return
    with ConfinedSandbox("full", bounds=JudgeBounds(wall_s=5)) as box:
        yield box


def _rows(cases):
    return [pytest.param(case, id=case.title.replace(" ", "-"), marks=_marks(case)) for case in cases]


def _marks(case):
    marks = [pytest.mark.slow] if case.slow else []
    return [*marks, pytest.mark.xfail(strict=True, reason=case.pending)] if case.pending else marks


def test_there_are_enough_of_both():
    """At least 60 are bad and 25 are good, all with titles of their own, and each bad one has its reason."""
    assert len(BAD) >= 60
    assert len(GOOD) >= 25
    assert len({case.title for case in [*BAD, *GOOD]}) == len(BAD) + len(GOOD)
    assert all(case.stage and case.why for case in BAD)
    assert not any(case.stage or case.why for case in GOOD)


@pytest.mark.slow
@pytest.mark.parametrize("case", _rows(BAD))
def test_bad_is_refused_for_its_own_reason(case, sandbox, tmp_path):
    """What was planted is refused by the stage that is there for it, with a reason that names it."""
    with fitting(case, sandbox) as box:
        outcome = outcome_of(case, box, tmp_path)

    assert outcome.stage == case.stage, outcome.why or "admitted"
    assert case.why in outcome.why


@pytest.mark.slow
@pytest.mark.parametrize("case", _rows(GOOD))
def test_good_is_admitted(case, sandbox, tmp_path):
    """A sound tool of any shape gets in, as it was written."""
    outcome = outcome_of(case, sandbox, tmp_path)

    assert outcome.stage == "", outcome.why
    assert f"def {case.signature}:" in outcome.text
