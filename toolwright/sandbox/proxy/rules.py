"""Which hosts a run may talk to: values of `--allow` in, rules out, which know what they cover."""

from collections.abc import Iterable
from typing import Final

from toolwright.errors import UsageError
from toolwright.records import dataclass
from toolwright.sandbox.proxy.hosts import (
    is_address,
    is_loopback_name,
    normal_host,
    split_authority,
    with_brackets,
)

USUAL_PORTS: Final = (80, 443)
"""What a rule without a port covers, and all that "any public host" covers: no mail, shells or databases."""

_ANY: Final = "network"
_RAW: Final = "raw"
_STAR: Final = "*."


@dataclass(frozen=True, slots=True)
class HostRule:
    """One host by its normal name or address; `port` 0 stands for 80 and 443.

    `*.example.org` covers every name below example.org, not itself.
    """

    host: str
    port: int = 0

    def covers(self, host: str, port: int) -> bool:
        """Tell whether a normal host and a port are meant."""
        return self.covers_port(port) and (
            host == self.host or (self.host.startswith(_STAR) and host.endswith(self.host[1:]))
        )

    def covers_port(self, port: int) -> bool:
        """Tell whether a port is meant."""
        return port == self.port if self.port else port in USUAL_PORTS


@dataclass(frozen=True, slots=True)
class Allowed:
    """The grant of one run: hosts that were named, and whether any public one is allowed on 80 and 443."""

    hosts: tuple[HostRule, ...] = ()
    any_public: bool = False

    def names(self, host: str, port: int) -> bool:
        """Tell whether the user named this very host (or a star over it) with this port."""
        return any(rule.covers(host, port) for rule in self.hosts)

    def covers(self, host: str, port: int) -> bool:
        """Tell whether a host may be tried at all; its addresses are another question."""
        return self.names(host, port) or (self.any_public and port in USUAL_PORTS)


def grant_text(host: str, port: int) -> str:
    """Write what stands after `network:` to allow a host and port."""
    shown = with_brackets(host)
    return shown if port in USUAL_PORTS else f"{shown}:{port}"


def parse_allowed(values: Iterable[str]) -> Allowed:
    """Read values of `--allow`, each `network` (any public host) or `network:HOST[:PORT]`.

    Raises:
        UsageError: one of them is neither; the sentence holds it.
    """
    rules: dict[HostRule, None] = {}
    any_public = False
    for value in values:
        kind, colon, text = value.partition(":")
        if kind != _ANY:
            raise UsageError(f"--allow {value!r} is no grant of the network", hint=_hint())
        if not colon:
            any_public = True
        elif text == _RAW:
            raise UsageError(
                "--allow network:raw goes past the hosts that other --allow options name",
                hint="give either network:raw or network:HOST",
            )
        else:
            rules[parse_rule(text)] = None
    return Allowed(tuple(rules), any_public)


def parse_rule(text: str) -> HostRule:
    """Read `HOST` or `HOST:PORT`; a host is a name, `*.name`, an IPv4 address or an IPv6 address in brackets.

    Raises:
        UsageError: it is something else; the sentence holds the text.
    """
    if "/" in text or "@" in text:
        raise UsageError(f"{text!r} is not a host but a URL or a path", hint=_hint(_host_of_url(text)))
    if text.count(":") > 1 and normal_host(f"[{text}]"):
        raise UsageError(f"the IPv6 address {text!r} needs brackets", hint=_hint(f"[{text}]"))
    host, _, port = text.rpartition(":") if ":" in text and not text.endswith("]") else (text, "", "")
    if not host:
        raise UsageError(f"{text!r} names no host", hint=_hint())
    star = host.startswith(_STAR)
    plain = _ascii(host.removeprefix(_STAR), text)
    authority = split_authority(f"{plain}:{port}" if host != text else plain)
    if authority is None and normal_host(plain):
        raise UsageError(f"{port!r} in {text!r} is not a port from 1 to 65535", hint=_hint(plain))
    if authority is None:
        raise UsageError(f"{text!r} is not a host", hint=_hint())
    found, number = authority
    if star and (is_address(found) or "." not in found or is_loopback_name(found)):
        raise UsageError(f"{text!r} is too wide: after '*.' comes a name of two parts or more", hint=_hint())
    return HostRule(f"{_STAR}{found}" if star else found, number or 0)


def _ascii(host: str, text: str) -> str:
    """Return a name as DNS has it, with the `xn--` form of what is not ASCII.

    The codec knows the rules of 2003. Where those of 2008, which clients use, may differ, its form does not
    lead back to the same name, and the user has to write it out.
    """
    if host.isascii():
        return host
    try:
        encoded = host.encode("idna").decode("ascii")
        back = encoded.encode("ascii").decode("idna")
    except UnicodeError as error:
        raise UsageError(f"{text!r} is not a host", hint=_hint()) from error
    if back != host.lower().removesuffix(".") and back != host.lower():
        raise UsageError(f"{text!r} is read differently by different programs", hint="write its xn-- form")
    return encoded


def _host_of_url(text: str) -> str:
    """Return the host that somebody meant who gave a URL, "" if that is not clear."""
    authority = text.rpartition("://")[2].partition("/")[0].rpartition("@")[2]
    found = split_authority(authority)
    return grant_text(found[0], found[1] or USUAL_PORTS[0]) if found else ""


def _hint(host: str = "") -> str:
    return f"write it like --allow network:{host or 'api.example.org'}"
