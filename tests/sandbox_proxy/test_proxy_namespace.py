"""The proxy as a cell meets it: the cell has a network of its own, with only the proxy's socket in it."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from proxy_stage import QUICK, origin

from toolwright.sandbox.proxy.environment import proxy_environment
from toolwright.sandbox.proxy.rules import parse_allowed
from toolwright.sandbox.proxy.serving import Proxy

ROOT = Path(__file__).parents[2]
LONELY = ["unshare", "--user", "--map-root-user", "--net"]

LOOPBACK_UP = """\
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh14s", b"lo", 1, b""))  # SIOCSIFFLAGS, IFF_UP
"""

CELL = (
    LOOPBACK_UP
    + """\
import json, os, sys, urllib.error, urllib.request
outward = socket.socket(fileno=int(sys.argv[1]))
listener = socket.create_server(("127.0.0.1", 0))
socket.send_fds(outward, [b"x"], [listener.fileno()])
port = listener.getsockname()[1]
listener.close()
environment = json.loads(outward.recv(4096).decode().replace("PORT", str(port)))
os.environ.update(environment)
said = []
for url in sys.argv[2:]:
    try:
        said.append(urllib.request.urlopen(url, timeout=10).read().decode())
    except urllib.error.HTTPError as error:
        said.append(error.code)
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    said.append(direct.open(sys.argv[2], timeout=3).read().decode())
except OSError:
    said.append("no other way")
print(json.dumps(said))
"""
)

OWN_ADDRESS = (
    LOOPBACK_UP
    + """\
import threading
from toolwright.sandbox.proxy.addresses import is_own, special_kind
def address(name, text):
    return struct.pack("16sHH4s8s", name, socket.AF_INET, 0, socket.inet_aton(text), b"")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    print(is_own("9.9.9.9"), end=" ")
    fcntl.ioctl(probe, 0x8916, address(b"lo:1", "9.9.9.9"))  # SIOCSIFADDR
print(repr(special_kind("9.9.9.9")), is_own("9.9.9.9"), is_own("9.9.9.8"), end=" ")
from toolwright.sandbox.proxy.reaching import permitted_addresses
from toolwright.sandbox.proxy.refusals import RefusedError
from toolwright.sandbox.proxy.rules import parse_allowed
try:
    print(permitted_addresses("x.example", 80, parse_allowed(["network"]), lambda *_: ["9.9.9.9"]))
except RefusedError as error:
    print(error)
named = parse_allowed(["network", "network:9.9.9.9"])
print(permitted_addresses("x.example", 80, named, lambda *_: ["9.9.9.9"]))
"""
)


@pytest.fixture(autouse=True, scope="module")
def _namespaces():
    """Skip where a program may not have a network of its own."""
    try:
        made = subprocess.run([*LONELY, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip("no user and network namespaces here")


def test_the_proxy_is_the_only_way_out_of_a_cell():
    """Through a socket made in the cell's own network the allowed host answers; there is no other way."""
    ours, theirs = socket.socketpair()
    records = []
    with origin() as server, ours:
        url = f"http://127.0.0.1:{server.port}/"
        command = [*LONELY, sys.executable, "-I", "-c", CELL, str(theirs.fileno()), url, "http://b.example/"]
        cell = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdout=subprocess.PIPE, text=True)
        theirs.close()
        _, (number,), *_ = socket.recv_fds(ours, 16, 1)
        allowed = parse_allowed([f"network:127.0.0.1:{server.port}"])
        with Proxy(socket.socket(fileno=number), allowed, records.append, bounds=QUICK):
            variables = {
                name: value.replace("65535", "PORT")
                for name, value in proxy_environment("127.0.0.1", 65535).items()
            }
            ours.sendall(json.dumps(variables).encode())
            said = json.loads(cell.communicate(timeout=90)[0])

    assert said == ["ok", 403, "no other way"]
    assert [(record.host, record.allowed) for record in records] == [
        ("127.0.0.1", True),
        ("b.example", False),
    ]


def test_a_public_address_of_this_machine_is_inside():
    """An address that looks public but is ours is refused, since what listens everywhere listens there."""
    done = subprocess.run(
        [*LONELY, sys.executable, "-c", OWN_ADDRESS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )

    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("False '' True False x.example leads to 9.9.9.9, an address of this machine;")
    assert first.endswith("to allow it: --allow network:9.9.9.9")
    assert second == "('9.9.9.9',)"
