"""The fault table: whatever goes wrong on the wire becomes a ModelError of the right kind, said well."""

import socket
import time

import httpx
import pytest
from fault_table import KINDS, SILENT
from scripted_server import BODIES, BREAKS, SHAPES, STATUSES, Fault, ScriptedServer

from toolwright.errors import ModelError
from toolwright.models.endpoint import Connection
from toolwright.models.pump import Abandoned
from toolwright.models.together import TogetherModel
from toolwright.models.wire import Line
from toolwright.types import Prompt

PROMPT = Prompt("generate", "add", "Write add.")
KEY = "sk-the-secret-key"

SAYS = {
    "400": "together:400 is not available to this account: Unable to access non-serverless model",
    "402": "Credit limit exceeded",
    "403": "inputs tokens",
    "504": "HTTP 504",
    "cutthink": "while it was still thinking",
    "cutcode": "in the middle of its answer",
    "err200": "oops in a 200",
    "html200": "text/html",
    "s_error": "engine died mid-stream",
    "s_stall": "nothing for 0.4 s",
    "weird": "content_filter",
}
HINTS = {
    "model": ("--model together:NAME", "python agent.py models"),
    "auth": ("TOGETHER_API_KEY",),
    "billing": ("TOGETHER_API_KEY", "credit"),
    "network": ("127.0.0.1",),
    "context": ("--model together:NAME",),
}


@pytest.fixture(scope="module")
def server():
    """A server that goes wrong in the way the model is called."""
    with ScriptedServer(hang_s=60) as running:
        yield running


def ask(server, name):
    """Ask once and return the error; only of one who stays silent is it known that waiting is for nothing."""
    idle_s, deadline_s = (0.4, 1.0) if name in SILENT else (30.0, 60.0)
    connection = Connection(KEY, server.url, idle_s=idle_s, deadline_s=deadline_s, max_tokens=100)
    with pytest.raises(ModelError) as caught:
        TogetherModel(name, connection).complete(PROMPT)
    return caught.value


@pytest.mark.parametrize("name", KINDS)
def test_every_fault_has_its_kind_and_one_clear_sentence(server, name):
    """Kind, sentence and hint fit the fault; the sentence is one line without markup, full stop or key."""
    before = len(server.bodies)
    error = ask(server, name)
    assert error.kind == KINDS[name]
    assert SAYS.get(name, "") in str(error)
    assert all(part in error.hint for part in HINTS.get(error.kind, (" ",)))
    assert "\n" not in str(error)
    assert "html>" not in str(error)
    assert not str(error).endswith(".")
    assert KEY not in f"{error} {error.hint} {error.__cause__}"
    tries = len(server.bodies) - before
    assert tries == (2 if error.kind == "truncated" else 1), "the SDK must not retry by itself"


def test_the_table_leaves_no_scripted_fault_out():
    """Every fault that the server can play is in the table above."""
    good = {"think", "closeonly", "emptythink", "reasoning", "reasoning_content", "eos"}
    assert set(STATUSES) | set(BODIES) | BREAKS | (set(SHAPES) - good) <= set(KINDS)


def test_the_wish_to_wait_is_read(server):
    """Retry-After reaches the error as a number of seconds."""
    assert ask(server, "429ra").retry_after == 2
    assert ask(server, "429ra90").retry_after == 90
    assert ask(server, "429").retry_after is None


def test_a_key_that_the_server_quotes_is_blotted_out():
    """A server that repeats the refused key does not get it onto the screen."""
    with ScriptedServer(lambda _body: Fault("401", f"Incorrect API key provided: {KEY}.")) as server:
        error = ask(server, "any")
    assert error.kind == "auth"
    assert "[key]" in str(error)
    assert KEY not in str(error)


def test_a_refused_connection_is_named_with_its_host():
    """A port where nobody listens is the network's fault, told at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ModelError) as caught:
            TogetherModel("x", Connection(KEY, f"http://127.0.0.1:{port}")).complete(PROMPT)
    assert caught.value.kind == "network"
    assert f"127.0.0.1:{port} refuses the connection" in str(caught.value)


def test_a_host_without_an_address_is_named():
    """A name that does not resolve is said to be just that, well within 15 seconds."""
    start = time.monotonic()
    with pytest.raises(ModelError) as caught:
        TogetherModel("x", Connection(KEY, "http://no-such-host.invalid")).complete(PROMPT)
    assert caught.value.kind == "network"
    assert "no-such-host.invalid" in str(caught.value)
    assert time.monotonic() - start < 15


def test_a_connection_that_is_never_made_ends_in_time():
    """A host that swallows packets is given up after `connect_s`."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        fillers = [_half_open(address) for _ in range(4)]  # a full backlog drops further handshakes
        try:
            start = time.monotonic()
            connection = Connection(KEY, f"http://127.0.0.1:{address[1]}", connect_s=0.5, idle_s=90)
            with pytest.raises(ModelError) as caught:
                TogetherModel("x", connection).complete(PROMPT)
            assert time.monotonic() - start < 30
        finally:
            for filler in fillers:
                filler.close()
    assert caught.value.kind == "network"
    assert "connection" in str(caught.value)


def _half_open(address):
    filler = socket.socket()
    filler.setblocking(False)
    filler.connect_ex(address)
    return filler


def test_an_answer_to_plain_http_on_a_tls_port_is_the_networks_fault(server):
    """Speaking TLS to a server that does not is a network error, not a traceback."""
    url = server.url.replace("http:", "https:")
    with pytest.raises(ModelError) as caught:
        TogetherModel("x", Connection(KEY, url)).complete(PROMPT)
    assert caught.value.kind == "network"


@pytest.mark.parametrize("path", ["/elsewhere", "/v2"])
def test_a_wrong_base_url_does_not_hang_or_crash(server, path):
    """An address where nothing is served ends as a refusal."""
    with pytest.raises(ModelError) as caught:
        TogetherModel("x", Connection(KEY, server.url + path)).complete(PROMPT)
    assert "Not found" in str(caught.value)


def test_a_connection_that_is_made_too_late_carries_no_question(server):
    """When name resolution outlasts our patience, nothing is sent (and billed) afterwards."""
    told, before = [], len(server.requests)
    line = Line(lambda: told.append("connected"))
    line.cut()
    with httpx.Client(event_hooks={"request": [line.watch]}) as client, pytest.raises(Abandoned):
        client.get(f"{server.url}/v1/models")
    assert told == []
    assert len(server.requests) == before
