"""Transient faults are tried again, within bounds; others are not; the waits are told before they begin."""

import socket
import time

import pytest
from scripted_server import ANSWER, ScriptedServer

from toolwright.errors import MODEL_ERROR_KINDS, ModelError
from toolwright.events import ModelRetried
from toolwright.models.endpoint import Connection
from toolwright.models.patience import TRIES, Patience, PatientModel
from toolwright.models.scripted import ScriptedModel
from toolwright.models.together import TogetherModel
from toolwright.types import Prompt

PROMPT = Prompt("generate", "add", "Write add.")


class Time:
    """A clock that only sleeping moves; `waits` are the sleeps."""

    def __init__(self):
        """Start at zero."""
        self.now = 0.0
        self.waits = []

    def sleep(self, seconds):
        """Let that many seconds pass."""
        self.waits.append(seconds)
        self.now += seconds

    def clock(self):
        """Tell the time."""
        return self.now


def patient(replies, patience=None):
    """Return a patient model over a script, its time, and what it emitted."""
    passing, emitted = Time(), []
    script = ScriptedModel(replies)
    return PatientModel(script, emitted.append, patience, passing.sleep, passing.clock), passing, emitted


@pytest.mark.parametrize("kind", MODEL_ERROR_KINDS)
def test_each_kind_is_tried_as_often_as_it_helps(kind):
    """Kinds that may pass are tried again up to their number; the others are told at once."""
    model, passing, emitted = patient([ModelError(kind, "it failed", hint="do this")] * 9)
    with pytest.raises(ModelError) as caught:
        model.complete(PROMPT)
    tries = len(passing.waits) + 1
    assert tries == (
        3 if kind == "network" else TRIES.get(kind, 1)
    )  # an outage ends the network's tries earlier
    assert (caught.value.kind, caught.value.hint) == (kind, "do this")
    assert str(caught.value) == ("it failed" if tries == 1 else f"it failed (tried {tries} times)")
    assert [event.wait_s for event in emitted] == passing.waits


def test_waits_double_and_are_told_before_they_begin():
    """Backoff is exponential; each event says why, how long, and which try of how many failed."""
    fault = ModelError("server", "overloaded")
    model, passing, emitted = patient([fault, fault, fault, ANSWER])
    assert model.complete(PROMPT).text == ANSWER
    assert passing.waits == [1.0, 2.0, 4.0]
    assert emitted[1] == ModelRetried("overloaded", 2.0, 2, 4)


def test_the_servers_wish_to_wait_is_granted():
    """Retry-After takes the place of the backoff."""
    model, passing, _ = patient([ModelError("rate", "slow down", retry_after=7.5), ANSWER])
    model.complete(PROMPT)
    assert passing.waits == [7.5]


def test_a_wish_to_wait_for_too_long_ends_the_call_at_once():
    """The number is said, and nobody hammers the server."""
    model, passing, _ = patient([ModelError("rate", "slow down", retry_after=90), ANSWER])
    with pytest.raises(ModelError, match="left alone for 90 s") as caught:
        model.complete(PROMPT)
    assert passing.waits == []
    assert caught.value.retry_after == 90
    assert "in 90 s" in caught.value.hint


def test_no_try_begins_after_the_total_time():
    """Attempts are bounded in time as well as in number."""
    faults = [ModelError("rate", "slow down", retry_after=50)] * 9
    model, passing, _ = patient(faults, Patience(total_s=120))
    with pytest.raises(ModelError):
        model.complete(PROMPT)
    assert passing.waits == [50, 50]


def test_what_failed_answers_cost_is_counted():
    """Tokens of an empty answer are added to the usage of the good one, or to the last error."""
    empty = ModelError("empty", "no answer")
    empty.tokens = (3, 4)
    model, _, _ = patient([empty, ANSWER])
    first = ScriptedModel([ANSWER]).complete(PROMPT).usage
    usage = model.complete(PROMPT).usage
    assert (
        usage.calls,
        usage.prompt_tokens - first.prompt_tokens,
        usage.output_tokens - first.output_tokens,
    ) == (1, 3, 4)
    model, _, _ = patient([empty, empty])
    with pytest.raises(ModelError) as caught:
        model.complete(PROMPT)
    assert caught.value.tokens == (6, 8)


def test_a_keyboard_interrupt_ends_the_wait():
    """Ctrl-C during a wait is not swallowed."""

    def interrupted(_seconds):
        raise KeyboardInterrupt

    model = PatientModel(
        ScriptedModel([ModelError("server", "x"), ANSWER]), lambda _event: None, None, interrupted
    )
    with pytest.raises(KeyboardInterrupt):
        model.complete(PROMPT)


@pytest.mark.parametrize(
    "name", ["429*1", "429ra*1", "500*1", "503*2", "408*1", "reset*1", "s_cut*1", "html200*2", "s_eof*1"]
)
def test_passing_faults_of_a_real_server_pass(name):
    """Over real HTTP, what fails once or twice is answered in the end, and nothing is sent more often."""
    passing, emitted = Time(), []
    with ScriptedServer() as server:
        model = TogetherModel(name, Connection("sk-key-key", server.url, idle_s=30))
        patient_model = PatientModel(model, emitted.append, None, passing.sleep, passing.clock)
        assert patient_model.complete(PROMPT).text == ANSWER
        failures = int(name.partition("*")[2])
        assert len(server.requests) == failures + 1
    assert len(emitted) == failures
    assert passing.waits[0] == (2.0 if name == "429ra*1" else 1.0)


def test_a_refused_connection_ends_within_fifteen_seconds():
    """With the real clock: a few tries, then one sentence with the right words."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        model = PatientModel(TogetherModel("x", Connection("sk-key-key", url)), lambda _event: None)
        start = time.monotonic()
        with pytest.raises(ModelError, match="refuses the connection: no server listens there") as caught:
            model.complete(PROMPT)
    assert caught.value.kind == "network"
    assert time.monotonic() - start < 15


def test_a_black_hole_would_end_within_fifteen_seconds():
    """By default two connections that are never made, and the wait between them, stay below 15 s."""
    passing = Time()

    def never(_prompt):
        passing.now += Connection().connect_s
        raise ModelError("network", "there was no connection")

    model = PatientModel(ScriptedModel(never), lambda _event: None, None, passing.sleep, passing.clock)
    with pytest.raises(ModelError):
        model.complete(PROMPT)
    assert 6 < passing.now < 15
