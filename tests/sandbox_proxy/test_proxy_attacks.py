"""Attacks on the proxy, each with its control: the same without the trick, which must reach the server.

An attack counts as contained when the server behind heard nothing of it (or, where a part is forwarded,
nothing that could be read in two ways), and the client was told a reason.
"""

import time

import pytest
from proxy_stage import QUICK, origin, proxy_for, status_of

from toolwright.sandbox.proxy.bounds import Bounds
from toolwright.sandbox.proxy.rules import Allowed, parse_allowed


@pytest.fixture(scope="module")
def server():
    """A server on every loopback address."""
    with origin() as running:
        yield running


GET = "GET http://{a}/ HTTP/1.1\r\nHost: {a}\r\n\r\n"
POST = "POST http://{a}/ HTTP/1.1\r\nHost: {a}\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    "POST http://{a}/ HTTP/1.1\r\nHost: {a}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)
TUNNEL = "CONNECT {a} HTTP/1.1\r\nHost: {a}\r\n\r\nGET / HTTP/1.1\r\n\r\n"


def with_line(text, line):
    """The request with one more header line."""
    return text.replace("\r\n\r\n", f"\r\n{line}\r\n\r\n", 1)


# name: (attack, control). {a} is the server that is allowed, {b} the same server by a name that is not.
REQUESTS = {
    "another host": (GET.replace("{a}", "{b}"), GET),
    "another port": (GET.replace("{a}", "127.0.0.1:1"), GET),
    "tunnel to another host": (TUNNEL.replace("{a}", "{b}"), TUNNEL),
    "tunnel to a mail port": (TUNNEL.replace("{a}", "127.0.0.1:25"), TUNNEL),
    "tunnel without a port": (TUNNEL.replace("{a}", "127.0.0.1"), TUNNEL),
    "tunnel by a URI": (TUNNEL.replace("CONNECT {a}", "CONNECT http://{a}/"), TUNNEL),
    "tunnel with a body": (with_line(TUNNEL, "Content-Length: 5"), TUNNEL),
    "tunnel with another Host": (TUNNEL.replace("Host: {a}", "Host: b.example"), TUNNEL),
    "Host of another site": (GET.replace("Host: {a}", "Host: b.example"), GET),
    "Host with another port": (GET.replace("Host: {a}", "Host: 127.0.0.1:80"), GET),
    "two Hosts": (with_line(GET, "Host: b.example"), GET),
    "two equal Hosts": (with_line(GET, "Host: {a}"), GET),
    "no Host": ("GET http://{a}/ HTTP/1.1\r\n\r\n", GET),
    "empty Host": (GET.replace("Host: {a}", "Host:"), GET),
    "user name in the URI": (GET.replace("http://{a}", "http://me:pw@{a}"), GET),
    "allowed host as user name": (GET.replace("http://{a}", "http://{a}@{b}"), GET),
    "backslash before the host": (GET.replace("http://{a}", "http://{a}\\@{b}"), GET),
    "fragment before the host": (GET.replace("http://{a}/", "http://{a}#@{b}/"), GET),
    "percent-coded host": (
        GET.replace("http://127", "http://%31").replace("http://{a}", "http://%31{a}"),
        GET,
    ),
    "host of another alphabet": (GET.replace("http://{a}", "http://\uff11{a}"), GET),
    "origin form": (GET.replace("http://{a}/", "/"), GET),
    "asterisk form": (GET.replace("GET http://{a}/", "OPTIONS *"), GET.replace("GET", "OPTIONS")),
    "https by a plain request": (GET.replace("http://", "https://"), GET),
    "another scheme": (GET.replace("http://", "ftp://"), GET),
    "file scheme": (GET.replace("http://{a}/", "file:///etc/passwd"), GET),
    "TRACE": (GET.replace("GET", "TRACE"), GET),
    "made-up method": (GET.replace("GET", "GETX"), GET),
    "lower-case method": (GET.replace("GET", "get"), GET),
    "HTTP/0.9": (GET.replace(" HTTP/1.1", ""), GET),
    "HTTP/2 preface": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", GET),
    "tab in the request line": (GET.replace("GET http", "GET\thttp"), GET),
    "two blanks in the request line": (GET.replace("GET http", "GET  http"), GET),
    "line before the request": ("\r\n" + GET, GET),
    "bare LF": (GET.replace("\r\n", "\n"), GET),
    "one bare LF": (with_line(GET, "X: y\nTransfer-Encoding: chunked"), with_line(GET, "X: y")),
    "bare CR": (with_line(GET, "X: y\rTransfer-Encoding: chunked"), with_line(GET, "X: y")),
    "null byte": (with_line(GET, "X: y\0z"), with_line(GET, "X: yz")),
    "other control character": (with_line(GET, "X: y\x0bz"), with_line(GET, "X: y\tz")),
    "continued line": (with_line(GET, "X: y\r\n z"), with_line(GET, "X: y")),
    "continued first line": (GET.replace("\r\nHost", "\r\n X: y\r\nHost"), GET),
    "blank before the colon": (POST.replace("Length:", "Length :"), POST),
    "line without a colon": (with_line(GET, "nonsense"), GET),
    "length and chunks": (with_line(CHUNKED, "Content-Length: 5"), CHUNKED),
    "chunks and length": (with_line(POST, "Transfer-Encoding: chunked"), POST),
    "two lengths": (with_line(POST, "Content-Length: 6"), POST),
    "two equal lengths": (with_line(POST, "Content-Length: 5"), POST),
    "list of lengths": (POST.replace(": 5", ": 5, 5"), POST),
    "signed length": (POST.replace(": 5", ": +5"), POST),
    "hexadecimal length": (POST.replace(": 5", ": 0x5"), POST),
    "negative length": (POST.replace(": 5", ": -5"), POST),
    "enormous length": (POST.replace(": 5", ": 99999999999999999999"), POST),
    "length with an underscore": (with_line(POST, "Content_Length: 0"), POST),
    "length removed by Connection": (with_line(POST, "Connection: content-length"), POST),
    "coding other than chunked": (CHUNKED.replace(": chunked", ": gzip"), CHUNKED),
    "coding twice": (with_line(CHUNKED, "Transfer-Encoding: identity"), CHUNKED),
    "coding in a list": (CHUNKED.replace(": chunked", ": chunked, identity"), CHUNKED),
    "coding in quotes": (CHUNKED.replace(": chunked", ': "chunked"'), CHUNKED),
    "coding after a control character": (CHUNKED.replace(": chunked", ": \x0bchunked"), CHUNKED),
    "chunks over HTTP/1.0": (CHUNKED.replace("HTTP/1.1", "HTTP/1.0"), CHUNKED),
    "unknown expectation": (with_line(POST, "Expect: 200-maybe"), with_line(POST, "Expect: 100-continue")),
    "huge head": (with_line(GET, "X: " + "y" * 40_000), with_line(GET, "X: " + "y" * 20_000)),
    "very many header lines": (
        GET.replace("\r\n\r\n", "\r\nX: y" * 200 + "\r\n\r\n"),
        GET.replace("\r\n\r\n", "\r\nX: y" * 50 + "\r\n\r\n"),
    ),
    "TLS to the proxy": ("\x16\x03\x01\x02\x00\x01\x00", GET),
    "SOCKS to the proxy": ("\x05\x01\x00", GET),
}


