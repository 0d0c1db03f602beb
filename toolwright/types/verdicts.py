"""Records of evidence: what tests said of a candidate, and every call they made."""

from collections.abc import Mapping
from dataclasses import dataclass

from toolwright.types.json_values import Json
from toolwright.types.running import CallResult


@dataclass(frozen=True, slots=True)
class Example:
    """A call with a known answer; the trusted side compares, no author of code sees `expected`."""

    function: str
    arguments: Mapping[str, Json]
    expected: Json


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One collected test: `passed`, `failed`, `skipped` or `error`, with the failure's text."""

    __test__ = False  # pytest: not a test class

    name: str
    outcome: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call that a test really made, with what the tool answered."""

    function: str
    arguments: Mapping[str, Json]
    result: CallResult


@dataclass(frozen=True, slots=True)
class Verdict:
    """Evidence for or against a candidate. `why` is empty exactly when `passed`."""

    passed: bool
    why: str = ""
    tests: tuple[TestOutcome, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    seconds: float = 0.0
    level: str = ""
