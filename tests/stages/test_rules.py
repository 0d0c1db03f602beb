"""The table of review rules: each accepts its good snippets and refuses its bad ones, and says where."""

import time
import warnings

import pytest

from toolwright.stages.review import finding_text, review_candidate, review_source, stub_signature
from toolwright.stages.rules import RULES, Subject
from toolwright.syntax.parsing import parse_text
from toolwright.types import Candidate, Contract, Finding, Step

SIGNATURE = "tool(text: str, limit: int=3) -> str"
GOOD = [(rule, snippet) for rule in RULES for snippet in rule.good]
BAD = [(rule, snippet) for rule in RULES for snippet in rule.bad]
# Snippets of one rule are as short as it allows: rarely documented, or of the promised signature.
INCIDENTAL = {"documented", "signature", "promised"}
PROMISE = "Return the text."

WHOLE = '''def shout(text: str) -> str:
    """Return the text in capitals.

    Args:
        text: Any text.

    Returns:
        The same text, upper case.

    Raises: nothing

    Example:
        >>> shout("a")
        'A'

    Keywords: upper case
    """
    return text.upper()
'''


def subject(rule_name: str, snippet: str) -> Subject:
    """A snippet as the rule sees it: called `tool`, or what its only function is called."""
    name = "tool"
    if rule_name == "clash":
        name = parse_text(snippet).body[0].name
    return Subject(name, snippet, parse_text(snippet), SIGNATURE, frozenset({"taken"}), frozenset(), PROMISE)


@pytest.mark.parametrize(("rule", "snippet"), GOOD, ids=lambda value: getattr(value, "name", ""))
def test_good_snippets_pass(rule, snippet):
    """No good snippet is refused by its own rule, nor by another that it is not incomplete for."""
    seen = subject(rule.name, snippet)

    assert list(rule.check(seen)) == []
    others = {finding.rule for other in RULES for finding in other.check(seen)}
    assert others <= INCIDENTAL


@pytest.mark.parametrize(("rule", "snippet"), BAD, ids=lambda value: getattr(value, "name", ""))
def test_bad_snippets_are_refused(rule, snippet):
    """Every bad snippet is refused by its rule and by no other, on a line that exists, and for a reason."""
    seen = subject(rule.name, snippet)
    findings = list(rule.check(seen))

    assert findings
    assert {finding.rule for finding in findings} == {rule.name}
    others = {finding.rule for other in RULES for finding in other.check(seen)} - {rule.name}
    assert others <= INCIDENTAL
    assert all(1 <= finding.line <= len(snippet.splitlines()) for finding in findings)
    assert all(finding.message for finding in findings)


