"""What a model thinks of a result: the replies that count as a judgement, and what it is shown."""

import pytest

from toolwright.errors import ReplyShapeError
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.judge import judge, read_judgement
from toolwright.types import CallResult, Judgement, Match, Step, StepReport

STEP = Step(1, "Count.")
NO = '{"answers": false, "sentence": "Three.", "missing": "the list of names"}'


def test_a_reasoned_no_is_a_judgement():
    """The reason is what the next plan is made with."""
    assert read_judgement(NO) == Judgement(False, "Three.", "the list of names")


def test_a_yes_misses_nothing():
    """Whatever else a yes says, nothing is missing."""
    assert read_judgement(NO.replace("false", "true")).missing == ""


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("{}", '"answers"'),
        ('{"answers": "yes", "sentence": "", "missing": ""}', '"answers"'),
        ('{"answers": false, "sentence": "x", "missing": " "}', '"missing"'),
        ('{"answers": true, "sentence": 3, "missing": ""}', '"sentence"'),
        ('{"answers": true, "sentence": ""}', '"missing"'),
    ],
)
def test_other_replies_are_sent_back_with_what_is_wrong(reply, wrong):
    """No opinion, a no without a reason, or no text is not guessed at."""
    with pytest.raises(ReplyShapeError, match=wrong):
        read_judgement(reply)


@pytest.mark.parametrize("values", [True, False])
def test_values_are_shown_only_where_that_is_allowed(values):
    """Without previews the model sees of arguments and answers what kind they are, and how large."""
    model = ScriptedModel([NO])
    report = StepReport(
        STEP,
        Match(STEP, "EXISTS_AND_GENERIC"),
        "count",
        arguments={"of": "my diary"},
        result=CallResult("returned", value=["my cat"]),
    )
    judge(model, "count them", [report], values=values)
    text = model.prompts[0].text
    assert ("my diary" in text, "my cat" in text) == (values, values)
    assert "count(" in text
