"""The rule that bandit finds no weakness: its tests by severity, without those that our rules contradict."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Final

from toolwright.settings.review_table import Severity
from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.parsing import plain_syntax_errors
from toolwright.types import Finding

if TYPE_CHECKING:
    from bandit.core.issue import Issue

LEFT_OUT: Final = {
    "B101": "an assertion in a tool is checked like the rest of it: by the tests",
    "B102 B307 B605 B602 B604": "rules of our own say it more exactly",
    "B110 B112": "the rule `swallowed` knows what a broad `except` does",
    "B104 B310 B309 B312 B321 B401 B402": "hosts are the matter of `Permissions: network` and the grant",
    "B404 B603 B606 B607": "starting a program without a shell is for `Permissions: execute` and the grant",
    "B311": "chance is the matter of the rule `varies`",
    "B313 B314 B315 B316 B317 B318 B319 B320 B405 B406 B407 B408 B409 B410 B411": (
        "XML from outside meets the limits of memory and time of a call"
    ),
    "B601": "running commands elsewhere is what the package is for",
    "B608": "names of tables cannot be bound as parameters of a query",
}
"""Tests of bandit that are not asked, and why."""

_REMEDIES: Final = {
    "B324": "say `usedforsecurity=False` for a checksum, or use sha256",
    "B113": "give it a `timeout`",
    "B202": "give `extractall` a `filter='data'`",
    "B506": "use `yaml.safe_load`",
    "B108": "use `tempfile`, or take the path as a parameter",
}
_FILE: Final = "./tools.py"
_RANKS: Final = {"LOW": 1, "MEDIUM": 2, "HIGH": 3}


def weaknesses(least: Severity = "medium") -> Rule:
    """Make the rule for findings of at least this severity."""

    def check(subject: Subject) -> Iterator[Finding]:
        for issue in _issues(subject) if least != "off" else ():
            if _RANKS.get(issue.severity, 0) >= _RANKS[least.upper()]:
                remedy = _REMEDIES.get(issue.test_id, "do without it")
                said = " ".join(issue.text.split()).rstrip(".")
                line = min(max(issue.lineno or 1, 1), len(subject.source.splitlines()))
                message = f"{said} ({issue.test_id}, {issue.severity.lower()}): {remedy}"
                yield Finding("bandit", line, message)

    return Rule("bandit", check, _GOOD, _BAD, _ABOUT)


def _issues(subject: Subject) -> "list[Issue]":
    """Let bandit look at the text; what a comment says (`# nosec`) does not count."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries that it loads
        from bandit.core import config, meta_ast, metrics, node_visitor, test_set

    logging.getLogger("bandit").addHandler(logging.NullHandler())  # it would complain to the screen
    excluded = {test for tests in LEFT_OUT for test in tests.split()}
    tests = test_set.BanditTestSet(config.BanditConfig(), {"exclude": excluded})
    measured = metrics.Metrics()
    measured.begin(_FILE)
    text = subject.source.encode()
    visitor = node_visitor.BanditNodeVisitor(
        _FILE, BytesIO(text), meta_ast.BanditMetaAst(), tests, False, {}, measured
    )
    try:
        with plain_syntax_errors():
            visitor.process(text)
    except SyntaxError:  # deeper than it can go; our own rules have gone there
        return []
    return list(visitor.tester.results)


def _requiring(body: str, package: str) -> str:
    said = f'"""Read.\n\n    Permissions: read\n    Requires: {package}\n    """'
    return f"def tool(path: str) -> str:\n    {said}\n{body}"


_HASH: Final = (
    "import hashlib\n\n\ndef tool(text: str) -> str:\n    return hashlib.md5(text.encode()).hexdigest()\n"
)
_ABOUT: Final = (
    "bandit finds nothing of the severity that counts (`medium` and above), whatever a `# nosec` comment says"
)
_GOOD: Final = (
    _HASH.replace("encode()", "encode(), usedforsecurity=False"),
    _HASH.replace("md5", "sha256"),
    (
        'import subprocess\n\n\ndef tool(path: str) -> int:\n    """Run.\n\n'
        '    Permissions: execute\n    """\n'
        "    return subprocess.run(['wc', path], check=False, timeout=9).returncode\n"
    ),
    (
        'import urllib.request\n\n\ndef tool(url: str) -> int:\n    """Fetch.\n\n'
        '    Permissions: network\n    """\n'
        "    with urllib.request.urlopen(url, timeout=9) as answer:\n        return answer.status\n"
    ),
    (
        "from xml.etree import ElementTree\n\n\ndef tool(text: str) -> str:\n"
        "    return ElementTree.fromstring(text).tag\n"
    ),
)
_BAD: Final = (
    _HASH,
    _HASH.replace("hexdigest()", "hexdigest()  # nosec"),
    "import pickle\n\n\ndef tool(text: str) -> str:\n    return str(pickle.loads(text.encode()))\n",
    _requiring(
        "    import yaml\n\n    with open(path, 'rb') as file:\n"
        "        return str(yaml.load(file, yaml.Loader))\n",
        "PyYAML",
    ),
    (
        'def tool(url: str) -> int:\n    """Fetch.\n\n    Permissions: network\n'
        '    Requires: requests\n    """\n'
        "    import requests\n\n    return requests.get(url, verify=False, timeout=9).status_code\n"
    ),
    "import tempfile\n\n\ndef tool() -> int:\n    return len(tempfile.mktemp())\n",
)

BANDIT: Final = weaknesses()
