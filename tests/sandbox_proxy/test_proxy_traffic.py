"""Ordinary clients through the proxy: real servers, TLS under an own authority; large, many, slow, cut."""

import hashlib
import os
import resource
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests
import trustme
from proxy_stage import QUICK, origin, proxy_for, read_all, status_of, wait_until, web_server

from toolwright.sandbox.proxy.bounds import Bounds
from toolwright.sandbox.proxy.environment import proxy_environment

MIB = 1 << 20
PIECE = os.urandom(MIB)
PATIENT = Bounds()
"""For clients that do nothing wrong: on a busy machine a second of silence means nothing."""


class Pages(BaseHTTPRequestHandler):
    """GET /mib/N sends N MiB, /chunks chunks, /to/URL redirects, else the headers; POST answers a digest."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Answer by the path."""
        _, kind, rest = f"{self.path}//".split("/", 2)
        if kind == "mib":
            count = int(rest.strip("/"))
            self._head(200, {"Content-Length": str(count * MIB)})
            for _ in range(count):
                self.wfile.write(PIECE)
        elif kind == "chunks":
            self._head(200, {"Transfer-Encoding": "chunked", "Connection": "close"})
            self.wfile.write(b"5\r\nhello\r\n6;x=y\r\n there\r\n0\r\nTrailer: t\r\n\r\n")
        elif kind == "to":
            self._head(302, {"Location": rest.removesuffix("//"), "Content-Length": "0"})
        else:
            self._answer("\n".join(f"{name}: {value}" for name, value in self.headers.items()).encode())

    def do_POST(self):
        """Answer with length and digest of the body."""
        body = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode())

    def _answer(self, text):
        self._head(200, {"Content-Length": str(len(text))})
        self.wfile.write(text)

    def _head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def authority():
    """A certificate authority of our own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def plain():
    """The port of an HTTP server."""
    with web_server(Pages) as port:
        yield port


@pytest.fixture(scope="module")
def secure(authority):
    """The port of an HTTPS server for `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with web_server(Pages, context) as port:
        yield port


@pytest.fixture(params=["http", "https"])
def site(request, plain, secure, authority, tmp_path):
    """A base URL of either scheme, its port, and what `verify` must be."""
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    port = plain if request.param == "http" else secure
    return f"{request.param}://localhost:{port}", port, str(bundle)


def session(served, verify=True):
    """A client that knows its proxy from the variables a cell gets."""
    client = requests.Session()
    client.trust_env = False
    variables = proxy_environment("127.0.0.1", served.port)
    client.proxies = {"http": variables["HTTP_PROXY"], "https": variables["HTTPS_PROXY"]}
    client.verify = verify
    return client


def test_requests_works_over_both_schemes(site):
    """A page is fetched, a body posted, and a record tells of each without query and headers."""
    url, port, bundle = site
    with proxy_for([f"localhost:{port}"], bounds=PATIENT) as served, session(served, bundle) as client:
        headers = {"Authorization": "Bearer secret", "Connection": "close"}
        page = client.get(f"{url}/x?key=secret", headers=headers)
        posted = client.post(url, data=b"hello")
        chunked = client.post(url, data=iter([b"hel", b"lo"]))
        served.settled(1)

    assert "Authorization: Bearer secret" in page.text
    assert "Proxy" not in page.text
    assert posted.text == chunked.text == f"5 {hashlib.sha256(b'hello').hexdigest()}"
    first = served.records[0]
    assert (first.host, first.port, first.address) == ("localhost", port, "127.0.0.1")
    assert all(record.allowed and record.sent and record.received for record in served.records)
    assert first.path == ("/x" if url.startswith("http:") else "")
    assert "secret" not in repr(served.records)
    assert first.why == ""


def test_an_answer_in_chunks_arrives(site):
    """What the server sends in chunks reaches the client, extensions and trailers included."""
    url, port, bundle = site
    with proxy_for([f"localhost:{port}"], bounds=PATIENT) as served, session(served, bundle) as client:
        assert client.get(f"{url}/chunks").text == "hello there"


def test_a_foreign_certificate_is_the_clients_to_refuse(secure):
    """Nobody reads TLS on the way: a client without our authority refuses the server's own certificate."""
    refused = pytest.raises(requests.exceptions.SSLError, match="certificate verify failed")
    patient = proxy_for([f"localhost:{secure}"], bounds=PATIENT)
    with patient as served, session(served) as client, refused:
        client.get(f"https://localhost:{secure}/")


def test_a_refusal_says_what_to_allow(site):
    """The client's own error shows the option, for both schemes, and nothing reaches the server."""
    url, port, bundle = site
    with proxy_for(["a.org"], bounds=PATIENT) as served, session(served, bundle) as client:
        if url.startswith("https"):
            with pytest.raises(requests.exceptions.ProxyError, match=rf"--allow network:localhost:{port}"):
                client.get(url)
        else:
            answer = client.get(url)
            assert (answer.status_code, answer.text) == (
                403,
                f"localhost:{port} is not allowed; to allow it: --allow network:localhost:{port}\n",
            )
            assert f"--allow network:localhost:{port}" in answer.reason

    assert [record.allowed for record in served.records] == [False]
    assert served.records[0].address == ""


@pytest.mark.parametrize(("host", "status"), [("localhost", 403), ("127.0.0.1", 200)])
def test_a_client_that_is_still_sending_gets_its_answer(host, status):
    """Whether the proxy refuses or the server answers early: the client sends on, then reads why."""
    with origin() as server, proxy_for([f"127.0.0.1:{server.port}"]) as served, served.connect() as client:
        name = f"{host}:{server.port}"
        client.sendall(
            f"POST http://{name}/ HTTP/1.1\r\nHost: {name}\r\nContent-Length: 9999\r\n\r\n".encode()
        )
        for _ in range(4):
            time.sleep(0.1)
            client.sendall(b"x" * 100)
        answer = read_all(client)

    assert status_of(answer) == status


def test_a_redirect_comes_back_and_is_judged_again(plain):
    """A server that is allowed cannot send the client to one that is not."""
    with origin() as other, proxy_for([f"localhost:{plain}"]) as served, session(served) as client:
        refused = client.get(f"http://localhost:{plain}/to/http://localhost:{other.port}/")
        allowed = client.get(f"http://localhost:{plain}/to/http://localhost:{plain}/x")

        assert (refused.status_code, allowed.status_code) == (403, 200)
        assert other.heard == []


def test_one_session_talks_to_two_hosts_and_both_are_judged(plain):
    """A client that keeps its connections meets the rules at every request."""
    with origin() as other, proxy_for([f"localhost:{plain}"]) as served, session(served) as client:
        ports = [plain, other.port, plain, other.port]
        statuses = [client.get(f"http://localhost:{port}/").status_code for port in ports]

        assert statuses == [200, 403, 200, 403]
        assert other.heard == []


def test_large_bodies_stream_with_flat_memory(site):
    """Ten MiB up and forty down pass piece by piece: our memory grows by far less than they measure."""
    url, port, bundle = site
    with proxy_for([f"localhost:{port}"], bounds=PATIENT) as served, session(served, bundle) as client:
        client.get(f"{url}/mib/1")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with client.get(f"{url}/mib/40", stream=True) as answer:
            received = sum(len(piece) for piece in answer.iter_content(1 << 16))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        posted = client.post(url, data=PIECE * 10)

    assert received == 40 * MIB
    assert grown < 20 << 10  # KiB; what is on its way at once depends on who is scheduled
    assert posted.text == f"{10 * MIB} {hashlib.sha256(PIECE * 10).hexdigest()}"


def test_a_client_that_does_not_read_stops_its_server(plain):
    """Bytes that nobody takes are not piled up in the proxy: the server has to wait."""
    with proxy_for([f"localhost:{plain}"], bounds=Bounds(idle_s=0.5)) as served, served.connect() as client:
        request = f"GET http://localhost:{plain}/mib/200 HTTP/1.1\r\nHost: localhost:{plain}\r\n\r\n"
        client.sendall(request.encode())
        (record,) = served.settled(1)

    assert record.received < 50 * MIB
    assert record.why == "nothing moved for 0.5 s"


def test_fifty_connections_at_once(site):
    """Fifty clients at the same time get their answers."""
    url, port, bundle = site
    gate = threading.Barrier(50)

    def fetch(number):
        with session(served, bundle) as client:
            gate.wait()
            return client.post(url, data=b"%d" % number).text

    with proxy_for([f"localhost:{port}"], bounds=PATIENT) as served, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(fetch, range(50)))

    assert answers == [f"{len(str(n))} {hashlib.sha256(b'%d' % n).hexdigest()}" for n in range(50)]
    assert len(served.records) == 50


def test_more_than_may_be_served_at_once_wait_for_their_turn():
    """With two places, six clients are served two by two, and none is refused."""
    with origin() as server, proxy_for([f"127.0.0.1:{server.port}"], bounds=Bounds(parallel=2)) as served:
        host = f"127.0.0.1:{server.port}"
        raw = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        with ThreadPoolExecutor(4) as pool:
            with served.connect(), served.connect():
                waiting = [pool.submit(served.ask, raw) for _ in range(4)]
                time.sleep(0.3)
                assert server.heard == []
            answers = [one.result() for one in waiting]

    assert [status_of(one) for one in answers] == [200] * 4


def test_a_slow_head_is_given_up():
    """A client that sends its head byte by byte has the time of a whole head, not of each byte."""
    with proxy_for(["a.org"], bounds=Bounds(head_s=0.4)) as served, served.connect() as client:
        started = time.monotonic()
        client.sendall(b"GET http://a.org/ HTTP/1.1\r\nX: ")
        while not served.records and time.monotonic() - started < 30:
            client.send(b"x")
            time.sleep(0.05)
        answer = read_all(client)
        assert time.monotonic() - started < 20

    assert status_of(answer) == 408
    assert not served.records[0].allowed


def test_a_tunnel_keeps_its_other_half():
    """A client that has said all it had to say still hears the answer, and the server hears the end."""
    with origin(closes=True) as server, proxy_for([f"127.0.0.1:{server.port}"]) as served:
        client, status = served.tunnel("127.0.0.1", server.port)
        with client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            client.sendall(b"Host: x\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            answer = read_all(client)
        (record,) = served.settled(1)

    assert status == "HTTP/1.1 200 Connection established"
    assert answer.endswith(b"ok")
    assert (record.sent, record.received, record.why) == (27, len(answer), "")


def test_a_client_that_ends_its_side_still_gets_its_answer():
    """A half-closed plain request is answered like any other."""
    with origin() as server, proxy_for([f"127.0.0.1:{server.port}"]) as served:
        host = f"127.0.0.1:{server.port}"
        answer = served.ask(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), half_close=True)

    assert answer.endswith(b"\r\n\r\nok")


def test_a_server_that_keeps_the_connection_open_does_not_keep_the_client():
    """An answer of known length is over when it is complete, whatever the server does with the connection."""
    with origin(closes=False) as server, proxy_for([f"127.0.0.1:{server.port}"], bounds=PATIENT) as served:
        host = f"127.0.0.1:{server.port}"
        answer = served.ask(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), half_close=True)
        (record,) = served.settled(1)

    assert record.why == ""  # it did not end because nothing moved for so long
    assert answer.endswith(b"ok")
    assert b"\r\nConnection: close\r\n" in answer


def test_a_server_that_is_not_there_is_a_sentence():
    """Nobody listening, no such name and silence each give one clear answer."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with proxy_for([f"127.0.0.1:{port}", "nowhere.example"]) as served:
        absent = served.ask(
            f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        )
        unknown = served.ask(b"CONNECT nowhere.example:443 HTTP/1.1\r\nHost: nowhere.example\r\n\r\n")

    assert absent.startswith(f"HTTP/1.1 502 127.0.0.1:{port} cannot be reached: connection refused".encode())
    assert unknown.startswith(b"HTTP/1.1 502 there is no address for nowhere.example")


def test_a_silent_server_is_given_up():
    """A server that takes the request and says nothing costs the idle time, no more."""
    with origin(reply=b"", closes=False) as server, proxy_for([f"127.0.0.1:{server.port}"]) as served:
        host = f"127.0.0.1:{server.port}"
        answer = served.ask(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 504 nothing moved for 1 s")
    assert served.records[0].why == "nothing moved for 1 s"


def test_the_bytes_of_a_run_are_counted_together(plain):
    """When all exchanges together have moved what the run may move, the next byte is not forwarded."""
    with proxy_for([f"localhost:{plain}"], bounds=Bounds(total_bytes=3 * MIB)) as served:
        with session(served) as client:
            sizes = []
            for _ in range(2):
                with client.get(f"http://localhost:{plain}/mib/1", stream=True) as answer:
                    sizes.append(len(answer.content))
            with pytest.raises(requests.exceptions.RequestException):
                client.get(f"http://localhost:{plain}/mib/2")
            late = client.get(f"http://localhost:{plain}/x")
        records = served.settled(4)

    assert sizes == [MIB, MIB]
    assert late.status_code == 413
    assert sum(record.sent + record.received for record in records) <= 3 * MIB
    assert [record.why for record in records[2:]] == [
        "the run moved more than 3145728 bytes over the network"
    ] * 2


def test_the_connections_of_a_run_are_counted():
    """After so many connections the next is turned away in words."""
    with proxy_for(["a.org"], bounds=Bounds(connections=3)) as served:
        statuses = [status_of(served.ask(b"GET / HTTP/1.1\r\n\r\n")) for _ in range(5)]

    assert statuses == [400, 400, 400, 429, 429]
    assert len(served.records) == 3


def descriptors():
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted through /proc")
def test_the_end_of_a_run_ends_everything():
    """Open tunnels, half heads, unfinished answers: all are cut, recorded and let go of in a moment."""
    threads, files = set(threading.enumerate()), descriptors()
    with origin(reply=b"", closes=False) as server:
        around = descriptors() - files
        with proxy_for([f"127.0.0.1:{server.port}"], bounds=Bounds()) as served:
            tunnel, _ = served.tunnel("127.0.0.1", server.port)
            tunnel.sendall(b"hello")
            half, silent, waiting = served.connect(), served.connect(), served.connect()
            half.sendall(b"GET http://")
            host = f"127.0.0.1:{server.port}"
            waiting.sendall(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            wait_until(lambda: len(server.heard) == 2 and all(server.heard))
            started = time.monotonic()
        assert time.monotonic() - started < 15  # and not the minute for which each of them may be idle
        for client in (tunnel, half, silent, waiting):
            with client:
                assert read_all(client) == b""
        wait_until(lambda: descriptors() <= files + around)

    wait_until(lambda: set(threading.enumerate()) <= threads)
    assert sorted(record.why for record in served.records) == ["the run ended", "the run ended"]
    assert min(record.sent for record in served.records) == 5
    assert descriptors() == files


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted through /proc")
def test_many_exchanges_leave_nothing_behind():
    """Two hundred exchanges, good, refused, broken and abandoned, leave no thread and no descriptor."""
    with origin() as server:
        threads, files = set(threading.enumerate()), descriptors()
        host = f"127.0.0.1:{server.port}"
        good = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        with proxy_for([host], bounds=Bounds(idle_s=1)) as served, ThreadPoolExecutor(8) as pool:
            for raw in (
                good,
                b"GET http://b.org/ HTTP/1.1\r\nHost: b.org\r\n\r\n",
                b"\x16\x03",
                b"CONNECT x",
            ):
                list(pool.map(lambda raw: served.ask(raw, half_close=True), [raw] * 50))
        pool.shutdown()
        wait_until(lambda: descriptors() <= files)
        wait_until(
            lambda: not {t for t in set(threading.enumerate()) - threads if t.name.startswith("proxy")}
        )

        assert len(served.records) == 200
        assert sum(record.allowed for record in served.records) == 50


def test_closing_waits_for_no_resolver_for_ever():
    """A name service that hangs does not hold the end of the run; its thread ends with it."""
    release = threading.Event()

    def hang(*_):
        release.wait(90)
        return []

    with proxy_for(["a.org"], resolve=hang, bounds=QUICK) as served:
        client = served.connect()
        client.sendall(b"GET http://a.org/ HTTP/1.1\r\nHost: a.org\r\n\r\n")
        wait_until(lambda: any(thread.name == "proxy-serve" for thread in threading.enumerate()))
        threading.Timer(0.5, release.set).start()
    client.close()

    wait_until(lambda: not any(thread.name == "proxy-serve" for thread in threading.enumerate()))


CHILD = """\
import os, sys, urllib.request
assert os.environ["NO_PROXY"] == ""
print(urllib.request.urlopen(sys.argv[1]).read().decode())
import requests
print(requests.get(sys.argv[1]).text)
"""


def test_the_variables_are_enough_for_ordinary_programs(plain):
    """Both urllib and requests find the proxy by the variables alone, also for localhost."""
    with proxy_for([f"localhost:{plain}"]) as served:
        environment = {"PATH": "/usr/bin:/bin", **proxy_environment("127.0.0.1", served.port)}
        command = [sys.executable, "-c", CHILD, f"http://localhost:{plain}/"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    assert done.returncode == 0, done.stderr
    assert len(served.records) == 2
    assert all(record.allowed for record in served.records)


def test_the_variables_come_in_both_spellings():
    """Upper and lower case agree, no host is left out, and an IPv6 address stands in brackets."""
    variables = proxy_environment("::1", 3128)

    assert variables["http_proxy"] == variables["HTTPS_PROXY"] == "http://[::1]:3128"
    assert {name.upper() for name in variables} == {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
    assert len(variables) == 6
    assert variables["no_proxy"] == variables["NO_PROXY"] == ""
