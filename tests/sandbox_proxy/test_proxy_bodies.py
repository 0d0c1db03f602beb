"""The gates for bodies and answers: pieces of any size in, exactly what belongs to the message out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.sandbox.proxy.answers import Answer
from toolwright.sandbox.proxy.bodies import ChunkedBody, ExactBody
from toolwright.sandbox.proxy.refusals import RefusedError


def pour(gate, data, cuts=()):
    """Feed data in pieces until the gate is at its end, and return what came out."""
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    out = b""
    for start, stop in pairwise(edges):
        if not gate.ended:
            out += gate.feed(data[start:stop])
    return out


CUTS = st.lists(st.integers(0, 80), max_size=8)


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=5), CUTS, st.binary(max_size=9))
def test_chunks_pass_and_nothing_after_them(pieces, cuts, tail):
    """However chunks are cut on the way, they come out whole, and what follows the last does not."""
    chunked = b"".join(b"%04X\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"00\r\n\r\n"
    gate = ChunkedBody()

    out = pour(gate, chunked + tail, cuts)

    assert out == b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    assert gate.ended
    gate.finish()


@given(
    st.lists(st.sampled_from([b"5", b"\r", b"\n", b"\r\n", b"a", b"0", b";x", b" ", b"hello", b"-"])), CUTS
)
def test_odd_chunks_never_pass(tokens, cuts):
    """Any bytes are chunks or a refusal, and what has passed is the beginning of proper chunks."""
    gate = ChunkedBody()
    try:
        out = pour(gate, b"".join(tokens), cuts)
    except RefusedError:
        return

    again = ChunkedBody()
    assert pour(again, out) == out
    assert again.ended == gate.ended


@pytest.mark.parametrize(
    "data",
    [
        b"100000000\r\n",
        b"fffffffff",
        b"5;ext=1\r\nhello\r\n",
        b"5\nhello\n",
        b"0x5\r\n",
        b"+5\r\n",
        b" 5\r\n",
        b"5\r\nhelloX\r\n",
        b"5\r\nhello\n0\r\n",
        b"0\r\nTrailer: x\r\n\r\n",
        b"-1\r\n",
        b"\r\n",
        b"5\rX",
        b"5 \r\n",
    ],
)
def test_malformed_chunks_are_refused_at_once(data):
    """Sizes of more than eight digits, signs, extensions, trailers and bare line ends end the exchange."""
    with pytest.raises(RefusedError):
        ChunkedBody().feed(data)


@given(st.binary(max_size=40), st.integers(0, 50), CUTS)
def test_a_length_is_kept(data, length, cuts):
    """Exactly so many bytes pass, and fewer are an error at the end."""
    gate = ExactBody(length)

    assert pour(gate, data, cuts) == data[:length]
    assert gate.ended == (len(data) >= length)
    if gate.ended:
        gate.finish()
    else:
        with pytest.raises(RefusedError):
            gate.finish()


ANSWERS = [
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok", True),
    ("GET", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b"", True),
    ("GET", b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n", b"until the end", False),
    ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\nok\r\n0\r\n\r\n", False),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\n", b"okay", False),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"", True),
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"", True),
]


@pytest.mark.parametrize(("method", "head", "body", "ended"), ANSWERS)
@given(cuts=CUTS)
def test_an_answer_passes_and_says_close(method, head, body, ended, cuts):
    """Interim answers go before; the head says that the connection closes; the body ends where it must."""
    gate = Answer(method, 1000)
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    noisy = head.replace(b"\r\n", b"\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n", 1)

    out = pour(gate, interim + noisy + body + (b"TAIL" if ended else b""), cuts)

    assert out == interim + head[:-2] + b"Connection: close\r\n\r\n" + body
    assert gate.ended == ended
    gate.finish()


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.1 101 Switching\r\n\r\n", b"SSH-2.0\r\n\r\n", b"x" * 1001, b"HTTP/2 200\r\n\r\n", b"\r\n\r\n"],
)
def test_what_is_no_answer_is_refused(data):
    """Another protocol, or a head without end, is not passed on; neither is nothing."""
    with pytest.raises(RefusedError):
        Answer("GET", 1000).feed(data)
    with pytest.raises(RefusedError):
        Answer("GET", 1000).finish()


@given(st.binary(max_size=100), CUTS)
def test_any_answer_passes_or_is_refused(data, cuts):
    """No bytes of a server make the gate fail in another way."""
    try:
        out = pour(Answer("GET", 50), data, cuts)
    except RefusedError:
        return

    assert out == b"" or out.startswith(b"HTTP/1.")