def test_every_rule_has_both_kinds_of_snippets():
    """A rule without examples is not tested, one without a sentence not documented; names are unique."""
    assert all(rule.good and rule.bad and rule.about for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_a_whole_tool_passes_everything():
    """A function that keeps to all rules has no findings."""
    assert review_source("shout", WHOLE) == ()
    assert review_source("shout", WHOLE.replace("\n", "\r\n")) == ()
    assert review_source("shout", "\ufeff" + WHOLE) == ()


@pytest.mark.parametrize(
    ("change", "rule", "line", "words"),
    [
        (
            ("    return text.upper()", "    return fold(text)"),
            "unresolved",
            18,
            "`fold` is used but neither defined",
        ),
        (
            ("def shout", "import requests\n\n\ndef shout"),
            "imports",
            1,
            "`requests` is not in the standard library",
        ),
        (("    return", "    import yaml\n    return"), "imports", 18, "`yaml`"),
        (
            ("return text.upper()\n", "return text.upper()\n\n\nprint(1)\n"),
            "top-level",
            21,
            "runs when the file",
        ),
        (
            ("return text.upper()\n", "return text.upper()\n\n\ndef two() -> int:\n    return 1\n"),
            "one-function",
            21,
            "`two`",
        ),
        (("text: str)", "text: bytes)"), "types", 1, "type `bytes` has no JSON form"),
        (("        text: Any text.\n", ""), "documented", 1, "does not describe text"),
        (("def shout(", "\n\ndef Shout("), "one-function", 1, "no top-level function `shout`"),
        (("return text.upper()", "return text.upper("), "syntax", 18, "not Python: '(' was never closed"),
        (("return text.upper()", "return text.upper()\nreturn 1"), "syntax", 19, "'return' outside function"),
        (("return text.upper()", "return '\0'"), "syntax", 1, "null bytes"),
        (("return text.upper()", "return '\ud800'"), "syntax", 1, "not text"),
        (("return text.upper()", "return " + "(" * 500), "syntax", 18, "too many nested parentheses"),
        (("return text.upper()", "return " + "-" * 90_000 + "1"), "syntax", 1, "nested too deeply"),
        (("return text.upper()", "return " + "+".join(["text"] * 15_000)), "syntax", 1, "nested too deeply"),
        (("return text.upper()", "return '" + "x" * 1_000_000 + "'"), "size", 1, "a tool has at most 100000"),
        (("return text.upper()", "x = 1; " * 200_000), "size", 1, "characters"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_what_is_held_against_a_candidate(change, rule, line, words):
    """Each finding has its rule, the right line, and words that name the thing; hostile texts end nothing."""
    began = time.monotonic()
    findings = review_source("shout", WHOLE.replace(*change))

    assert (rule, line) in {(finding.rule, finding.line) for finding in findings}
    assert words in " ".join(finding.message for finding in findings)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "body",
    [
        "x = " + "+".join(["text"] * 900),
        "x = " + "[" * 150 + "]" * 150,
        "x = text" + ".strip()" * 400,
        "if text:\n        pass\n" + "    elif text:\n        pass\n" * 400,
        "x = '\\d'",
        "x = 1 if 1 is 1 else 2",
        "assert (text, 'always true')",
    ],
)
def test_deep_and_odd_but_valid_candidates(body):
    """What Python takes, review takes, without a crash and without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert review_source("shout", WHOLE.replace("return text.upper()", f"{body}\n    return text")) == ()


def test_a_deep_default_value():
    """A default so deep that it cannot be written is a finding, not a crash."""
    deep = "+".join(["1"] * 900)
    findings = review_source(
        "shout", WHOLE.replace("text: str", f"text: int = {deep}"), signature="shout() -> str"
    )

    assert {finding.rule for finding in findings} >= {"types"}


def test_a_candidate_is_held_to_its_contract():
    """The promised signature, the names that are taken and the tools that may be called come from outside."""
    contract = Contract("shout", WHOLE, "", Step(1, "Shout."))
    calling = WHOLE.replace("text.upper()", "upper_case(text)")

    def rules(source: str, **more: frozenset[str]) -> set[str]:
        names = {"taken": frozenset[str](), "callable_tools": frozenset[str]()} | more
        return {f.rule for f in review_candidate(Candidate("shout", source, ""), contract, **names)}

    assert stub_signature(contract) == "shout(text: str) -> str"
    assert rules(WHOLE) == set()
    assert rules(WHOLE, taken=frozenset({"shout"})) == {"clash"}
    assert rules(calling) == {"unresolved"}
    assert rules(calling, callable_tools=frozenset({"upper_case"})) == set()
    assert rules(WHOLE.replace("(text: str)", "(text: str, loud: bool = True)")) == {
        "signature",
        "documented",
    }
    assert rules(WHOLE.replace("-> str", "-> 'str'")) == {"signature"}
    assert rules("") == {"one-function"}


@pytest.mark.parametrize(
    ("requires", "package", "allowed"),
    [
        ("requests", "requests", True),
        ("requests>=2.31, PyYAML (yaml)", "yaml", True),
        ("requests>=2.31, PyYAML (yaml)", "requests.adapters", True),
        ("beautifulsoup4 (bs4)", "bs4", True),
        ("python-dateutil", "python_dateutil", True),
        ("none", "requests", False),
        ("requests", "yaml", False),
    ],
)
def test_packages_are_declared(requires, package, allowed):
    """A package from outside is declared in `Requires:` by the name of its import, also with a version."""
    source = WHOLE.replace("    Keywords:", f"    Requires: {requires}\n    Keywords:").replace(
        "    return", f"    import {package}\n    return"
    )

    assert (review_source("shout", source) == ()) == allowed


def test_a_finding_as_text():
    """Its author reads line, message and rule."""
    assert finding_text(Finding("types", 3, "no type")) == "line 3: no type [types]"


@pytest.mark.parametrize(
    "name", ["x" * 61, "_private", "with__two", "ends_", "größe", "a-b", "", "1st", "class", "type"]
)
def test_names_that_no_tool_may_have(name):
    """A tool's name is short, plain snake_case and nothing of the language."""
    source = f"def {name}() -> int:\n    return 1\n" if name.isidentifier() else WHOLE
    assert review_source(name, source) != ()


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("import os\n    return str(getattr(os, 'sys' + 'tem')(text))", "dynamic-code"),
        ("import importlib\n    return str(importlib.import_module('os').system(text))", "dynamic-code"),
        ("import operator, os\n    return str(operator.methodcaller('system', text)(os))", "dynamic-code"),
        ("import builtins as b\n    return str(vars(b)['ev' + 'al'](text))", "dynamic-code"),
        ("return str((lambda f: f(text))(eval))", "dynamic-code"),
        ("import functools\n    return str(functools.partial(exec, text)())", "dynamic-code"),
        ("return str([c for c in (eval,)][0](text))", "dynamic-code"),
        ("return str(().__class__.__base__.__subclasses__())", "interpreter"),
        ("import os as o\n    f = o.popen\n    return f(text).read()", "shell"),
        ("import subprocess as s\n    return s.run(text, shell=bool(text)).stdout", "shell"),
        ("import pickle\n    return str(pickle.loads(text.encode()))  # nosec", "bandit"),
        ("try:\n        return str(int(text))\n    except:\n        return ''", "swallowed"),
    ],
)
def test_roundabout_ways_are_seen(body, rule):
    """What is forbidden is refused by the same rule when it is reached by another name or through a value."""
    findings = review_source("tool", f"def tool(text: str) -> str:\n    {body}\n")

    assert rule in {finding.rule for finding in findings}
