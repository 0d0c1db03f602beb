"""The contract of every backend over HTTP: answers, the fault table, keys, addresses; one test for all."""

import importlib.util
import os
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from backends import CASES, KEY
from fault_table import KINDS, SILENT
from scripted_server import ANSWER, STATUSES, THOUGHT, Fault, ScriptedServer, Shape

from toolwright.errors import ModelError
from toolwright.types import Prompt

PROMPT = Prompt("generate", "add", "Write add.")
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
TOLD_ELSEWHERE = {"409", "429ra", "524", "nochoices", "emptychoices"}
"""Faults that differ by status or shape alone; Together's own tests have them."""

HASTY = {"idle_s": 0.4, "deadline_s": 1.2}
"""For servers of which it is known that waiting is for nothing."""


ALIKE = {"together", "openai", "groq"}
"""Together has tests of its own; the client of OpenAI and Groq is that of any compatible server."""
PARAMS = [
    pytest.param(
        one, id=one.server, marks=[pytest.mark.slow] * (one.server in {"together", "openai", "groq"})
    )
    for one in CASES
]


@pytest.fixture(scope="module", params=PARAMS)
def case(request):
    """A backend; one whose package is not installed is skipped, and why is said."""
    package = request.param.package
    if package and importlib.util.find_spec(package) is None:
        pytest.skip(f"the package {package} (an extra) is not installed")
    return request.param


@pytest.fixture(scope="module")
def server(case):
    """A server of its wire format that goes wrong as the model is called."""
    with ScriptedServer(hang_s=60, wire=case.wire) as running:
        yield running


def failing(case, url, name="any", **settings):
    """Ask once and return the error."""
    model = case.open(url, name, **{"deadline_s": 60.0, "max_tokens": 100, **settings})
    with pytest.raises(ModelError) as caught:
        model.complete(PROMPT)
    return caught.value


def test_good_answers_of_every_shape_are_read(case, server):
    """Answer, thoughts, tokens and name are told apart, whatever form the server gives them."""
    for name in sorted({"plain", "think", "closeonly", "reasoning", "emptythink", "eos"} - case.skip):
        reply = case.open(server.url, name).complete(PROMPT)
        thought = THOUGHT if name in {"think", "closeonly", "reasoning"} else ""
        assert (name, reply.text, reply.reasoning) == (name, ANSWER, thought)
        usage = reply.usage
        assert (name, usage.calls, usage.prompt_tokens, usage.output_tokens) == (name, 1, 12, 34)
        assert reply.model == f"{case.server}:{name}"


def test_every_fault_has_its_kind_and_one_clear_sentence(case, server):
    """The table of faults holds for each backend: kind, one sentence, a hint, no key, one request each."""
    left_out = case.skip | TOLD_ELSEWHERE
    table = {name: case.kinds.get(name, kind) for name, kind in KINDS.items() if name not in left_out}
    failing(case, server.url, "400")  # the first one loads the packages

    def ask(name):
        return failing(case, server.url, name, **(HASTY if name in SILENT else {}))

    with ThreadPoolExecutor(5) as pool:
        errors = dict(zip(table, pool.map(ask, table), strict=True))
    asked = Counter(body["model"] for body in server.bodies)
    for name, error in errors.items():
        said = f"{error} {error.hint} {error.__cause__}"
        assert error.hint, name
        assert not str(error).endswith("."), name
        assert not any(word in said for word in ("\n", "html>", KEY, "{")), (name, said)
        assert asked[name] == 1 + (error.kind == "truncated" or name == "400"), name
    assert {name: error.kind for name, error in errors.items()} == table


def test_the_wish_to_wait_is_read_and_a_quoted_key_is_blotted_out(case):
    """Retry-After arrives as seconds; a server that repeats a refused key does not get it onto the screen."""
    with ScriptedServer(lambda _body: Fault("429ra90"), wire=case.wire) as server:
        assert failing(case, server.url).retry_after == 90
        server.reply = lambda _body: Fault("401", f"Incorrect API key provided: {KEY}.")
        error = failing(case, server.url)
    assert (error.kind, KEY in f"{error} {error.hint}", "[key]" in str(error)) == ("auth", False, True)
    assert case.key_variable in error.hint


def test_one_message_and_the_key_are_sent(case):
    """One user message, no system prompt, a stream, the key in a header only; the schema where it helps."""
    with ScriptedServer(wire=case.wire) as server:
        model = case.open(server.url)
        model.complete(Prompt("classify", "all", "Grüße, 世界", SCHEMA))
        model.complete(PROMPT)
        first, second = server.requests
    assert [message["role"] for message in first.body["messages"]] == ["user"]
    assert first.body["messages"][0]["content"] == "Grüße, 世界"
    assert (first.body["stream"], "system" in first.body) == (True, False)
    assert KEY in f"{first.headers}"
    assert KEY not in f"{first.body} {first.path}"
    assert (case.schema(first.body) is not None) == (
        case.schema({"format": 1, "output_config": 1}) is not None
    )
    assert case.schema(second.body) is None


