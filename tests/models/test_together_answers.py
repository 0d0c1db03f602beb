"""What TogetherModel asks and what it makes of good answers, through the real SDK over real HTTP."""

import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_server import ANSWER, THOUGHT, Fault, ScriptedServer, Shape

from toolwright.errors import ModelError
from toolwright.models.endpoint import Connection, ignore_progress
from toolwright.models.together import TogetherModel
from toolwright.types import Prompt, Usage

PROMPT = Prompt("generate", "add", "Write add.")


@pytest.fixture(scope="module")
def server():
    """A server whose models are shapes and faults."""
    with ScriptedServer(hang_s=60) as running:
        yield running


def model(server, name="deepseek-ai/DeepSeek-R1", on_progress=ignore_progress, **settings):
    """Open a model of that server; `suffix` is put behind its URL."""
    url = server.url + settings.pop("suffix", "")
    settings = {"key": "sk-the-secret-key", "idle_s": 30.0, **settings}
    return TogetherModel(name, Connection(base_url=url, **settings), on_progress)


@pytest.mark.parametrize(
    "name", ["plain", "think", "closeonly", "reasoning", "reasoning_content", "eos", "s_nodone"]
)
def test_every_shape_of_a_good_answer_is_read(server, name):
    """Answer, thought and usage are told apart whatever form the server gives them."""
    reply = model(server, name).complete(PROMPT)
    assert reply.text == ANSWER
    assert reply.reasoning == (
        THOUGHT if name in {"think", "closeonly", "reasoning", "reasoning_content"} else ""
    )
    assert (reply.usage.calls, reply.usage.prompt_tokens, reply.usage.output_tokens) == (1, 12, 34)
    assert reply.usage.seconds > 0
    assert reply.model == f"together:{name}"


def test_a_question_is_put_as_the_makers_of_r1_advise():
    """One user message and no system prompt, sampling settings, a stream, and no schema."""
    with ScriptedServer() as server:
        model(server).complete(Prompt("classify", "all", "Grüße, 世界", {"type": "object"}))
        request = server.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == "Bearer sk-the-secret-key"
    assert request.body == {
        "model": "deepseek-ai/DeepSeek-R1",
        "messages": [{"role": "user", "content": "Grüße, 世界"}],
        "max_tokens": 16_384,
        "temperature": 0.6,
        "top_p": 0.95,
        "stream": True,
    }


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_base_url_may_end_as_it_likes(server, suffix):
    """With and without /v1 and slashes the same address is asked."""
    assert model(server, suffix=suffix).complete(PROMPT).text == ANSWER


def test_white_space_around_the_key_is_taken_off():
    """A key read from a file with its newline works."""
    with ScriptedServer() as server:
        model(server, key=" sk-abcdef\n").complete(PROMPT)
        assert server.requests[0].headers["Authorization"] == "Bearer sk-abcdef"


def test_progress_comes_while_the_answer_streams(server):
    """The listener hears of growing numbers of characters, thoughts first."""
    heard = []
    model(server, "reasoning", lambda thought, text: heard.append((thought, text))).complete(PROMPT)
    assert heard[0] == (len(THOUGHT), 0)
    assert heard[-1] == (len(THOUGHT), len(ANSWER))
    assert heard == sorted(heard)
    assert len(heard) > 3


def test_a_truncated_answer_is_asked_for_once_more_with_twice_the_room():
    """The second answer counts, and both were paid for."""

    def reply(body):
        return Shape("<think>too long", finish="length") if body["max_tokens"] == 100 else Shape()

    with ScriptedServer(reply) as server:
        answer = model(server, max_tokens=100).complete(PROMPT)
        assert [body["max_tokens"] for body in server.bodies] == [100, 200]
    assert answer.text == ANSWER
    assert (answer.usage.calls, answer.usage.prompt_tokens, answer.usage.output_tokens) == (2, 24, 68)


