"""What a tool with a network grant reaches, how it learns of a refusal, and what ends with its call."""

import os
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from toolwright.errors import SandboxError
from toolwright.packages.installed import Site
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.sandbox.grants import make_order
from toolwright.sandbox.levels import LEVELS, try_level
from toolwright.sandbox.proxy.rules import parse_allowed
from toolwright.sandbox.public_files import private_keys
from toolwright.sandbox.survey import Survey
from toolwright.sandbox.way_out import WayOut
from toolwright.sandbox.zygote.order import Grant
from toolwright.types import Limits, Policy

PACKAGES = tuple(Site(sys.path).modules_of(["requests", "httpx"]))

SOURCE = """
import os, socket, ssl, time, urllib.request

def by_urllib(url, verify=None):
    trusted = ssl.create_default_context(cafile=verify)
    return urllib.request.urlopen(url, context=trusted, timeout=5).read().decode()

def by_requests(url, verify=None):
    import requests
    return requests.get(url, verify=verify or True, timeout=5).text

def by_httpx(url, verify=None):
    import httpx
    return httpx.get(url, verify=ssl.create_default_context(cafile=verify), timeout=5).text

def careless(url):
    try:
        urllib.request.urlopen(url, timeout=5)
    except OSError:
        raise ValueError("it did not work") from None

def connect(port):
    with socket.create_connection(("127.0.0.1", port), 5) as end:
        return end.recv(10).decode()

def listen(port):
    with socket.create_server(("0.0.0.0", port)) as door:
        door.settimeout(1.0)
        try:
            door.accept()
        except TimeoutError:
            return "nobody came"
        return "somebody came"

def leave_open(host, port):
    proxy = os.environ["http_proxy"].rpartition(":")[2]
    global kept
    kept = socket.create_connection(("127.0.0.1", int(proxy)))
    kept.sendall(f"CONNECT {host}:{port} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n\\r\\n".encode())
    answer = kept.recv(100)
    kept.sendall(b"first")
    time.sleep(0.2)
    return answer.decode().splitlines()[0]

def trusted():
    found = ssl.create_default_context().cert_store_stats()["x509_ca"]
    return [found, os.path.isdir("/etc/ssl/certs"), sorted(k for k in os.environ if "proxy" in k.lower())]

def lookup(name):
    return sorted({entry[4][0] for entry in socket.getaddrinfo(name, 80)})
"""


class Hello(BaseHTTPRequestHandler):
    """Answers with the path."""

    def do_GET(self):
        """Say where the request went."""
        text = f"hello from {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.server.visits.append(self.path)

    def log_message(self, *_):
        """Be quiet."""


def serving(tls=None):
    """A web server on 127.0.0.1 in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    server.visits = []
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture(scope="module")
def full():
    """A sandbox at level full."""
    fault = try_level("full")
    if fault:
        pytest.skip(f"level full does not work here: {fault}")
    with ConfinedSandbox("full") as box:
        yield box


@pytest.fixture(scope="module", params=LEVELS)
def box(request):
    """A sandbox at each level that works here."""
    fault = try_level(request.param)
    if fault:
        pytest.skip(f"level {request.param} does not work here: {fault}")
    with ConfinedSandbox(request.param) as box:
        yield box


@pytest.fixture(scope="module")
def authority():
    """A certificate authority of our own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def servers(authority):
    """One web server for each scheme."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    started = {"http": serving(), "https": serving(tls)}
    yield started
    for server in started.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def free_port():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("library", ["by_urllib", "by_requests", "by_httpx"])
def test_a_granted_host_answers(full, servers, authority, tmp_path, library, scheme):
    """Each library finds the proxy by itself; an authority of our own comes as a granted file, by path."""
    pytest.importorskip(library.removeprefix("by_"))
    port = servers[scheme].server_port
    pem = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(pem))
    policy = Policy(network=(f"127.0.0.1:{port}",), read=(str(pem),), packages=PACKAGES)
    arguments = {"url": f"{scheme}://127.0.0.1:{port}/a?token=secret", "verify": str(pem)}

    result = full.call(SOURCE, library, arguments, policy)

    assert result.value == "hello from /a?token=secret", result
    (seen,) = result.exchanges
    assert (seen.host, seen.port, seen.allowed, seen.why) == ("127.0.0.1", port, True, "")
    assert seen.sent > 50
    assert seen.received > 100
    assert "secret" not in f"{seen.path}{seen.why}"


def test_without_its_authority_a_server_is_not_trusted(full, servers):
    """TLS goes through untouched: nobody on the way vouches for anybody."""
    port = servers["https"].server_port

    result = full.call(
        SOURCE, "by_urllib", {"url": f"https://127.0.0.1:{port}/"}, Policy(network=(f"127.0.0.1:{port}",))
    )

    assert result.status == "raised"
    assert "CERTIFICATE_VERIFY_FAILED" in result.message


@pytest.mark.parametrize("function", ["by_urllib", "careless"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_host_is_named_with_what_would_allow_it(full, function, scheme):
    """The error says which host and which option, also when the tool's own error does not."""
    policy = Policy(network=("good.example",))

    result = full.call(SOURCE, function, {"url": f"{scheme}://evil.example/"}, policy)

    assert result.status == "raised"
    assert result.message.count("to allow it: --allow network:evil.example") == 1
    assert [(one.host, one.allowed) for one in result.exchanges] == [("evil.example", False)]


