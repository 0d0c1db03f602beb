"""The head of a request: whatever comes in, what goes on can be read in one way."""

import re
import time

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.sandbox.proxy.heads import METHODS, Request, take_head
from toolwright.sandbox.proxy.refusals import Refusal, answer

MOST = 4096
HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"upgrade",
    b"trailer",
}


def take(raw):
    """Read a head that is expected to be complete."""
    return take_head(raw, MOST)


def test_a_request_is_written_anew():
    """The target becomes a path, Host is ours, what is meant for the proxy stays here, the rest goes on."""
    request, rest = take(
        b"POST HTTP://Api.Example.ORG.:8080/a/b?token=1 HTTP/1.1\r\nHost: api.example.org:8080\r\n"
        b"Proxy-Authorization: Basic c2VjcmV0\r\nProxy-Connection: keep-alive\r\nConnection: close, X-Hop\r\n"
        b"X-Hop: 1\r\nTE: trailers\r\nUpgrade: h2c\r\nAuthorization: Bearer k\r\nCookie: \xe4\r\n"
        b"Content-Length: 2\r\n\r\nhiMORE"
    )

    assert request == Request(
        "POST",
        "api.example.org",
        8080,
        "/a/b",
        b"POST /a/b?token=1 HTTP/1.1\r\nHost: api.example.org:8080\r\nAuthorization: Bearer k\r\n"
        b"Cookie: \xe4\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
        2,
    )
    assert rest == b"hiMORE"


@pytest.mark.parametrize(
    ("raw", "host", "port"),
    [
        (b"CONNECT a.org:443 HTTP/1.1\r\nHost: a.org:443\r\n\r\n", "a.org", 443),
        (b"CONNECT a.org:443 HTTP/1.1\r\nHost: A.org\r\n\r\n", "a.org", 443),
        (b"CONNECT A.ORG.:22 HTTP/1.0\r\n\r\n", "a.org", 22),
        (b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [0:0::1]:443\r\n\r\n", "::1", 443),
    ],
)
def test_a_tunnel_is_asked_for(raw, host, port):
    """CONNECT names a host and a port, with or without a Host field, and forwards nothing of its head."""
    request, rest = take(raw)

    assert request == Request("CONNECT", host, port)
    assert request.is_tunnel
    assert rest == b""


@pytest.mark.parametrize(
    ("target", "onward"),
    [
        (b"http://a.org", b"GET / HTTP/1.1\r\nHost: a.org\r\n"),
        (b"http://a.org?q", b"GET /?q HTTP/1.1\r\nHost: a.org\r\n"),
        (b"http://a.org:80/x", b"GET /x HTTP/1.1\r\nHost: a.org\r\n"),
        (b"http://a.org//b.org/@c", b"GET //b.org/@c HTTP/1.1\r\nHost: a.org\r\n"),
        (b"http://a.org/%00%0d%0a", b"GET /%00%0d%0a HTTP/1.1\r\nHost: a.org\r\n"),
    ],
)
def test_targets_become_paths(target, onward):
    """A path is passed on as it is, an absent one becomes /."""
    request, _ = take(b"GET " + target + b" HTTP/1.1\r\nHost: a.org\r\n\r\n")

    assert request.onward.startswith(onward)


def test_only_so_much_of_a_path_is_shown():
    """The path of a record has no query and a bounded length."""
    request, _ = take(b"GET http://a.org/" + b"x" * 3000 + b"?key=1 HTTP/1.1\r\nHost: a.org\r\n\r\n")

    assert request.path == "/" + "x" * 199


@pytest.mark.parametrize(
    "end", [b"", b"G", b"GET http://a.org/ HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nA: b\r\n\r"]
)
def test_an_incomplete_head_is_waited_for(end):
    """A proper beginning is neither a request nor a refusal."""
    assert take(end) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02",
        b"\r\n",
        b" GET",
        b"get ",
        b"GET \0",
        b"GET / HTTP/1.1\n",
        b"GET\rX",
        b"G" * (MOST + 1),
    ],
)
def test_garbage_is_not_waited_for(raw):
    """TLS, other protocols, stray line ends and heads without end are refused before they are complete."""
    assert isinstance(take(raw), Refusal)


