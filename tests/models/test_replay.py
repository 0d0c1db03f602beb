"""A replay answers by stage and subject, each reply once, and says what it lacks."""

import pytest

from toolwright.errors import ModelError, TranscriptError
from toolwright.models.replay import ReplayModel
from toolwright.models.scripted import ScriptedModel
from toolwright.models.transcripts import Exchange, Transcript
from toolwright.types import Prompt, Reply, Usage


def replay(*exchanges, **more):
    """Return a model that replays (stage, subject, reply) triples."""
    recorded = tuple(
        Exchange(stage, subject, "as recorded", Reply(text, "hm")) for stage, subject, text in exchanges
    )
    return ReplayModel(Transcript("some/demo.jsonl", "by hand", "count things", recorded), **more)


def test_replies_are_found_by_stage_and_subject_whatever_the_prompt():
    """A reworded prompt gets the same answer; order across subjects does not matter."""
    model = replay(("generate", "a", "1"), ("generate", "b", "2"), ("contract", "a", "3"))
    asked = [("contract", "a"), ("generate", "b"), ("generate", "a")]
    assert [model.complete(Prompt(*key, "reworded")).text for key in asked] == ["3", "2", "1"]
    assert model.name == "replay:demo.jsonl"
    assert replay(name="demo:written").name == "demo:written"


def test_several_replies_of_one_subject_come_in_order_each_once():
    """The third question finds nothing and says so."""
    model = replay(("generate", "a", "1"), ("generate", "a", "2"))
    prompt = Prompt("generate", "a", "?")
    assert [model.complete(prompt).text, model.complete(prompt).text] == ["1", "2"]
    with pytest.raises(TranscriptError, match=r"'some/demo.jsonl' has no further reply for generate 'a'"):
        model.complete(prompt)


def test_a_missing_reply_is_told_with_what_there_is():
    """The hint lists the stage's subjects, the nearest first, or says that the goal is another."""
    model = replay(("generate", "zzz", "1"), ("generate", "sum_column", "2"))
    with pytest.raises(TranscriptError, match=r"has no reply for generate 'sum_columns'") as caught:
        model.complete(Prompt("generate", "sum_columns", "?"))
    assert caught.value.hint == "for generate it still has: 'sum_column', 'zzz'"
    with pytest.raises(TranscriptError) as caught:
        model.complete(Prompt("bind", "all", "?"))
    assert "it does not fit this goal" in caught.value.hint
    assert "'count things'" in caught.value.hint


def test_a_replay_shows_progress_like_a_model():
    """Thought and text grow to their full length, with a pause only where one is wanted."""
    heard, pauses = [], []
    model = replay(
        ("bind", "all", "x" * 90),
        on_progress=lambda thought, text: heard.append((thought, text)),
        pause_s=0.1,
        sleep=pauses.append,
    )
    model.complete(Prompt("bind", "all", "?"))
    assert heard[-1] == (2, 90)
    assert heard == sorted(heard)
    assert pauses == [0.1] * len(heard)


def test_a_script_is_a_model():
    """Lists and functions answer; thoughts are split off, prompts kept, faults raised, the end told."""
    model = ScriptedModel(["<think>a</think>b", ModelError("rate", "slow")])
    reply = model.complete(Prompt("bind", "all", "12345678"))
    assert (reply.text, reply.reasoning, reply.usage) == ("b", "a", Usage(1, 2, 0))
    with pytest.raises(ModelError, match="slow"):
        model.complete(Prompt("bind", "all", "?"))
    with pytest.raises(TranscriptError, match="holds 2 replies; bind 'all' wants number 3"):
        model.complete(Prompt("bind", "all", "?"))
    assert [prompt.text for prompt in model.prompts] == ["12345678", "?", "?"]
    assert ScriptedModel(lambda prompt: prompt.text.upper()).complete(Prompt("a", "b", "hi")).text == "HI"
