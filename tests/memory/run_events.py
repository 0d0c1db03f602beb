"""The events of a small run, in their order: planned, one version refused, the next one kept, called."""

from collections.abc import Iterator

from toolwright.events import (
    CandidateRefused,
    Event,
    ModelAnswered,
    ModelAsked,
    PermissionDecided,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunStarted,
    StepFinished,
    StepsMatched,
    ToolCommitted,
)
from toolwright.types import CallResult, Commit, Match, Plan, Report, Step, StepReport, Usage

BROKEN = "def count_words(text: str) -> int:\n    return len(text)\n"
MENDED = "def count_words(text: str) -> int:\n    return len(text.split())\n"
WHY = "test_two_words failed: assert 7 == 2"


def events(run: str, goal: str = "count the words", tool: str = "count_words") -> Iterator[Event]:
    """Yield what a run that goes well emits."""
    step = Step(1, "Count words.", ("words",))
    match = Match(step, "NOT_EXISTS", reason="nothing counts")
    broken, mended = BROKEN.replace("count_words", tool), MENDED.replace("count_words", tool)
    yield RunStarted(run, goal, "test:scripted", "lib", 0, "full")
    yield ModelAsked("decompose", goal, "test:scripted")
    yield ModelAnswered("decompose", goal, Usage(1, 100, 20, 0.5))
    yield PlanMade(Plan(goal, (step,)))
    yield StepsMatched((match,))
    yield PhaseStarted("generate", tool, 1, 1, 5)
    yield CandidateRefused("verify", tool, 1, 5, ("told to the user",), broken, (WHY, "said"))
    yield PhaseStarted("generate", tool, 1, 2, 5)
    yield ToolCommitted(Commit(tool, 12, 0), mended)
    yield PermissionDecided(tool, "read", "/data", granted=True, by="once")
    result = CallResult("returned", 2, seconds=0.1)
    report = StepReport(step, match, tool, "written", arguments={"text": "a b"}, result=result)
    yield StepFinished(report)
    yield RunFinished(Report(goal, "done", run, (report,), 2, usage=Usage(1, 100, 20, 0.5), seconds=1.5))