def test_a_truncated_answer_is_asked_for_once_more_with_twice_the_room(case):
    """The second answer counts, and both were paid for."""
    rooms = []

    def reply(body):
        body |= body.get("options", {})
        names = ("max_tokens", "max_completion_tokens", "num_predict")
        rooms.append(next(body[name] for name in names if name in body))
        return Shape("too long", finish="length") if rooms[-1] == 300 else Shape()

    with ScriptedServer(reply, wire=case.wire) as server:
        answer = case.open(server.url, max_tokens=300).complete(PROMPT)
    assert rooms == [300, 600]
    assert (answer.text, answer.usage.calls, answer.usage.tokens) == (ANSWER, 2, 92)


def test_progress_comes_while_the_answer_streams(case, server):
    """The listener hears of growing numbers of characters, thoughts first."""
    heard = []
    case.open(server.url, "reasoning", lambda *chars: heard.append(chars)).complete(PROMPT)
    assert heard[0] == (len(THOUGHT), 0)
    assert heard[-1] == (len(THOUGHT), len(ANSWER))
    assert heard == sorted(heard)


def test_a_stream_that_was_given_up_is_cut(case, server):
    """The thread that reads it ends at once, so that the server need not go on writing (and billing)."""
    for name in ("s_dribble", "s_stall"):
        failing(case, server.url, name, deadline_s=0.3, idle_s=30)
    end = time.monotonic() + 20  # its server is silent for a minute
    while any(thread.name == "toolwright-model" for thread in threading.enumerate()):
        assert time.monotonic() < end, "a reading thread is still there"
        time.sleep(0.02)


def test_nobody_there_is_the_networks_fault_and_not_the_keys(case):
    """A port where nobody listens is named, with what to do about it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        error = failing(case, f"http://{address}")
    assert error.kind == "network"
    assert address in str(error)
    assert "refuses the connection" in str(error)


def test_nothing_is_sent_where_a_server_points_to(case):
    """A redirection is not followed: neither the question nor the key goes to another server."""
    with ScriptedServer(wire=case.wire) as elsewhere, ScriptedServer(wire=case.wire) as server:
        moved = (307, b"{}", {"Location": elsewhere.url + case.wire.path})
        STATUSES["moved"] = moved
        try:
            error = failing(case, server.url, "moved")
        finally:
            del STATUSES["moved"]
        assert elsewhere.requests == []
    assert "another address" in str(error)


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(case, server, monkeypatch):
    """What runs here is reached directly, whatever HTTP_PROXY says."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert os.environ["HTTP_PROXY"]
    assert case.open(server.url).complete(PROMPT).text == ANSWER


def test_the_models_on_offer_are_listed(case):
    """Names, sorted; a list that is none is said to be so."""
    with ScriptedServer(models=case.wire.listing(["b", "a"]), wire=case.wire) as server:
        assert case.open(server.url).list_models() == ("a", "b")
        server.models = {"other": 3}
        with pytest.raises(ModelError) as caught:
            case.open(server.url).list_models()
    assert caught.value.kind == "protocol"


def test_events_of_any_shape_end_in_a_reply_or_a_model_error(case):
    """Nothing that a server may send as JSON gets out as another exception."""
    odd = [
        None,
        [],
        3,
        "x",
        {"choices": 3},
        {"choices": [{"delta": 3}, 4]},
        {"usage": "many"},
        {"message": 3},
    ]
    odd += [{"error": "oh"}, {"type": "content_block_delta"}, {"type": "message_delta", "delta": None}]
    odd += [{"done": True, "prompt_eval_count": -1}, {"delta": {"text": 5}, "type": "content_block_delta"}]
    with ScriptedServer(wire=case.wire) as server:
        for event in odd:
            server.reply = lambda _body, event=event: Shape(events=[event, event])
            error = failing(case, server.url)
            assert error.kind in {"protocol", "server", "empty"}, event


def test_no_key_shows_in_a_model(case):
    """Neither the model nor what it was made from shows the key."""
    model = case.open("http://127.0.0.1:1")
    assert KEY not in f"{model!r} {vars(model)!r} {model.name}"


def test_a_key_that_no_header_can_carry_is_refused_unseen(case):
    """The variable is named, the key is not."""
    with pytest.raises(ModelError) as caught:
        case.open("http://127.0.0.1:1", key="sk-secret\nsecond")
    assert caught.value.kind == "setup"
    assert case.key_variable in caught.value.hint
    assert "sk-" not in f"{caught.value} {caught.value.hint}"
