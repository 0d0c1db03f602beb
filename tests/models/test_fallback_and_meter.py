"""Going on with the next model, counting what calls cost, telling of progress, and writing exchanges down."""

import json

import pytest

from toolwright.errors import ModelError
from toolwright.events import ModelAnswered, ModelAsked, ModelProgress, Notice
from toolwright.models.fallbacks import FallbackModel
from toolwright.models.metered import MeteredModel, Progress
from toolwright.models.recording import RecordingModel
from toolwright.models.scripted import ScriptedModel
from toolwright.models.transcripts import Transcript, TranscriptWriter
from toolwright.types import Prompt, Usage

PROMPT = Prompt("generate", "add", "12345678")
GONE = ModelError("model", "s:a is not available to this account", hint="--model s:NAME")


def ignore(_event):
    """Listen to nothing."""


def test_the_next_model_takes_over_and_stays():
    """A notice says who takes over and why; the model that is gone is not asked again."""
    emitted = []
    first, second = ScriptedModel([GONE], "s:a"), ScriptedModel(["one", "two"], "s:b")
    model = FallbackModel([first, second], emitted.append)
    assert model.name == "s:a"
    assert [model.complete(PROMPT).text, model.complete(PROMPT).text] == ["one", "two"]
    assert model.name == "s:b"
    assert len(first.prompts) == 1
    assert emitted == [Notice("s:a is not available to this account; going on with s:b instead of s:a")]


def test_when_no_model_is_left_all_of_them_are_named():
    """The last error names every model and keeps the hint."""
    model = FallbackModel([ScriptedModel([GONE], "s:a"), ScriptedModel([GONE], "s:b")], ignore)
    with pytest.raises(ModelError, match=r"\(s:a, s:b\)") as caught:
        model.complete(PROMPT)
    assert (caught.value.kind, caught.value.hint) == ("model", "--model s:NAME")
    with pytest.raises(ModelError) as alone:
        FallbackModel([ScriptedModel([GONE], "s:a")], ignore).complete(PROMPT)
    assert alone.value is GONE


def test_other_faults_do_not_move_on():
    """A rate limit or a bad key is no reason to ask another model."""
    second = ScriptedModel(["one"])
    model = FallbackModel([ScriptedModel([ModelError("rate", "x")]), second], ignore)
    with pytest.raises(ModelError, match="x"):
        model.complete(PROMPT)
    assert second.prompts == []
    with pytest.raises(ValueError, match="at least one"):
        FallbackModel([], ignore)


def test_calls_tokens_and_seconds_are_counted_by_stage():
    """Failed calls count as well; seconds are the meter's own."""
    ticks = iter(range(100))
    paid = ModelError("truncated", "cut off")
    paid.tokens = (5, 7)
    model = MeteredModel(ScriptedModel(["1234", "1234", paid]), ignore, lambda: float(next(ticks)))
    assert model.complete(PROMPT).usage == Usage(1, 2, 1, 1.0)
    model.complete(Prompt("bind", "all", "1234"))
    with pytest.raises(ModelError):
        model.complete(PROMPT)
    assert model.usage_by_stage == {"generate": Usage(2, 7, 8, 2.0), "bind": Usage(1, 1, 1, 1.0)}
    assert model.total == Usage(3, 8, 9, 3.0)


def test_what_is_asked_and_answered_is_told():
    """ModelAsked comes before, ModelAnswered after, with the thoughts."""
    emitted = []
    MeteredModel(ScriptedModel(["<think>hm</think>x"], "s:a"), emitted.append).complete(PROMPT)
    assert emitted[0] == ModelAsked("generate", "add", "s:a")
    assert isinstance(emitted[-1], ModelAnswered)
    assert (emitted[-1].reasoning, emitted[-1].usage.calls) == ("hm", 1)


def test_progress_is_told_at_most_twenty_times_a_second():
    """The first piece is told at once, the following ones every 50 ms."""
    emitted, now = [], iter(step / 1000 for step in range(1000))
    progress = Progress(emitted.append, clock=lambda: next(now))
    for piece in range(1000):
        progress(piece, 0)
    assert emitted[0] == ModelProgress(0, 0)
    assert 19 <= len(emitted) <= 21


def test_every_exchange_is_recorded_at_once(tmp_path):
    """After each call the file is complete and readable; a failed call leaves no line."""
    path = tmp_path / "deep" / "run.jsonl"
    writer = TranscriptWriter(path, "a test", lambda text: text.replace("secret", "[key]"), goal="add")
    model = RecordingModel(ScriptedModel(["<think>secret</think>one", GONE], "s:a"), writer)
    assert model.name == "s:a"
    model.complete(Prompt("generate", "add", "my secret"))
    transcript = Transcript.read(path)
    assert (transcript.note, transcript.goal) == ("a test", "add")
    exchange = transcript.exchanges[0]
    assert (exchange.prompt, exchange.reply.text, exchange.reply.reasoning) == ("my [key]", "one", "[key]")
    assert exchange.reply.model == "s:a"
    with pytest.raises(ModelError):
        model.complete(PROMPT)
    assert len(path.read_text().splitlines()) == 2
    assert "secret" not in path.read_text()
    assert json.loads(path.read_text().splitlines()[1])["usage"]["calls"] == 1
