"""What the tests of the proxy play with: real servers on loopback, a proxy before them, raw requests."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from toolwright.sandbox.proxy.bounds import Bounds
from toolwright.sandbox.proxy.rules import Allowed, parse_allowed
from toolwright.sandbox.proxy.serving import Proxy

QUICK = Bounds(head_s=1.0, idle_s=1.0, connect_s=2.0)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Origin:
    """A server on every loopback address that answers any head with `ok` and keeps every byte it got."""

    def __init__(self, reply=OK, *, closes=True):
        self.reply = reply
        self.closes = closes
        self.heard = []
        self.visited = []
        self._listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self):
        """Stop, and wait for it."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(peer, len(self.heard))))
                self.visited.append(peer.getsockname()[0].removeprefix("::ffff:"))
                self.heard.append(b"")
                self._threads[-1].start()

    def _serve(self, peer, number):
        answered = False
        peer.settimeout(60)
        with peer, contextlib.suppress(OSError):
            while piece := peer.recv(1 << 16):
                self.heard[number] += piece
                if not answered and b"\r\n\r\n" in self.heard[number]:
                    answered = True
                    peer.sendall(self.reply)
                    if self.closes:
                        peer.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def origin(reply=OK, *, closes=True) -> Iterator[Origin]:
    """An `Origin` for the length of a block."""
    server = Origin(reply, closes=closes)
    try:
        yield server
    finally:
        server.close()


class Patient(ThreadingHTTPServer):
    """A server with room for many who connect at the same moment: the usual five lose some to SYN cookies."""

    request_queue_size = 128
    daemon_threads = True


@contextlib.contextmanager
def web_server(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A real HTTP or HTTPS server on 127.0.0.1; gives its port."""
    server = Patient(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Served:
    """A proxy's port, its records, and a way to talk with it."""

    def __init__(self, proxy, port, records):
        self.proxy = proxy
        self.port = port
        self.records = records
        self.url = f"http://127.0.0.1:{port}"

    def connect(self):
        """A raw connection to the proxy."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, raw, *, half_close=False):
        """Send raw bytes and return everything that comes back until the end."""
        with self.connect() as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(raw)
                if half_close:
                    client.shutdown(socket.SHUT_WR)
            return read_all(client)

    def tunnel(self, host, port):
        """A raw connection through CONNECT, and the proxy's status line."""
        client = self.connect()
        client.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head and (piece := client.recv(1)):
            head += piece
        return client, head.partition(b"\r\n")[0].decode()

    def settled(self, count):
        """The records, once there are so many."""
        wait_until(lambda: len(self.records) >= count)
        return self.records


@contextlib.contextmanager
def proxy_for(allowed: Allowed | list[str], **options) -> Iterator[Served]:
    """A proxy on 127.0.0.1 for a grant, given as such or as hosts."""
    if not isinstance(allowed, Allowed):
        allowed = parse_allowed(f"network:{text}" for text in allowed)
    listener = socket.create_server(("127.0.0.1", 0))
    records = []
    options = {"bounds": QUICK, "resolve": lambda host, _: system(host), **options}
    with Proxy(listener, allowed, records.append, **options) as proxy:
        yield Served(proxy, listener.getsockname()[1], records)


def system(host):
    """A resolver that knows localhost only, so that no test asks the network."""
    if host != "localhost":
        raise socket.gaierror(f"no such name: {host}")
    return ["127.0.0.1"]


def read_all(client):
    """Everything until the end, or until the connection is lost."""
    pieces = []
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(1 << 16):
            pieces.append(piece)
    return b"".join(pieces)


def status_of(response):
    """The status of a raw response, 0 when there is none."""
    return int(response.split(b" ", 2)[1]) if response.startswith(b"HTTP/1.1 ") else 0


def wait_until(condition, seconds=60.0):
    """Wait for something to come true, and insist that it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
