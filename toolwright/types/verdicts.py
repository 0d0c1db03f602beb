"""Records of evidence: what tests said of a candidate, and every call they made."""

from collections.abc import Mapping

from toolwright.records import dataclass, field
from toolwright.types.challenges import MutationScore
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
    """A call that a test really made, with what the tool answered.

    `effects` are the files that it changed, each as "created file out/a.txt (5 bytes, sha256 2cf2...)".
    `test` made it, "" for a call while the file was loaded.
    """

    function: str
    arguments: Mapping[str, Json]
    result: CallResult
    effects: tuple[str, ...] = ()
    test: str = ""


@dataclass(frozen=True, slots=True)
class ControlOutcome:
    """One negative control: the tests run again with something false, and those of them that `noticed`.

    `name` is "values" (wrong answers of the same type), "none", "own values" (wrong answers, another for each
    call), "files" (true answers, files left as they were) or "requests" (true answers, nothing sent).
    """

    name: str
    noticed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Evidence for or against a candidate. `why` is empty exactly when `passed`.

    `mutants` is None when it was not challenged; `replays` counts calls and tests that were run again under
    other conditions and went the same; `unchallenged` are sentences on what was not tried, and why. `placebo`
    says that the tests passed as well where a control told them the truth. `hypothesis_seed` is what
    generated examples were drawn with, None where there are none. `packages` are the versions of those that
    it could import, by name.
    """

    passed: bool
    why: str = ""
    tests: tuple[TestOutcome, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    seconds: float = 0.0
    level: str = ""
    controls: tuple[ControlOutcome, ...] = ()
    mutants: MutationScore | None = None
    replays: int = 0
    hypothesis_seed: int | None = None
    placebo: bool = False
    unchallenged: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
