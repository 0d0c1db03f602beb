"""Grants of the network as users write them, the hosts they cover, and the one spelling of a host."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import UsageError
from toolwright.sandbox.proxy.hosts import normal_host, split_authority
from toolwright.sandbox.proxy.rules import Allowed, HostRule, grant_text, parse_allowed, parse_rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("api.example.org", HostRule("api.example.org")),
        ("API.Example.ORG.", HostRule("api.example.org")),
        ("api.example.org:8443", HostRule("api.example.org", 8443)),
        ("localhost:8080", HostRule("localhost", 8080)),
        ("10.0.0.5", HostRule("10.0.0.5")),
        ("127.0.0.1:65535", HostRule("127.0.0.1", 65535)),
        ("[::1]", HostRule("::1")),
        ("[2001:DB8:0::1]:443", HostRule("2001:db8::1", 443)),
        ("*.example.org", HostRule("*.example.org")),
        ("*.example.org:8443", HostRule("*.example.org", 8443)),
        ("bücher.example", HostRule("xn--bcher-kva.example")),
        ("BÜCHER.example:80", HostRule("xn--bcher-kva.example", 80)),
        ("a_b.example.org", HostRule("a_b.example.org")),
    ],
)
def test_a_rule_is_read(text, rule):
    """Names, addresses, ports and stars are read into the one spelling of the host."""
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("", "'' names no host", "network:api.example.org"),
        (":80", "':80' names no host", "network:api.example.org"),
        ("https://api.x.org/v1", "is not a host but a URL", "network:api.x.org"),
        ("https://api.x.org:8443/v1", "is not a host but a URL", "network:api.x.org:8443"),
        ("10.0.0.0/8", "is not a host but a URL or a path", "network:10.0.0.0"),
        ("me@x.org", "is not a host but a URL", "network:x.org"),
        ("x.org:0", "'0' in 'x.org:0' is not a port", "network:x.org"),
        ("x.org:65536", "is not a port", "network:x.org"),
        ("x.org:080", "is not a port", "network:x.org"),
        ("x.org:", "is not a port", "network:x.org"),
        ("::1", "needs brackets", "network:[::1]"),
        ("[::1", "is not a host", "network:"),
        ("[fe80::1%eth0]", "is not a host", "network:"),
        ("127.1", "is not a host", "network:"),
        ("0x7f.0.0.1", "is not a host", "network:"),
        ("2130706433", "is not a host", "network:"),
        ("a b.org", "is not a host", "network:"),
        ("a..org", "is not a host", "network:"),
        ("-a.org", "is not a host", "network:"),
        ("*", "is not a host", "network:"),
        ("*.org", "too wide", "network:"),
        ("*.10.0.0.1", "too wide", "network:"),
        ("a.*.org", "is not a host", "network:"),
        ("*.*.org", "is not a host", "network:"),
        ("faß.example", "read differently", "xn--"),
        ("x\n.org", "is not a host", "network:"),
        ("\uff11\uff12\uff17.0.0.1", "read differently", "xn--"),
    ],
)
def test_a_wrong_rule_is_one_sentence(text, sentence, hint):
    """What is no host is refused with the text in the sentence and a hint how to write it."""
    with pytest.raises(UsageError) as caught:
        parse_rule(text)

    assert sentence in str(caught.value)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert hint in caught.value.hint


@given(st.text(max_size=40))
def test_any_text_is_a_rule_or_a_usage_error(text):
    """No text makes the parser fail in another way, and a rule's own spelling is the same rule again."""
    try:
        rule = parse_rule(text)
    except UsageError:
        return
    host = f"[{rule.host}]" if ":" in rule.host else rule.host

    assert parse_rule(host) == HostRule(rule.host)


def test_the_values_of_allow_become_one_grant():
    """`network` is any public host, `network:HOST` one more host; twice is once."""
    grant = parse_allowed(["network:a.org", "network", "network:A.org.", "network:b.org:81"])

    assert grant == Allowed((HostRule("a.org"), HostRule("b.org", 81)), any_public=True)
    assert parse_allowed([]) == Allowed()


@pytest.mark.parametrize("value", ["read:/tmp", "net", "", "network:raw", "network:", "Network:a.org"])
def test_other_values_are_refused(value):
    """What grants something else, or goes past the proxy, is not read as a host."""
    with pytest.raises(UsageError):
        parse_allowed([value])


@pytest.mark.parametrize(
    ("rule", "host", "port", "covered"),
    [
        ("a.org", "a.org", 80, True),
        ("a.org", "a.org", 443, True),
        ("a.org", "a.org", 22, False),
        ("a.org:8080", "a.org", 8080, True),
        ("a.org:8080", "a.org", 80, False),
        ("a.org", "b.a.org", 443, False),
        ("a.org", "xa.org", 443, False),
        ("a.org", "a.org.evil.net", 443, False),
        ("*.a.org", "b.a.org", 443, True),
        ("*.a.org", "c.b.a.org", 443, True),
        ("*.a.org", "a.org", 443, False),
        ("*.a.org", "xa.org", 443, False),
        ("*.a.org:1", "b.a.org", 443, False),
        ("127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("127.0.0.1:8080", "localhost", 8080, False),
        ("localhost:8080", "127.0.0.1", 8080, False),
    ],
)
def test_what_a_rule_covers(rule, host, port, covered):
    """A rule covers the very host, a star what is below it, and 80 and 443 where no port was named."""
    assert Allowed((parse_rule(rule),)).covers(host, port) == covered


def test_any_public_host_means_the_ports_of_the_web():
    """Without names, only 80 and 443 may be tried."""
    grant = Allowed(any_public=True)

    assert [port for port in (22, 25, 80, 443, 5432) if grant.covers("a.org", port)] == [80, 443]


@pytest.mark.parametrize(("host", "port"), [("a.org", 443), ("a.org", 8080), ("::1", 80), ("::1", 81)])
def test_what_a_refusal_advises_is_a_grant(host, port):
    """The text that a refusal tells the user to give covers what was refused."""
    assert parse_rule(grant_text(host, port)).covers(host, port)


@given(st.text(max_size=30) | st.from_regex(r"[0-9a-fxA-FX.\[\]:%-]{1,20}", fullmatch=True))
def test_normal_hosts_stay_as_they_are(text):
    """The normal form of a normal form is itself, in lower-case ASCII without white space, @ or slashes."""
    host = normal_host(text)
    if host is None:
        return

    assert normal_host(f"[{host}]" if ":" in host else host) == host
    assert host.isascii()
    assert host == host.lower()
    assert not set(host) & set("/@?#\\% \t\r\n[]")


@pytest.mark.parametrize(
    "text", ["a.org:0", "a.org:", "a.org:99999", "a.org:+80", "a:b:c", "[::1]80", "u@a.org"]
)
def test_wrong_authorities_are_none(text):
    """A port out of range, a second colon or a user name is no authority."""
    assert split_authority(text) is None
