"""The rule that the address of a server is a parameter: a test cannot answer for a host in the body."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.stages.rules.varying import enters_by_parameter
from toolwright.syntax.permissions.inference import infer_needs
from toolwright.types import Finding

_ADDRESS: Final = re.compile(r"\s*(?:https?|wss?|ftps?|sftp|smtps?)://[\w\[]", re.IGNORECASE)
_NAMESPACES: Final = re.compile(
    r"\s*https?://(?:www\.w3\.org|purl\.org|(?:www\.)?schema\.org|schemas\.[\w.]+|xmlns\.com|ns\.[\w.]+|"
    r"www\.sitemaps\.org|search\.yahoo\.com/mrss|www\.itunes\.com/dtds|www\.opengis\.net)[/#\w]*",
    re.IGNORECASE,
)
"""Names of XML vocabularies that look like addresses; nothing is sent there."""
_PLACES: Final = {
    "http.client.HTTPConnection",
    "http.client.HTTPSConnection",
    "socket.create_connection",
    "smtplib.SMTP",
    "smtplib.SMTP_SSL",
    "ftplib.FTP",
    "imaplib.IMAP4_SSL",
    "poplib.POP3_SSL",
}


def _addresses(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None or not _uses_network(subject):
        return
    for node in _fixed(subject):
        message = (
            "take it from a parameter with this default, such as `base_url`, so that a test can give another"
        )
        yield Finding("addresses", node.lineno, f"the address {node.value!r} is fixed; {message}")


def _uses_network(subject: Subject) -> bool:
    if "network" in subject.said.permissions:
        return True
    return "network" in infer_needs(subject.tree, subject.name, subject.needs).permissions


def _fixed(subject: Subject) -> Iterator[ast.Constant]:
    function = subject.function
    defaults = _used_as_defaults(subject)
    for node, _ in subject.uses.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ADDRESS.match(node.value):
            if _NAMESPACES.fullmatch(node.value) or function is None:
                continue
            if not _is_harmless(node, subject, defaults) and not enters_by_parameter(
                node, function, subject.uses
            ):
                yield node
    for use in subject.uses.mentions:
        if use.call is not None and use.name in _PLACES and use.call.args:
            place = use.call.args[0]
            first = place.elts[0] if isinstance(place, ast.Tuple) and place.elts else place
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield first


def _is_harmless(node: ast.Constant, subject: Subject, defaults: set[str]) -> bool:
    """Tell whether a text is a docstring, a default, an annotation, or a constant that is only a default."""
    for outer in subject.uses.around(node):
        match outer:
            case ast.arguments() | ast.Compare():
                return True
            case ast.Expr():
                return outer.value is node
            case ast.Call(func=ast.Attribute(attr="startswith" | "removeprefix" | "endswith")):
                return True
            case ast.Raise():
                return True
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return subject.uses.function_of(outer) is None and name in defaults
    return False


def _used_as_defaults(subject: Subject) -> set[str]:
    """Return the constants of the file that are nothing but defaults of parameters."""
    inside, elsewhere = set[str](), set[str]()
    for node, _ in subject.uses.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            is_default = any(isinstance(outer, ast.arguments) for outer in subject.uses.around(node))
            (inside if is_default else elsewhere).add(node.id)
    return inside - elsewhere


def _fetch(body: str, parameter: str = 'base_url: str = "https://api.example.org"', above: str = "") -> str:
    return (
        f"import http.client\nimport urllib.request\n{above}\n\ndef tool(city: str, {parameter}) -> int:\n"
        f'    """Fetch.\n\n    Permissions: network\n    Varies: network\n    """\n    {body}\n'
        "    with urllib.request.urlopen(address, timeout=9) as answer:\n        return answer.status\n"
    )


ADDRESSES: Final = Rule(
    "addresses",
    _addresses,
    about="a function that uses the network has no address in its body: it is a parameter with a default",
    good=(
        _fetch('address = f"{base_url}/{city}"'),
        _fetch("address = base_url", "base_url: str = _BASE", '_BASE = "https://api.example.org"\n'),
        _fetch('address = base_url or "https://api.example.org"', 'base_url: str = ""'),
        _fetch(
            'address = base_url\n    if not address.startswith("https://"):\n        raise ValueError(city)'
        ),
        _fetch('address = base_url\n    assert {"atom": "http://www.w3.org/2005/Atom"}'),
        "def tool(city: str) -> str:\n    return f'https://example.org/search?q={city}'\n",
    ),
    bad=(
        _fetch('address = "https://api.example.org/v1"'),
        _fetch('address = f"https://api.example.org/{city}"'),
        _fetch('address = "https://api.example.org/%s" % city'),
        _fetch("address = _BASE + city", above='_BASE = "http://localhost:8000"\n'),
        _fetch('address = base_url\n    http.client.HTTPSConnection("api.example.org").close()'),
    ),
)
