"""The one spelling of a host: text of a rule, a URI or a Host header in, a normal form out, or None.

The normal form is a lower-case ASCII name without a final dot, a dotted quad, or an IPv6 address as
`ipaddress` writes it, without brackets. Other spellings of numbers (`127.1`, `0x7f.1`, `2130706433`), which
the C library would take for addresses, are no hosts here.
"""

import ipaddress
import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_AUTHORITY: Final = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::(.*))?", re.DOTALL)
_LONGEST_NAME: Final = 253
_LAST_PORT: Final = 65535


def normal_host(text: str) -> str | None:
    """Return the normal form of a host, None when it is none. IPv6 stands in brackets, without a zone."""
    if text.startswith("[") and text.endswith("]"):
        return _ipv6(text[1:-1])
    if not text.isascii():
        return None
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    fits = len(name) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, labels))
    return name if fits else None


def split_authority(text: str) -> tuple[str, int | None] | None:
    """Split `HOST` or `HOST:PORT` into the normal host and the port, None where either is wrong.

    There is no room for a user name: `@` is part of no host.
    """
    found = _AUTHORITY.fullmatch(text)
    host = normal_host(found[1]) if found else None
    if not found or host is None:
        return None
    if found[2] is None:
        return host, None
    port = port_number(found[2])
    return None if port is None else (host, port)


def port_number(text: str) -> int | None:
    """Read a port, 1 to 65535, in plain decimal digits."""
    return int(text) if _PORT.fullmatch(text) and int(text) <= _LAST_PORT else None


def is_address(host: str) -> bool:
    """Tell whether a normal host is an address, not a name."""
    return ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def is_loopback_name(host: str) -> bool:
    """Tell whether a name means this machine by definition (RFC 6761)."""
    return host == "localhost" or host.endswith(".localhost")


def with_brackets(host: str) -> str:
    """Write a normal host as it stands in a URI."""
    return f"[{host}]" if ":" in host else host


def _ipv4(text: str) -> str | None:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        return None


def _ipv6(text: str) -> str | None:
    try:
        return None if "%" in text else str(ipaddress.IPv6Address(text))
    except ValueError:
        return None
