"""What a check found -> text for machines: GitHub workflow commands, SARIF 2.1.0, JUnit XML."""

import html
import json
import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from toolwright.records import dataclass
from toolwright.types import Json, Verdict

Level: TypeAlias = Literal["error", "warning"]

RULES: Final = {
    "failed": "A tool does not pass its tests, or they do not hold as evidence.",
    "untested": "A tool has no tests.",
    "stale": "The evidence in git is not of the tool as it is now.",
    "weak": "The tests of a tool notice too few deliberate faults.",
    "library": "The library cannot be read.",
}
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
"""What GitHub asks to be named; nothing is fetched."""
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was found: its rule, how bad it is, the tool, where (`line` from 1), and a sentence."""

    rule: str
    level: Level
    tool: str
    message: str
    file: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Proved:
    """A tool with what its tests said, None where it has none."""

    name: str
    verdict: Verdict | None


def github(remarks: Sequence[Remark]) -> str:
    """Return a workflow command for each remark: they show up at the line in the pull request."""
    return "\n".join(
        f"::{each.level} file={_property(each.file)},line={each.line},title={_property(_title(each))}"
        f"::{_data(each.message)}"
        for each in remarks
    )


def sarif(remarks: Sequence[Remark], version: str) -> str:
    """Return a SARIF 2.1.0 log with one run."""
    names = list(RULES)
    results: list[Json] = [
        {
            "ruleId": each.rule,
            "ruleIndex": names.index(each.rule),
            "level": each.level,
            "partialFingerprints": {"toolAndRule/v1": f"{each.tool}:{each.rule}"},
            "message": {"text": f"{each.tool}: {each.message}" if each.tool else each.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(each.file)},
                        "region": {"startLine": each.line},
                    }
                }
            ],
        }
        for each in remarks
    ]
    rules: list[Json] = [{"id": rule, "shortDescription": {"text": about}} for rule, about in RULES.items()]
    driver = {"name": "Toolwright", "version": version, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def junit(proved: Sequence[Proved], remarks: Sequence[Remark]) -> str:
    """Return JUnit XML: a suite for each tool, a case for each test, and one for the verdict."""
    broken = [each for each in remarks if each.rule == "library"]
    suites = [_suite(each) for each in proved] + [_broken(each) for each in broken]
    totals = [sum(counts) for counts in zip(*(counts for counts, _ in suites), strict=True)] or [0, 0, 0]
    head = f'<testsuites name="toolwright" {_counts(totals)}>'
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', head, *(text for _, text in suites), "</testsuites>"]
    )


def _suite(each: Proved) -> tuple[tuple[int, int, int], str]:
    verdict = each.verdict
    if verdict is None:
        return (1, 0, 1), _cases(each.name, 0.0, [("verdict", "skipped", "it has no tests", "")], (1, 0, 1))
    cases = [
        (test.name, "" if test.outcome == "passed" else "failure", test.outcome, test.message)
        for test in verdict.tests
    ]
    cases.append(("verdict", "" if verdict.passed else "failure", verdict.why, verdict.why))
    counts = (len(cases), sum(case[1] == "failure" for case in cases), 0)
    return counts, _cases(each.name, verdict.seconds, cases, counts)


def _broken(remark: Remark) -> tuple[tuple[int, int, int], str]:
    counts = (1, 1, 0)
    return counts, _cases("library", 0.0, [("library", "failure", remark.message, remark.message)], counts)


def _cases(
    name: str, seconds: float, cases: Sequence[tuple[str, str, str, str]], counts: Sequence[int]
) -> str:
    lines = [f'  <testsuite name="{_xml(name)}" {_counts(counts)} time="{seconds:.3f}">']
    for case, ending, message, text in cases:
        start = f'    <testcase classname="tools.{_xml(name)}" name="{_xml(case)}"'
        inner = f'><{ending} message="{_xml(message)}">{_xml(text)}</{ending}></testcase>' if ending else "/>"
        lines.append(start + inner)
    return "\n".join([*lines, "  </testsuite>"])


def _counts(counts: Sequence[int]) -> str:
    tests, failures, skipped = counts
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}"'


def _xml(text: str) -> str:
    return html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=True)


def _title(remark: Remark) -> str:
    return f"{remark.tool} {remark.rule}".strip()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