@pytest.mark.parametrize(("attack", "control"), REQUESTS.values(), ids=REQUESTS)
def test_no_trick_in_a_request_reaches_the_server(server, attack, control):
    """The server hears nothing of the attack and the client gets a 4xx; the control is served."""
    names = {"a": f"127.0.0.1:{server.port}", "b": f"localhost:{server.port}"}
    before = len(server.heard)
    with proxy_for([names["a"]]) as served:
        refused = served.ask(fill(attack, names), half_close=True)
        assert len(server.heard) == before
        passed = served.ask(fill(control, names))

    assert 400 <= status_of(refused) < 500
    assert status_of(passed) == 200
    assert passed.endswith(b"ok")
    assert len(server.heard) == before + 1
    by_decision = {record.allowed: record for record in served.records}  # each is told when it has ended
    assert len(served.records) == len(by_decision) == 2
    assert by_decision[False].why


def fill(text, names):
    """The bytes of a request for these hosts."""
    return text.replace("{a}", names["a"]).replace("{b}", names["b"]).encode("utf-8")


CHUNK_TRICKS = {
    "chunk extension": "5;x=y\r\nhello\r\n0\r\n\r\n",
    "enormous chunk": "FFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    "signed chunk": "+5\r\nhello\r\n0\r\n\r\n",
    "chunk with a prefix": "0x5\r\nhello\r\n0\r\n\r\n",
    "chunk ends in LF": "5\nhello\n0\n\n",
    "chunk longer than it says": "5\r\nhelloGET / HTTP/1.1\r\n0\r\n\r\n",
    "trailers": "5\r\nhello\r\n0\r\nHost: b.example\r\n\r\n",
}


