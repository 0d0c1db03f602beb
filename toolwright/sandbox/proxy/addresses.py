"""What an address is: its text in, "" out for one on the public internet, otherwise what it is in words.

The tables are those of the IANA special-purpose registries. They are written out, since what
`ipaddress.is_global` answers depends on the release of Python. Of IPv6 only 2000::/3 is in use, and the forms
that carry an IPv4 address (mapped, 6to4, NAT64, Teredo) are refused whatever they carry.
"""

import ipaddress
import socket
from typing import Final

_METADATA: Final = {
    "169.254.169.254": "a cloud metadata address",
    "169.254.170.2": "a cloud metadata address",
    "100.100.100.200": "a cloud metadata address",
    "168.63.129.16": "a cloud metadata address",  # the one among public addresses
    "192.0.0.192": "a cloud metadata address",
    "fd00:ec2::254": "a cloud metadata address",
    "fd20:ce::254": "a cloud metadata address",
}

_IPV4: Final = {
    "0.0.0.0/8": "an unspecified address",
    "10.0.0.0/8": "a private address",
    "100.64.0.0/10": "a carrier's private address",
    "127.0.0.0/8": "a loopback address",
    "169.254.0.0/16": "a link-local address",
    "172.16.0.0/12": "a private address",
    "192.0.0.0/24": "a reserved address",
    "192.0.2.0/24": "a documentation address",
    "192.88.99.0/24": "a 6to4 relay address",
    "192.168.0.0/16": "a private address",
    "198.18.0.0/15": "a benchmarking address",
    "198.51.100.0/24": "a documentation address",
    "203.0.113.0/24": "a documentation address",
    "224.0.0.0/4": "a multicast address",
    "240.0.0.0/4": "a reserved address",
}

_IPV6: Final = {
    "::/128": "an unspecified address",
    "::1/128": "a loopback address",
    "::ffff:0:0/96": "an IPv4 address inside IPv6",
    "::/96": "an IPv4 address inside IPv6",
    "64:ff9b::/96": "a NAT64 address",
    "64:ff9b:1::/48": "a NAT64 address",
    "2001::/32": "a Teredo address",
    "2001::/23": "a reserved address",
    "2001:db8::/32": "a documentation address",
    "2002::/16": "a 6to4 address",
    "3fff::/20": "a documentation address",
    "fc00::/7": "a private address",
    "fe80::/10": "a link-local address",
    "fec0::/10": "a private address",
    "ff00::/8": "a multicast address",
}

_IN_USE: Final = "2000::/3"


def special_kind(text: str) -> str:
    """Say what an address is when it is not a public one, "" when it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "not an address"
    if "%" in text:
        return "an address with a zone"
    known = _METADATA.get(str(address))
    if known:
        return known
    is_ipv4 = isinstance(address, ipaddress.IPv4Address)
    for network, kind in (_IPV4 if is_ipv4 else _IPV6).items():
        if address in ipaddress.ip_network(network):
            return kind
    return "" if is_ipv4 or address in ipaddress.ip_network(_IN_USE) else "a reserved address"


def is_loopback(text: str) -> bool:
    """Tell whether an address is 127.0.0.0/8 or ::1."""
    return special_kind(text) == "a loopback address"


def is_own(text: str) -> bool:
    """Tell whether a public address is one of this machine: services that listen everywhere answer there too.

    The kernel says so when a datagram socket is pointed at it; nothing is sent.
    """
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((text, 9))
            own = probe.getsockname()[0]
    except OSError:  # no way there: the connection will say so
        return False
    return bool(ipaddress.ip_address(own) == ipaddress.ip_address(text))
