"""Asking until the reply can be read: what is sent back, how often, and what is said in the end."""

import pytest

from toolwright.errors import ModelError, ReplyShapeError, TranscriptError
from toolwright.models.scripted import ScriptedModel
from toolwright.prompts.asking import ASKS, ask
from toolwright.types import Prompt

PROMPT = Prompt("decompose", "a goal", "Say yes.", {"type": "object"})


def _read(text: str) -> str:
    if text.strip() != "yes":
        raise ReplyShapeError(f"{text.strip()!r} is not yes")
    return text.strip().upper()


def test_a_good_reply_is_read_once():
    """One question, one answer, what the reader made of it."""
    model = ScriptedModel(["yes"])

    assert ask(model, PROMPT, _read) == "YES"
    assert model.prompts == [PROMPT]


def test_a_wrong_shape_is_sent_back_with_the_reason():
    """The next prompt is the first one, the last answer, and what was wrong with it; nothing piles up."""
    model = ScriptedModel(["no", "perhaps", "yes"])

    assert ask(model, PROMPT, _read) == "YES"
    first, second, third = (prompt.text for prompt in model.prompts)
    assert first == "Say yes."
    assert second.startswith("Say yes.\n\nYour last answer was:\nno\n\n")
    assert "could not be used: 'no' is not yes" in second
    assert third.startswith("Say yes.\n\nYour last answer was:\nperhaps\n\n")
    assert "'perhaps' is not yes" in third
    assert "'no'" not in third
    assert third.endswith("Answer again, in the shape asked for.")
    assert {(p.stage, p.subject, str(p.schema)) for p in model.prompts} == {
        ("decompose", "a goal", str(PROMPT.schema))
    }


def test_after_three_answers_it_is_an_error():
    """The error names stage and subject, says what was wrong the last time, and what may help."""
    model = ScriptedModel(["a", "b", "c", "yes"])
    with pytest.raises(ReplyShapeError) as raised:
        ask(model, PROMPT, _read)

    assert len(model.prompts) == ASKS == 3
    assert str(raised.value) == (
        "the model's answer for decompose (a goal) could not be used, asked 3 times: 'c' is not yes"
    )
    assert "--model" in raised.value.hint


def test_long_subjects_are_cut_in_the_error():
    """A goal of any length makes no endless error."""
    with pytest.raises(ReplyShapeError) as raised:
        ask(ScriptedModel(["a", "b", "c"]), Prompt("decompose", "x" * 500, "?"), _read)

    assert len(str(raised.value)) < 200


def test_an_empty_answer_counts_as_a_wrong_shape():
    """Only thoughts and no answer: asked again, told so; the third time the model's error stands."""
    empty = ModelError("empty", "only thoughts")
    model = ScriptedModel([empty, "no", "yes"])
    assert ask(model, PROMPT, _read) == "YES"
    assert "it held no answer, only thoughts" in model.prompts[1].text
    assert "Your last answer was" not in model.prompts[1].text

    with pytest.raises(ModelError) as raised:
        ask(ScriptedModel([empty, empty, empty, "yes"]), PROMPT, _read)
    assert raised.value is empty


def test_other_errors_of_the_model_are_not_asked_again():
    """What another answer cannot mend goes up at once."""
    broke = ModelError("billing", "no credit")
    model = ScriptedModel([broke, "yes"])
    with pytest.raises(ModelError) as raised:
        ask(model, PROMPT, _read)

    assert raised.value is broke
    assert len(model.prompts) == 1
    with pytest.raises(TranscriptError):
        ask(ScriptedModel([]), PROMPT, _read)


def test_long_and_broken_answers_are_shown_cut_and_sendable():
    """Of a long answer 4000 characters are shown; half surrogate pairs, which nothing can send, go."""
    model = ScriptedModel(["x" * 100_000, "\ud800no", "yes"])
    ask(model, PROMPT, lambda text: _read(text[-10:]))

    assert len(model.prompts[1].text) < 5000
    assert "[...]" in model.prompts[1].text
    assert "?no" in model.prompts[2].text
    assert all(prompt.text.encode() for prompt in model.prompts)


def test_thoughts_are_not_read():
    """The reader sees the answer without what stands in <think>."""
    assert ask(ScriptedModel(["<think>no, or?</think>\nyes"]), PROMPT, _read) == "YES"
