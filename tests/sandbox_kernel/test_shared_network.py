"""The network of one verification: the tests' server is in it, and nothing else."""

import socket

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.confined import ConfinedSandbox, JudgeBounds
from toolwright.sandbox.levels import try_level
from toolwright.types import Limits, Policy

NONE = Policy(limits=Limits(wall_s=10))
LOOPBACK = Policy(limits=Limits(wall_s=10), network=("loopback",))

ASK = """
import socket

def ask(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), 3) as end:
        return end.recv(20).decode()
"""

SERVED = """
import socket, threading
import pytest
from tools import ask

@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = []
        def serve():
            end, address = listener.accept()
            with end:
                served.append(address[0])
                end.sendall(b"served")
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], served

def test_ask(port):
    number, served = port
    assert ask(number) == "served"
    assert served == ["127.0.0.1"]
"""


@pytest.fixture(scope="module")
def box():
    """One sandbox at level full."""
    fault = try_level("full")
    if fault:
        pytest.skip(f"level full does not work here: {fault}")
    with ConfinedSandbox("full", bounds=JudgeBounds(wall_s=30)) as made:
        yield made


def test_a_declared_tool_reaches_the_tests_own_server(box):
    """The address is a parameter; the server is a thread of the judge."""
    verdict = box.verify(ASK, SERVED, LOOPBACK, function="ask")
    assert (verdict.passed, verdict.why) == (True, "")


def test_a_tool_that_does_not_declare_it_reaches_nothing(box):
    """The same server, the same tool: what it needs and does not declare makes it fail."""
    verdict = box.verify(ASK, SERVED, NONE, function="ask")
    assert not verdict.passed
    assert "Operation not permitted" in verdict.why


def test_neither_reaches_a_server_of_the_host(box):
    """A listener outside gets no connection, whoever knows its port."""
    tests = (
        "import socket, pytest\nfrom tools import ask\ndef test_ask():\n"
        "    with pytest.raises(ConnectionRefusedError): ask({port})\n"
        "    with pytest.raises(ConnectionRefusedError): socket.create_connection(('127.0.0.1', {port}), 3)\n"
        "    for address in ('192.0.2.1', '8.8.8.8', '10.0.0.1', '169.254.169.254'):\n"
        "        with pytest.raises(OSError): socket.create_connection((address, 80), 3)\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        verdict = box.verify(ASK, tests.format(port=port), LOOPBACK, function="ask")
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert [test.outcome for test in verdict.tests] == ["passed"], verdict.tests


def test_no_right_over_the_network_is_given(box):
    """Neither raw sockets nor changes of interfaces, nor families that no namespace holds."""
    tests = """
import fcntl, socket, struct, pytest
from tools import ask
def test_ask():
    with pytest.raises(ConnectionRefusedError): ask(9)
    for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW),
                         (socket.AF_NETLINK, socket.SOCK_RAW), (socket.AF_UNIX, socket.SOCK_STREAM), (40, 1)):
        with pytest.raises(OSError): socket.socket(family, kind)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket, pytest.raises(PermissionError):
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0))
"""
    verdict = box.verify(ASK, tests, LOOPBACK, function="ask")
    assert [test.outcome for test in verdict.tests] == ["passed"], verdict.tests


def test_two_verifications_do_not_meet(box):
    """Both may listen at the same port."""
    tests = SERVED.replace('("127.0.0.1", 0)', '("127.0.0.1", 18080)')
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda _: box.verify(ASK, tests, LOOPBACK, function="ask"), range(2)))
    assert [verdict.why for verdict in verdicts] == ["", ""]


def test_without_namespaces_network_tools_are_not_admitted():
    """At level landlock there is no network to share, and the error says what that means."""
    if try_level("landlock"):
        pytest.skip("level landlock does not work here")
    with (
        ConfinedSandbox("landlock") as box,
        pytest.raises(SandboxError, match="cannot be proven at level landlock") as caught,
    ):
        box.verify(ASK, SERVED, LOOPBACK, function="ask")
    assert "full" in caught.value.hint
