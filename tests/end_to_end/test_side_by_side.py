"""Steps that do not use each other are made and run at the same time; the account is as if they were not."""

import json
import threading
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from scripted_author import Author

from toolwright import Agent
from toolwright.events import Event, PhaseStarted, StepFailed, StepFinished, ToolCommitted
from toolwright.models.scripted import ScriptedModel
from toolwright.screen.display import Display
from toolwright.screen.story import Story
from toolwright.types import Prompt, Report

STEPS = 3


@dataclass
class Beside(Author):
    """Plans steps that use nothing, binds each to a value of its own, and counts who asks at once."""

    here: int = 0
    most: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)
    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(1))

    def answer(self, prompt: Prompt) -> str:
        """Return the reply; authors of contracts wait for each other."""
        with self.turn:
            self.here += 1
            self.most = max(self.most, self.here)
        if prompt.stage == "contract":
            self.together.wait(60)
        with self.turn:
            self.here -= 1
            return self.reply(prompt.text)

    def _decompose(self, prompt: str) -> str:
        plan = json.loads(super()._decompose(prompt))
        return json.dumps({**plan, "steps": [{**step, "uses": []} for step in plan["steps"]]})

    def _bind(self, _prompt: str) -> str:
        calls = [{"step": n, "arguments": {"number": {"literal": n}}} for n in range(1, self.steps + 1)]
        return json.dumps({"calls": calls})


def run(library: Path, jobs: int) -> tuple[Report, list[Event], int]:
    """Run a goal of independent steps; return report, events and the most questions at once."""
    library.mkdir()
    author, events = Beside(STEPS, together=threading.Barrier(jobs)), []
    agent = Agent(library, ScriptedModel(author.answer), jobs=jobs, listeners=[events.append])
    report = agent.run("Apply the operations to 1, 2 and 3")
    return report, events, author.most


@pytest.mark.slow
def test_independent_steps_are_made_and_run_side_by_side(tmp_path: Path) -> None:
    """Questions overlap with --jobs 3 and not with 1; results and account are the same, told in order."""
    beside, events, most = run(tmp_path / "beside", 3)
    alone, _, one = run(tmp_path / "alone", 1)
    assert (most, one) == (3, 1)
    assert (beside.status, beside.output) == (alone.status, alone.output) == ("done", 2 * 3 + 3)
    made = [event.step for event in events if isinstance(event, PhaseStarted) and event.step]
    assert made == sorted(made)
    committed = [event.commit.tool for event in events if isinstance(event, ToolCommitted)]
    assert committed == ["apply_op_1", "apply_op_2", "apply_op_3"]
    ran = [event.report.step.number for event in events if isinstance(event, StepFinished)]
    assert ran == [1, 2, 3]
    for left, right in zip(beside.steps, alone.steps, strict=True):
        assert (left.tool, left.action, left.usage.calls) == (right.tool, right.action, right.usage.calls)
    assert beside.usage.calls == alone.usage.calls
    text = (tmp_path / "beside" / "tools.py").read_text()
    assert [f"def {name}(" in text for name in committed] == [True] * 3


@pytest.mark.slow
def test_one_that_fails_is_told_in_its_turn_and_harms_no_other(tmp_path: Path) -> None:
    """Whose author never writes code fails; those beside it are kept, and the screen says which failed."""

    def spoil(stage: str, reply: str, _turn: int) -> str:
        return "no code" if stage == "generate" and "def apply_op_2(" in reply else reply

    said = StringIO()
    author, events = Beside(STEPS, spoil=spoil, together=threading.Barrier(STEPS)), []
    story = Story(Display(said), wordy=False)
    agent = Agent(tmp_path, ScriptedModel(author.answer), jobs=STEPS, listeners=[events.append, story.tell])
    report = agent.run("Apply the operations to 1, 2 and 3")
    assert report.failure is not None
    assert (report.status, report.failure.step) == ("failed", 2)
    assert [event.commit.tool for event in events if isinstance(event, ToolCommitted)] == [
        "apply_op_1",
        "apply_op_3",
    ]
    assert [event.step for event in events if isinstance(event, StepFailed)] == [2]
    wrong = said.getvalue()[said.getvalue().index("Step 2 of 3") : said.getvalue().index("Step 3 of 3")]
    assert "✗ write apply_op_2" in wrong
    assert "✗ step 2: the model's answer for generate (apply_op_2) could not be used" in wrong
