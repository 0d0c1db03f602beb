"""Which addresses a name may lead to: none inside, unless the user named it."""

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.sandbox.proxy.addresses import special_kind
from toolwright.sandbox.proxy.reaching import permitted_addresses
from toolwright.sandbox.proxy.refusals import RefusedError
from toolwright.sandbox.proxy.rules import Allowed, HostRule, parse_allowed

INSIDE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "carrier",
    "100.127.255.255": "carrier",
    "169.254.1.1": "link-local",
    "169.254.169.254": "metadata",
    "100.100.100.200": "metadata",
    "168.63.129.16": "metadata",
    "192.0.0.192": "metadata",
    "192.0.0.1": "reserved",
    "192.0.2.1": "documentation",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "198.18.0.1": "benchmarking",
    "192.88.99.1": "6to4",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "IPv4 address inside IPv6",
    "::ffff:127.0.0.1": "IPv4 address inside IPv6",
    "::ffff:8.8.8.8": "IPv4 address inside IPv6",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "2002:7f00:1::": "6to4",
    "2001:0:7f00:1::": "Teredo",
    "2001:db8::1": "documentation",
    "2001:10::1": "reserved",
    "3fff::1": "documentation",
    "fc00::1": "private",
    "fd00:ec2::254": "metadata",
    "fd20:ce::254": "metadata",
    "fe80::1": "link-local",
    "fec0::1": "private",
    "ff02::1": "multicast",
    "100::1": "reserved",
    "5f00::1": "reserved",
    "4000::1": "reserved",
}
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "168.63.129.17", "2606:4700::1111", "2a00::1"]
ANYBODY = Allowed((HostRule("x.example"),), any_public=True)


@pytest.mark.parametrize(("address", "kind"), INSIDE.items())
def test_a_name_leads_nowhere_inside(address, kind):
    """A name that leads to such an address is refused, also when the user named it; the address too."""
    for host in ("x.example", "y.example", f"{address}"):
        with pytest.raises(RefusedError, match=re.escape(kind)):
            permitted_addresses(host, 80, ANYBODY, lambda *_: [address])


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_was_named_is_allowed(address):
    """The control: with the address among the grants, the very same requests are allowed."""
    grant = Allowed((*ANYBODY.hosts, HostRule(address, 80)), any_public=True)

    for host in ("x.example", address):
        assert permitted_addresses(host, 80, grant, lambda *_: [address]) == (address,)
    with pytest.raises(RefusedError):
        permitted_addresses("x.example", 443, grant, lambda *_: [address])


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    """The neighbours of the special blocks, and ordinary addresses, are nothing special."""
    assert special_kind(address) == ""
    assert permitted_addresses("x.example", 80, ANYBODY, lambda *_: [address]) == (address,)
    assert permitted_addresses(address, 80, ANYBODY, lambda *_: []) == (address,)


@given(st.ip_addresses())
def test_what_python_calls_special_is_special_here(address):
    """An address that the standard library does not take for a global one is not public here either."""
    if not address.is_global or address.is_multicast:
        assert special_kind(str(address))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes_inside_ipv6(address):
    """The four forms in which IPv6 carries an IPv4 address are refused whatever it is."""
    number = int(address)
    forms = [
        (0xFFFF << 32) | number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0x20010000 << 96) | (number ^ 0xFFFFFFFF),
    ]

    assert all(special_kind(str(ipaddress.IPv6Address(form))) for form in forms)


def test_of_many_addresses_only_the_public_ones_are_tried():
    """A name with an address inside and one outside is connected to outside only."""
    mixed = ["127.0.0.1", "8.8.8.8", "::1", "fe80::1%eth0", "nonsense", "1.1.1.1"]

    assert permitted_addresses("x.example", 80, ANYBODY, lambda *_: mixed) == ("8.8.8.8", "1.1.1.1")


def test_localhost_when_named_may_lead_to_loopback_only():
    """`localhost:8080` stands for loopback on that port, and for nothing else a resolver might say."""
    grant = parse_allowed(["network:localhost:8080"])

    assert permitted_addresses("localhost", 8080, grant, lambda *_: ["::1", "127.0.0.1"]) == (
        "::1",
        "127.0.0.1",
    )
    for host, port, address in [
        ("localhost", 8080, "10.0.0.1"),
        ("localhost", 80, "127.0.0.1"),
        ("127.0.0.1", 8080, "127.0.0.1"),
        ("x.localhost", 8080, "127.0.0.1"),
    ]:
        with pytest.raises(RefusedError):
            permitted_addresses(host, port, grant, lambda *_, found=address: [found])


def test_a_name_that_is_not_allowed_is_never_looked_up():
    """A lookup is a message to whoever serves the name, so it needs the grant too."""
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["8.8.8.8"]

    for host, port in [("secret.evil.example", 80), ("x.example", 53)]:
        with pytest.raises(RefusedError):
            permitted_addresses(host, port, Allowed((HostRule("x.example"),)), resolve)
    assert asked == []
    assert permitted_addresses("x.example", 80, Allowed((HostRule("x.example"),)), resolve) == ("8.8.8.8",)
    assert asked == [("x.example", 80)]
