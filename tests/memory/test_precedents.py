"""What went well at once for a similar step is told to who writes the next contract, and nothing else is."""

from dataclasses import replace

import pytest
from run_events import MENDED, events

from toolwright.events import CandidateRefused, PhaseStarted, PlanMade, StepsMatched
from toolwright.memory.past import Past
from toolwright.memory.precedents import Precedents
from toolwright.memory.recorder import Recorder
from toolwright.types import Match, Plan, Step

MADE = "Read a CSV file with a header line into rows."
ALIKE = (
    "Read a tab-separated file with a header line into rows.",
    "Read the rows of a CSV file as dictionaries.",
    "Load a CSV file with its header into a list of rows.",
)
STRANGERS = (
    "Count the words of a text.",
    "Write a value to a JSON file.",
    "Fetch a web page and return its title.",
    "Sort people by the date of their birth.",
    "Turn a title into a slug.",
    "Compute the median of a list of numbers.",
    "Resize an image to a width in pixels.",
)


def keep(library, run="r1", step=MADE, at_once=True):
    """Keep a run in which a function was made for a step, in its first version or in its second."""
    planned = Step(1, step)

    def change(event):
        match event:
            case PlanMade():
                return PlanMade(Plan("g", (planned,)))
            case StepsMatched():
                return StepsMatched((Match(planned, "NOT_EXISTS"),))
            case PhaseStarted() if at_once:
                return replace(event, attempt=1) if event.attempt == 2 else None
            case CandidateRefused() if at_once:
                return None
        return event

    with Recorder(library / ".toolwright", run, {}, str, print) as recorder:
        for event in filter(None, map(change, events(run))):
            recorder(event)


def recall(library, step):
    """What is known of a step."""
    return list(Precedents(Past(library, print, wait_s=0.1), "now")(step))


@pytest.mark.parametrize("step", ALIKE)
def test_a_similar_step_that_went_well_at_once_is_recalled(tmp_path, step):
    """With its words, the name of its function and the code."""
    keep(tmp_path)
    [precedent] = recall(tmp_path, step)
    assert (precedent.step, precedent.tool, precedent.source) == (MADE, "count_words", MENDED)


def test_strangers_recall_nothing(tmp_path):
    """Below the threshold nothing is shown, so that the prompt is what it is without a memory."""
    keep(tmp_path)
    assert [step for step in STRANGERS if recall(tmp_path, step)] == []


def test_what_had_to_be_repaired_is_no_precedent(tmp_path):
    """Only a first version that was kept shows that a contract was good."""
    keep(tmp_path, at_once=False)
    assert recall(tmp_path, MADE) == []


def test_only_the_most_similar_is_told_and_each_once(tmp_path):
    """The prompt does not grow with the past."""
    for number in range(3):
        keep(tmp_path, f"r{number}")
    assert len(recall(tmp_path, MADE)) == 1


def test_no_database_is_opened_for_the_first_run(tmp_path):
    """Where nothing but the present run has happened, nothing is made."""
    assert recall(tmp_path, MADE) == []
    assert list(tmp_path.iterdir()) == []
