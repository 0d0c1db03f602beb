"""What --unsafe may not do: nothing that was seen unconfined is ever kept as evidence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from toolwright.company import Company
from toolwright.errors import LibraryError
from toolwright.library.store import Store
from toolwright.pipeline import run_goal
from toolwright.sandbox.process import ProcessSandbox
from toolwright.settings import load
from toolwright.types import Admission, Candidate, Policy
from toolwright.wiring import open_parts, options

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

SOURCE = (
    'def add_one(number: int) -> int:\n    """Add one.\n\n    Args:\n        number: what to add to.\n\n'
    '    Returns:\n        The sum.\n    """\n    return number + 1\n'
)
TESTS = "from tools import add_one\n\n\ndef test_add_one():\n    assert add_one(1) == 2\n"


def test_an_unconfined_verdict_is_not_kept(tmp_path):
    """A real verdict at level none passes and is refused by the store, which stays as it was."""
    store, candidate = Store(tmp_path), Candidate("add_one", SOURCE, TESTS)
    text = store.merged(candidate)
    verdict = ProcessSandbox(level="none").verify(text, TESTS, Policy(), function="add_one")
    assert (verdict.passed, verdict.level) == (True, "none")
    admission = Admission(candidate, verdict, "add one", "add one to 2", "replay:x", "")
    with pytest.raises(LibraryError, match="unconfined proves nothing"):
        store.commit(admission, text)
    assert not (tmp_path / "tools.py").exists()
    store.commit(replace(admission, verdict=replace(verdict, level="full")), text)
    assert (tmp_path / "tools.py").exists()


def test_a_goal_that_needs_a_new_tool_is_refused(tmp_path):
    """At level none the plan is made, then the run fails with the reason; nothing is written or asked for."""
    transcript = next(iter(sorted(EXAMPLES.glob("*.jsonl"))))
    goal = json.loads(transcript.read_text(encoding="utf-8").splitlines()[0])["goal"]
    settings = load({"library": str(tmp_path), "replay": str(transcript)}, {}, tmp_path)
    unsafe = open_parts(settings, "run", goal, Company(), ProcessSandbox(level="none"))
    phases = []
    unsafe = replace(unsafe, emit=lambda event: phases.append(getattr(event, "stage", "")))
    report = run_goal(goal, unsafe, options(settings, stop_after="tools"), "run")
    assert report.status == "failed"
    assert "--unsafe makes none" in report.failure.message
    assert "decompose" in phases
    assert "contract" not in phases
    assert "doctor" in report.failure.hint
    assert not (tmp_path / "tools.py").exists()