def test_a_refusal_that_the_tool_takes_for_an_answer_is_in_the_record(full):
    """A library that does not raise returns the proxy's page; the call's exchanges tell it from an answer."""
    policy = Policy(network=("good.example",), packages=PACKAGES)

    result = full.call(SOURCE, "by_requests", {"url": "http://evil.example/"}, policy)

    assert result.status == "returned"
    assert "not allowed" in result.exchanges[0].why


def test_a_name_that_is_bound_to_another_address_leads_nowhere(full, servers):
    """A granted name whose address turns out to be inside is refused: nobody is visited."""
    port = servers["http"].server_port
    answers = iter(["127.0.0.1", "169.254.169.254", "10.0.0.1", "127.0.0.1"])
    way_out = WayOut(parse_allowed([f"network:rebind.example:{port}"]), resolve=lambda *_: [next(answers)])

    def run(request, policy, bounds, on_frame):
        order, _ = make_order(policy, (), Survey())
        return full._opened().run(order, request, bounds, on_frame, serve=way_out.serve)

    before = list(servers["http"].visits)
    source = (
        SOURCE
        + "\ndef try_all(url):\n    os.environ['http_proxy'] = 'http://127.0.0.1:3128'\n"
        + (
            "    said = []\n    for _ in range(4):\n        try:\n            said.append(by_urllib(url))\n"
            "        except OSError as error:\n            said.append(str(error))\n    return said\n"
        )
    )
    full.call(SOURCE, "trusted", {}, Policy())
    policy = Policy(network=("rebind.example",))
    answer = Caller("full", (), run).call(
        source, "try_all", {"url": f"http://rebind.example:{port}/"}, policy
    )

    assert len(answer.result.value) == 4
    assert all("rebind.example leads to" in said for said in answer.result.value), answer
    assert not any(one.allowed for one in way_out.exchanges)
    assert servers["http"].visits == before


def test_what_is_left_open_ends_with_the_call(full):
    """A tunnel that the tool keeps is cut off when its call ends, and says nothing after that."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        policy = Policy(network=(f"127.0.0.1:{port}",))
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                full.call, SOURCE, "leave_open", {"host": "127.0.0.1", "port": port}, policy
            )
            peer, _ = door.accept()
            with peer:
                peer.settimeout(45)
                heard = peer.recv(100)
                result = running.result()
                began = time.monotonic()
                rest = peer.recv(100)

    assert "200" in result.value, result
    assert (heard, rest) == (b"first", b"")
    assert time.monotonic() - began < 20
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("proxy-")]


def test_nobody_outside_reaches_what_a_tool_listens_on(full, free_port):
    """A granted tool may listen, in its own network only; where it is raw, the host's own can be reached."""

    def knock():
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", free_port), 1).close()
            except ConnectionError:
                time.sleep(0.02)
            else:
                return True
        return False

    said = {}
    for values in (("good.example",), ("raw",)):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(full.call, SOURCE, "listen", {"port": free_port}, Policy(network=values))
            reached = knock()
            said[values] = (running.result().value, reached)

    assert said == {("good.example",): ("nobody came", False), ("raw",): ("somebody came", True)}


def test_a_raw_network_is_the_hosts(box):
    """At every level a tool with the raw grant connects and looks names up as the host does."""

    def greet(door):
        peer, _ = door.accept()
        with peer:
            peer.sendall(b"hi")

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=greet, args=(door,), daemon=True).start()
        policy = Policy(network=("raw",))
        result = box.call(SOURCE, "connect", {"port": door.getsockname()[1]}, policy)
        names = box.call(SOURCE, "lookup", {"name": "localhost"}, policy)

    assert result.value == "hi", result
    assert "127.0.0.1" in names.value, names
    assert result.exchanges == ()


