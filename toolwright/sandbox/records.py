"""The judge's records in, outcomes and the reason of a verdict out; what pytest would not send is refused."""

from typing import Final

from toolwright.records import dataclass, field
from toolwright.types import Json, TestOutcome

_PHASES: Final = ("setup", "call", "teardown")
_MAX_RECORDS: Final = 50_000
_OTHER_END: Final = "the test process sent records that pytest does not send"


@dataclass(slots=True)
class _Test:
    """What was reported of one test so far."""

    phases: dict[str, str] = field(default_factory=dict)
    message: str = ""
    reason: str = ""

    @property
    def outcome(self) -> str:
        outcomes = set(self.phases.values())
        if outcomes <= {"passed"}:
            return "passed" if tuple(self.phases) == _PHASES else "error"
        if "skipped" in outcomes:
            return "skipped"
        return "failed" if self.phases.get("call") == "failed" else "error"


class Records:
    """Collects what one judge says. `running` names the test that runs now, "" between tests."""

    def __init__(self) -> None:
        self.running = ""
        self._tests: dict[str, _Test] | None = None
        self._collection_error = ""
        self._status: int | None = None
        self._complaint = ""
        self._count = 0

    def add(self, record: Json) -> None:
        """Take in one record; a malformed one is remembered and refused by `complaint`."""
        self._count += 1
        match record:
            case _ if self._status is not None or self._count > _MAX_RECORDS:
                self._odd()
            case {"kind": "collected", "names": list(names)} if self._tests is None:
                self._tests = {str(name): _Test() for name in names}
                if len(self._tests) != len(names):
                    self._odd()
            case {"kind": "collection_error", "message": str(message)}:
                self._collection_error = self._collection_error or message
            case {"kind": "start", "name": str(name)} if self._tests and name in self._tests:
                self.running = name
            case {"kind": "report", "name": str(name), "when": str(when), "outcome": str(outcome)} if (
                name == self.running
            ):
                self._report(name, when, outcome, record)
            case {"kind": "finish", "status": int(status)}:
                self._status = status
            case _:
                self._odd()

    def annotate(self, name: str, text: str) -> None:
        """Add what the supervisor knows about a failed test to its message."""
        test = (self._tests or {}).get(name)
        if test is not None and test.message:
            test.message = f"{test.message}\n{text}"

    def outcomes(self) -> tuple[TestOutcome, ...]:
        """One outcome for each collected test, or one named `collection` when there was none."""
        if self._collection_error:
            return (TestOutcome("collection", "error", self._collection_error),)
        return tuple(
            TestOutcome(name, test.outcome, test.message) for name, test in (self._tests or {}).items()
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The collected tests."""
        return tuple(self._tests or ())

    def passed(self) -> set[str]:
        """Tests that were reported to have passed."""
        return {name for name, test in (self._tests or {}).items() if test.outcome == "passed"}

    def failed(self) -> set[str]:
        """Tests that began and did not pass, with one in which everything ended."""
        begun = {name for name, test in (self._tests or {}).items() if test.phases}
        return (begun | ({self.running} - {""})) - self.passed()

    def complaint(self, expected: tuple[str, ...]) -> str:
        """Say in one sentence why these records are not a pass, "" if they are."""
        if self._collection_error:
            return f"the test file could not be loaded: {_last_line(self._collection_error)}"
        collected = self._tests or {}
        bare = {name.partition("[")[0] for name in collected}
        missing = [name for name in expected if name not in bare]
        if self._status is not None and missing:
            return f"{missing[0]} was not collected by pytest"
        for name, test in collected.items():
            bad = _complain(name, test)
            if test.phases and bad:
                return bad
        if self._complaint:
            return self._complaint
        if self._status is None:
            where = f" in {self.running}" if self.running else ""
            return f"the test process ended before the tests were over{where}"
        unfinished = [name for name, test in collected.items() if test.outcome != "passed"]
        if unfinished:
            return f"{unfinished[0]} did not run to its end"
        return "" if self._status == 0 else f"pytest ended with exit status {self._status}"

    def _report(self, name: str, when: str, outcome: str, record: Json) -> None:
        test = (self._tests or {})[name]
        if when in test.phases or when not in _PHASES:
            self._odd()
            return
        test.phases[when] = "skipped" if record.get("xfail") else outcome
        if outcome != "passed" or record.get("xfail"):
            test.message = test.message or str(record.get("message", ""))
            test.reason = test.reason or str(record.get("reason", ""))
        if when == "teardown":
            self.running = ""

    def _odd(self) -> None:
        self._complaint = self._complaint or _OTHER_END


def _complain(name: str, test: _Test) -> str:
    reason = f": {test.reason}" if test.reason else ""
    match test.outcome:
        case "passed":
            return ""
        case "skipped":
            return f"{name} was skipped or expected to fail, which is no evidence{reason}"
        case "failed":
            return f"{name} failed{reason}"
        case _ if "failed" not in test.phases.values():
            return ""  # it was cut off in the middle: the end of the process says why
        case _:
            return f"{name} failed in {next(p for p, o in test.phases.items() if o == 'failed')}{reason}"


def _last_line(text: str) -> str:
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
    return (errors or lines or ["no reason was given"])[-1 if not errors else 0]