def test_hostile_heads_cost_no_time():
    """Heads made to be slow, whole or byte by byte, are judged in time that grows with their length."""
    fat = 32 << 10
    start = b"GET http://a.org/ HTTP/1.1\r\n"
    heads = [
        start + b"a:" + b" " * fat + b"\x01\r\n\r\n",
        start + b"a" * fat + b"\r\n\r\n",
        b"GET http://" + b"a" * fat + b"# HTTP/1.1\r\n\r\n",
        b"GET http://a/" + b"?" * fat + b"# HTTP/1.1\r\n\r\n",
        b"GET http://" + b"a." * (fat // 2) + b"/ HTTP/1.1\r\n\r\n",
        b"GET http://[" + b":" * fat + b"]/ HTTP/1.1\r\n\r\n",
    ]
    dripping = start + b"X: y\r\n" * 2000
    started = time.process_time()

    for head in heads:
        assert isinstance(take_head(head, 4 * fat), Refusal)
    for end in range(0, len(dripping), 8):
        take_head(dripping[:end], 4 * fat)
    assert time.process_time() - started < 1.5


NAMES = st.sampled_from(
    [
        b"Host",
        b"host",
        b"Content-Length",
        b"Content_Length",
        b"Transfer-Encoding",
        b"Connection",
        b"Expect",
        b"X",
    ]
)
VALUES = st.sampled_from(
    [
        b"a.org",
        b"b.org",
        b"a.org:80",
        b"5",
        b"05",
        b"+5",
        b"5, 5",
        b"-1",
        b"chunked",
        b"Chunked",
        b"gzip, chunked",
        b"identity",
        b"close",
        b"host",
        b"x",
        b"\x0bchunked",
        b"",
        b"100-continue",
        b"\xff",
        b"a\x00b",
        b"a\rb",
    ]
)
LINES = st.builds(
    lambda name, before, after, value: name + before + b":" + after + value,
    NAMES,
    st.sampled_from([b"", b"", b"", b" ", b"\t"]),
    st.sampled_from([b" ", b"", b"\t", b"  "]),
    VALUES,
)
ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\n ", b"\r\r\n", b"\r\n\t"])
TARGETS = st.sampled_from(
    [
        b"http://a.org/",
        b"http://a.org:80/x?y",
        b"http://a.org",
        b"http://b.org/",
        b"http://a.org@b.org/",
        b"http://a.org\\@b.org/",
        b"http://a.org#@b.org/",
        b"//a.org/",
        b"/",
        b"*",
        b"a.org:443",
        b"https://a.org/",
        b"http:a.org",
        b"ftp://a.org/",
        b"http:///",
        b"http://a.org:/",
        b"http://a.org:080/",
        b"http://%61.org/",
    ]
)
FIRST = st.builds(
    lambda method, gap, target, version: method + gap + target + b" " + version,
    st.sampled_from([b"GET", b"POST", b"CONNECT", b"HEAD", b"TRACE", b"PRI", b"get"]),
    st.sampled_from([b" ", b" ", b" ", b"  ", b"\t"]),
    TARGETS,
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.1 x", b"http/1.1"]),
)
LIKELY = st.builds(
    lambda first, ends, lines, tail: (
        first + b"".join(end + line for end, line in zip(ends, lines, strict=False)) + b"\r\n\r\n" + tail
    ),
    FIRST,
    st.lists(ENDS, min_size=6, max_size=6),
    st.lists(st.just(b"Host: a.org") | LINES, max_size=6),
    st.binary(max_size=10),
)


def check_unambiguous(request):
    """What goes on is read alike by an independent parser, which finds one host and one framing."""
    reader = h11.Connection(h11.SERVER)
    reader.receive_data(request.onward)
    event = reader.next_event()
    assert isinstance(event, h11.Request)
    names = [name for name, _ in event.headers]
    values = dict(event.headers)
    shown = request.host if request.port == 80 else f"{request.host}:{request.port}"
    assert names.count(b"host") == 1
    assert values[b"host"] == shown.encode()
    assert names.count(b"connection") == 1
    assert values[b"connection"] == b"close"
    assert names.count(b"content-length") + names.count(b"transfer-encoding") == (
        1 if request.body or b"content-length" in names else 0
    )
    assert values.get(b"transfer-encoding", b"chunked").lower() == b"chunked"
    assert int(values.get(b"content-length", b"0")) == (0 if request.body == "chunked" else request.body)
    assert event.method.decode() == request.method in METHODS
    assert event.target.startswith(b"/")
    assert not HOP - {b"connection"} & set(names)
    assert not re.search(rb"[\0]|(?<!\r)\n|\r(?!\n)", request.onward)


@given(LIKELY | st.binary(max_size=200))
def test_nothing_ambiguous_goes_on(raw):
    """Any bytes are a request that another parser reads alike, a refusal, or incomplete; never an error."""
    taken = take(raw)
    if isinstance(taken, tuple) and not taken[0].is_tunnel:
        assert raw.endswith(taken[1])
        check_unambiguous(taken[0])
    elif isinstance(taken, tuple):
        assert taken[0].onward == b""
    elif isinstance(taken, Refusal):
        assert 400 <= taken.status < 500
        text = answer(taken)
        assert text.isascii()
        assert text.count(b"\r\n\r\n") == 1
        assert text.count(b"\r\n") == 5
    else:
        assert b"\r\n\r\n" not in raw


@given(LIKELY, st.integers(0, 300))
def test_a_head_in_pieces_is_the_same_head(raw, cut):
    """A part of a head is waited for or refused; it is never taken for another request than the whole."""
    whole, part = take(raw), take(raw[:cut])

    if isinstance(part, tuple):
        assert isinstance(whole, tuple)
        assert part[0] == whole[0]
    elif isinstance(part, Refusal):
        assert isinstance(whole, Refusal)
