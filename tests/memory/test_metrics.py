"""The numbers of a past are those of the runs in it."""

import re

from run_events import events

from toolwright.errors import ToolwrightError
from toolwright.events import LessonsFound, PhaseStarted, RunFinished, StepFinished, StepStarted
from toolwright.library.spool import note_refusal
from toolwright.memory.metrics import measure
from toolwright.memory.past import Past
from toolwright.memory.recorder import Recorder
from toolwright.types import CallResult, Failure, Report
from toolwright.types.metrics import Metrics


def record(library, run, change=lambda event: [event]):
    """Let a run be kept, with each event replaced by what `change` makes of it."""
    with Recorder(library / ".toolwright", run, {}, str, print) as recorder:
        for event in events(run):
            for other in change(event):
                recorder(other)


def metrics_of(library, since=0.0) -> Metrics:
    """The numbers of a library."""
    return Past(library, print).ask(lambda connection: measure(connection, since))


def hinted(event):
    """A run in which a similar failure was shown to who repaired."""
    again = isinstance(event, PhaseStarted) and event.attempt == 2
    return [event, LessonsFound(event.subject, 1)] if again else [event]


def failed(event):
    """A run whose only call raises."""
    match event:
        case StepFinished():
            result = CallResult("raised", None, error_type="KeyError", message="'a'", seconds=0.3)
            return [StepFinished(type(event.report)(**{**_fields(event.report), "result": result}))]
        case RunFinished():
            why = Failure("execute", "it raised", "tool")
            return [
                RunFinished(Report("g", "failed", event.report.run, failure=why, usage=event.report.usage))
            ]
    return [event]


def _fields(record):
    return {name: getattr(record, name) for name in record.__slots__}


def test_goals_tools_stages_and_hints_are_counted(tmp_path):
    """Three runs of three kinds: what each did is in the sums, by status, tool, stage, error and hint."""
    for run, change in (("r1", lambda event: [event]), ("r2", hinted), ("r3", failed)):
        record(tmp_path, run, change)
    metrics = metrics_of(tmp_path)
    assert metrics.goals == {"done": 2, "failed": 1}
    assert (metrics.failed_in, metrics.errors) == ({"execute": 1}, {"KeyError": 1})
    assert (metrics.steps, metrics.reuse_rate) == ({"NOT_EXISTS": 3}, 0.0)
    assert metrics.refused_by == {"verify": 3}
    assert (metrics.pass_rate, metrics.versions_per_tool) == (0.5, 2.0)
    [tool] = metrics.tools
    assert (tool.tool, tool.versions, tool.kept, tool.calls, tool.succeeded) == ("count_words", 6, 3, 3, 2)
    assert (tool.median_s, tool.p95_s) == (0.1, 0.3)
    [stage] = metrics.stages
    assert (stage.stage, stage.calls, stage.prompt_tokens, stage.output_tokens) == ("decompose", 3, 300, 60)
    hints = metrics.hints
    assert (hints.shown, hints.shown_kept, hints.without, hints.without_kept) == (1, 1, 2, 2)
    [day] = metrics.days
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day.day)
    assert (day.goals, day.failed, day.admitted, day.refused, day.tokens) == (3, 1, 3, 3, 360)


def test_a_call_that_was_not_made_or_not_heard_of_is_an_error_only(tmp_path):
    """One that was not permitted, and one that had begun when the program was killed: neither is a call."""
    begun = StepStarted(1, "count_words")
    record(tmp_path, "r1", lambda event: [begun if isinstance(event, StepFinished) else event])
    note_refusal(tmp_path / ".toolwright", "count_words", {"status": "not_permitted"})
    metrics = metrics_of(tmp_path)
    assert metrics.errors == {"cut off": 1, "not_permitted": 1}
    assert [(tool.calls, tool.median_s) for tool in metrics.tools] == [(0, None)]
    [call] = Past(tmp_path, print).run("r1")["executions"]
    assert (call["status"], call["error"]) == ("cut off", "it had begun, and no answer was heard")


def test_a_price_that_is_not_known_is_never_nothing(tmp_path):
    """Goals and calls without a price are counted as such, beside what is known."""
    record(tmp_path, "r1")
    metrics = metrics_of(tmp_path)
    assert (metrics.stages[0].known_cost, metrics.stages[0].unpriced) == (0.0, 1)
    assert metrics.days[0].unpriced == 1


def test_what_was_before_does_not_count(tmp_path):
    """Only what happened since then is in the numbers."""
    record(tmp_path, "r1")
    assert metrics_of(tmp_path, since=4e9) == Metrics()


def test_a_damaged_memory_is_an_expected_failure_or_begins_anew(tmp_path):
    """Numbers never come with a traceback."""
    record(tmp_path, "r1")
    metrics_of(tmp_path)
    (tmp_path / ".toolwright" / "memory.db").write_bytes(b"no database at all" * 100)
    said = []
    try:
        assert Past(tmp_path, said.append).ask(measure) in (None, Metrics())
    except ToolwrightError as error:
        said.append(str(error))
    assert said