@pytest.mark.parametrize("body", CHUNK_TRICKS.values(), ids=CHUNK_TRICKS)
def test_no_trick_in_a_chunk_reaches_the_server(body):
    """What is forwarded stops before the trick, so no request is complete; proper chunks pass."""
    with origin(reply=b"", closes=False) as server, proxy_for([f"127.0.0.1:{server.port}"]) as served:
        head, _, proper = CHUNKED.partition("\r\n\r\n")
        names = {"a": f"127.0.0.1:{server.port}", "b": ""}
        answer = served.ask(fill(f"{head}\r\n\r\n{body}", names), half_close=True)
        heard = server.heard[0].partition(b"\r\n\r\n")[2] if server.heard else b""
        with origin() as friendly, proxy_for([f"127.0.0.1:{friendly.port}"]) as open_way:
            names = {"a": f"127.0.0.1:{friendly.port}", "b": ""}
            passed = open_way.ask(fill(CHUNKED, names))
        control = friendly.heard[0].partition(b"\r\n\r\n")[2]

    assert status_of(answer) == 400
    assert b"5\r\nhello\r\n0\r\n".startswith(heard)
    assert status_of(passed) == 200
    assert control == proper.encode()


def test_a_second_request_on_the_same_connection_goes_nowhere(server):
    """What follows a request is not forwarded, be it for the same host, another, or the tail of a body."""
    names = {"a": f"127.0.0.1:{server.port}", "b": f"localhost:{server.port}"}
    second = GET.replace("GET http://{a}/", "GET http://{b}/secret")
    before = len(server.heard)
    with proxy_for([names["a"]]) as served:
        answers = [served.ask(fill(first + second, names)) for first in (GET, POST, CHUNKED)]

    assert [answer.count(b"HTTP/1.1 ") for answer in answers] == [1, 1, 1]
    assert len(server.heard) == before + 3
    assert not any(b"secret" in heard for heard in server.heard[before:])
    assert server.heard[-2].endswith(b"\r\n\r\nhello")


# Ways to reach the server by loopback, with the grant that opens each.
INSIDE = [
    ("127.0.0.1", "127.0.0.1"),
    ("127.1.2.3", "127.1.2.3"),
    ("0.0.0.0", "0.0.0.0"),
    ("[::1]", "::1"),
    ("[::]", "::"),
    ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
    ("localhost", "127.0.0.1"),
    ("inner.example", "127.0.0.1"),
    ("six.example", "::1"),
]


@pytest.mark.parametrize(("host", "address"), INSIDE)
@pytest.mark.parametrize("form", [GET, TUNNEL], ids=["plain", "tunnel"])
def test_nothing_inside_is_reached_unless_it_was_named(server, host, address, form):
    """An open grant and even the grant of the name do not lead to loopback; naming the address does."""
    port = server.port
    named = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    names = {"a": f"{host}:{port}", "b": ""}
    tight = Allowed(
        parse_allowed([f"network:{host}:{port}"]).hosts if host.endswith(".example") else (), True
    )
    before = len(server.heard)
    with proxy_for(tight, resolve=lambda *_: [address]) as served:
        refused = served.ask(fill(form, names))
    with proxy_for([f"{host}:{port}", named], resolve=lambda *_: [address]) as served:
        passed = served.ask(fill(form, names))

    assert status_of(refused) == 403
    assert b"--allow network:" in refused
    assert len(server.heard) == before + 1
    assert passed.endswith(b"ok")
    assert served.records[0].allowed


@pytest.mark.parametrize(
    "host", ["127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1.."]
)
def test_other_spellings_of_an_address_are_no_hosts(server, host):
    """Numbers that the C library would read as 127.0.0.1 are refused before anything is looked up."""
    names = {"a": f"{host}:{server.port}", "b": ""}
    asked = []
    before = len(server.heard)

    def resolve(*question):
        asked.append(question)
        return ["127.0.0.1"]

    with proxy_for([f"127.0.0.1:{server.port}"], resolve=resolve) as served:
        refused = served.ask(fill(GET, names))
        passed = served.ask(fill(GET, {"a": f"127.0.0.1:{server.port}", "b": ""}))
        dotted = served.ask(fill(GET, {"a": f"127.0.0.1.:{server.port}", "b": ""}))

    assert (status_of(refused), status_of(passed), status_of(dotted)) == (400, 200, 200)
    assert asked == []
    assert len(server.heard) == before + 2