def test_without_a_grant_there_is_no_socket(box):
    """The same call without the grant is denied, also by a sandbox that has a raw network for others."""
    box.call(SOURCE, "trusted", {}, Policy(network=("raw",)))

    result = box.call(SOURCE, "connect", {"port": 1}, Policy())

    assert result.error_type == "PermissionError"


def test_hosts_take_level_full():
    """Landlock alone cannot hold a tool to hosts: the call is refused, with the way to go on."""
    fault = try_level("landlock")
    if fault:
        pytest.skip(f"level landlock does not work here: {fault}")
    for values in (("good.example",), ("*",)):
        with (
            ConfinedSandbox("landlock") as box,
            pytest.raises(SandboxError, match="takes level full") as caught,
        ):
            box.call(SOURCE, "trusted", {}, Policy(network=values))

        assert values[0] in str(caught.value)
        assert "--allow network:raw" in caught.value.hint


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("raw", "a.example"), "a.example"),
        (("loopback", "*"), "'\\*'"),
        (("http://a.example/x",), "http://a"),
    ],
)
def test_values_that_say_nothing_clear_are_refused(full, values, named):
    """What contradicts itself or is no host is an error with the user's own text in it."""
    with pytest.raises(SandboxError, match=named):
        full.call(SOURCE, "trusted", {}, Policy(network=values))


def test_public_certificates_are_shown_where_the_network_is(full):
    """The host's authorities are trusted in a cell with a network, and only there is there a proxy."""
    count, folder, proxies = full.call(SOURCE, "trusted", {}, Policy(network=("*",))).value
    without = full.call(SOURCE, "trusted", {}, Policy()).value

    assert count == ssl.create_default_context().cert_store_stats()["x509_ca"]
    assert len(proxies) == 6
    assert without[1:] == [False, []]
    assert folder or not without[1]


def test_private_keys_beside_certificates_are_found(tmp_path):
    """A key that somebody keeps among certificates is covered by name; certificates are not."""
    (tmp_path / "deep").mkdir()
    key = "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n"
    (tmp_path / "deep" / "own.pem").write_text("-----BEGIN CERTIFICATE-----\n" + key, encoding="utf-8")
    (tmp_path / "public.pem").write_text("-----BEGIN CERTIFICATE-----\n", encoding="utf-8")

    assert list(private_keys(str(tmp_path))) == ["deep/own.pem"]


def test_what_is_public_is_what_everybody_may_read(full):
    """A link is followed, a covered key is empty, and what root alone may read stays closed."""
    shown = Path(tempfile.mkdtemp(prefix="toolwright-public-", dir="/tmp"))
    try:
        shown.chmod(0o755)
        for name, mode in (("open", 0o644), ("covered", 0o644), ("closed", 0o600)):
            (shown / name).write_text("text", encoding="utf-8")
            (shown / name).chmod(mode)
        link = shown.with_suffix(".link")
        link.symlink_to(shown)
        grant = Grant(str(link), write=False, masks=(("covered", "hidden"),), public=True)

        def run(request, policy, bounds, on_frame):
            order, _ = make_order(policy, (), Survey())
            return full._opened().run(order._replace(grants=(grant,)), request, bounds, on_frame)

        source = """
def f(folder):
    said = []
    for name in ("open", "covered", "closed"):
        try:
            said.append(open(f"{folder}/{name}").read())
        except PermissionError:
            said.append("denied")
    return said
"""
        said = Caller("full", (), run).call(source, "f", {"folder": str(link)}, Policy()).result.value
    finally:
        shutil.rmtree(shown)
        link.unlink()

    # an ordinary user's own files are the tool's to read: it is the same user
    assert said == ["text", "", "denied" if os.getuid() == 0 else "text"]


def test_calls_at_the_same_time_have_networks_of_their_own(full):
    """Four tools with four grants, side by side: each reaches its own server and no other."""
    servers = [serving() for _ in range(4)]
    ports = [server.server_port for server in servers]
    fetch = partial(full.call, SOURCE, "by_urllib")

    def both(number):
        policy = Policy(network=(f"127.0.0.1:{ports[number]}",), limits=Limits(wall_s=20))
        own = fetch({"url": f"http://127.0.0.1:{ports[number]}/{number}"}, policy)
        other = fetch({"url": f"http://127.0.0.1:{ports[number - 1]}/{number}"}, policy)
        return own.value, other.status, len(own.exchanges), len(other.exchanges)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(both, range(4)))
    for server in servers:
        server.shutdown()
        server.server_close()

    assert said == [(f"hello from /{number}", "raised", 1, 1) for number in range(4)]
    assert [server.visits for server in servers] == [[f"/{number}"] for number in range(4)]