@pytest.mark.parametrize(
    ("second", "kind"), [("cutcode", "truncated"), ("403", "truncated"), ("402", "billing")]
)
def test_when_doubling_does_not_help_the_error_says_what_it_cost(second, kind):
    """A server that does not give twice the room leaves the answer truncated; other faults are their own."""

    def reply(body):
        return Fault("cutthink" if body["max_tokens"] == 100 else second)

    with ScriptedServer(reply) as server, pytest.raises(ModelError) as caught:
        model(server, max_tokens=100).complete(PROMPT)
    assert caught.value.kind == kind
    assert caught.value.tokens == ((24, 68) if second == "cutcode" else (12, 34))


@pytest.mark.parametrize(
    "name", ["s_dribble", "s_comments", "s_halfline", "slowheader", "s_stall", "timeout"]
)
def test_the_deadline_holds_whatever_the_server_does(server, name):
    """Neither a dribbling nor a silent server can hold us beyond the deadline."""
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"had not finished its answer after 0\.4 s") as caught:
        model(server, name, deadline_s=0.4).complete(PROMPT)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "name", ["s_dribble", "s_comments", "s_halfline", "slowheader", "s_stall", "timeout"]
)
def test_a_stream_that_was_given_up_is_cut(server, name):
    """The thread that reads it ends at once, so that the server need not go on writing (and billing)."""
    with pytest.raises(ModelError):
        model(server, name, deadline_s=0.3, idle_s=30).complete(PROMPT)
    end = time.monotonic() + 20  # its server is silent for a minute
    while any(thread.name == "toolwright-model" for thread in threading.enumerate()):
        assert time.monotonic() < end, "a reading thread is still there"
        time.sleep(0.02)


def test_a_flood_is_no_answer():
    """A server that sends far more than was asked for is stopped."""
    with ScriptedServer(lambda _body: "x" * 2000) as server, pytest.raises(ModelError) as caught:
        model(server, max_tokens=10).complete(PROMPT)
    assert caught.value.kind == "protocol"
    assert "far more than the 10 tokens" in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "content", "reasoning", "finish_reason", "usage", "error", "index"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(JSON, min_size=1, max_size=8))
def test_events_of_any_shape_end_in_a_reply_or_a_model_error(events):
    """Nothing that a server may send as JSON gets out as another exception."""
    with ScriptedServer(lambda _body: Shape(events=events)) as server:
        try:
            outcome = model(server, max_tokens=100).complete(PROMPT).text
        except ModelError as error:
            outcome = error.kind
    assert outcome


@pytest.mark.parametrize(
    "listing",
    [
        [
            {"id": "b", "type": "chat"},
            {"id": "a", "type": "chat"},
            {"id": "i", "type": "image"},
            {"id": 3},
            None,
        ],
        {"object": "list", "data": [{"id": "a"}, {"id": "b"}, {"id": "a"}]},
    ],
)
def test_the_models_on_offer_are_listed(listing):
    """Both forms of the list are read: names of chat models, sorted, each once."""
    with ScriptedServer(models=listing) as server:
        assert model(server).list_models() == ("a", "b")
        assert server.requests[0].path == "/v1/models"


@pytest.mark.parametrize("listing", [{}, "none", 3, {"data": None}])
def test_a_list_of_models_that_is_none_is_said_to_be_so(listing):
    """Any other JSON is a protocol error that names the server."""
    with ScriptedServer(models=listing) as server, pytest.raises(ModelError) as caught:
        model(server).list_models()
    assert caught.value.kind == "protocol"
    assert "does not say which models it offers" in str(caught.value)


def test_a_prompt_that_no_encoding_can_carry_is_refused_clearly(server):
    """A lone surrogate cannot be sent; nothing but a ModelError comes of it."""
    with pytest.raises(ModelError) as caught:
        model(server).complete(Prompt("a", "b", "half a character: \ud800"))
    assert caught.value.kind == "request"


def test_usage_is_a_record_of_its_own(server):
    """Usage adds up over calls."""
    one = model(server).complete(PROMPT).usage
    assert (one + one - one).tokens == one.tokens == 46
    assert Usage() + one == one