def test_a_name_that_changes_between_check_and_connection_changes_nothing(server):
    """The name is looked up once a request; a second lookup, which would lead elsewhere, does not happen."""
    port = server.port
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "127.0.0.2"]])
    grant = [f"moving.example:{port}", f"127.0.0.1:{port}"]
    before = len(server.visited)
    with proxy_for(grant, resolve=lambda *_: next(answers)) as served:
        statuses = [
            status_of(served.ask(fill(GET, {"a": f"moving.example:{port}", "b": ""}))) for _ in range(3)
        ]

    assert statuses == [200, 403, 200]
    assert server.visited[before:] == ["127.0.0.1", "127.0.0.1"]
    assert [record.address for record in served.records] == ["127.0.0.1", "", "127.0.0.1"]
    assert next(answers, None) is None


def test_the_control_of_rebinding_the_other_address_is_really_there(server):
    """With 127.0.0.2 named as well, the answer does lead there: the test above had something to reach."""
    port = server.port
    grant = [f"moving.example:{port}", f"127.0.0.2:{port}"]
    before = len(server.visited)
    with proxy_for(grant, resolve=lambda *_: ["127.0.0.2"]) as served:
        assert status_of(served.ask(fill(GET, {"a": f"moving.example:{port}", "b": ""}))) == 200

    assert server.visited[before:] == ["127.0.0.2"]


def test_credentials_for_the_proxy_stay_here(server):
    """Proxy-Authorization and what Connection names do not go on; Authorization does, and is in no record."""
    text = with_line(
        GET, "Proxy-Authorization: Basic aaa\r\nAuthorization: Bearer bbb\r\nConnection: X-C\r\nX-C: ccc"
    )
    with proxy_for([f"127.0.0.1:{server.port}"]) as served:
        served.ask(fill(text, {"a": f"127.0.0.1:{server.port}", "b": ""}))

    heard = server.heard[-1]
    assert b"Bearer bbb" in heard
    assert b"aaa" not in heard
    assert b"ccc" not in heard
    assert not any(secret in repr(served.records) for secret in ("aaa", "bbb", "ccc"))


def test_text_of_a_request_gets_into_no_answer_and_no_record(server):
    """A refusal quotes checked hosts only: no line ends, no markup, no escape sequences of the client's."""
    bait = "\x1b[31m<script>bait"
    shapes = [GET.replace("{a}", bait), with_line(GET, f"Host: {bait}"), f"{bait} / HTTP/1.1\r\n\r\n"]
    with proxy_for(["a.org"]) as served:
        answers = [served.ask(fill(shape, {"a": "a.org", "b": ""})) for shape in shapes]

    assert all(status_of(answer) == 400 for answer in answers)
    assert not any(b"bait" in answer or b"\x1b" in answer for answer in answers)
    assert "bait" not in repr(served.records)


@pytest.mark.parametrize(
    "reply", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"x" * 70_000]
)
def test_a_server_that_speaks_something_else_is_cut_off(reply):
    """A plain request gets an HTTP answer or none: another protocol is not carried over it."""
    with origin(reply=reply) as server, proxy_for([f"127.0.0.1:{server.port}"]) as served:
        answer = served.ask(fill(GET, {"a": f"127.0.0.1:{server.port}", "b": ""}))

    assert status_of(answer) == 502
    assert reply[:20] not in answer
    assert served.records[0].why


def test_silent_and_slow_clients_do_not_keep_others_out(server):
    """Sixty silent connections are given up after the time for a head, and the next client is served."""
    with proxy_for([f"127.0.0.1:{server.port}"], bounds=Bounds(head_s=0.5, parallel=60)) as served:
        silent = [served.connect() for _ in range(60)]
        started = time.monotonic()
        answer = served.ask(fill(GET, {"a": f"127.0.0.1:{server.port}", "b": ""}))
        for client in silent:
            client.close()

    assert status_of(answer) == 200
    assert 0.3 < time.monotonic() - started < 30


def test_a_body_that_ends_early_is_not_completed():
    """A client that promises five bytes and sends two leaves a request that no server takes for complete."""
    with (
        origin(reply=b"", closes=False) as server,
        proxy_for([f"127.0.0.1:{server.port}"], bounds=QUICK) as served,
    ):
        names = {"a": f"127.0.0.1:{server.port}", "b": ""}
        answer = served.ask(fill(POST.removesuffix("llo"), names), half_close=True)

    assert status_of(answer) == 400
    assert server.heard[0].endswith(b"\r\n\r\nhe")
