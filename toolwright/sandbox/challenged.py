"""What a challenge is about: a verified text with its verdict in, what there is to try with it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from toolwright.sandbox.calling import Caller
from toolwright.sandbox.cells.wire import encode
from toolwright.types import CallRecord, ChallengePlan, Json, Mutant, Policy, Verdict

_MOST_CALLS: Final = 300
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Variation:
    """Other conditions: `caller` makes calls under them, `how` says which they are."""

    how: str
    caller: Caller


@dataclass(frozen=True, slots=True)
class Case:
    """What is challenged: `source` is the whole text that was verified, with `verdict`, under `policy`."""

    source: str
    tests: str
    policy: Policy
    function: str
    verdict: Verdict
    plan: ChallengePlan

    @property
    def is_pure(self) -> bool:
        """Whether an answer is all that a call can depend on and bring."""
        policy = self.policy
        touches = policy.sees_workspace or policy.changes_workspace or policy.network or policy.execute
        return not touches

    @property
    def test_names(self) -> tuple[str, ...]:
        """The collected tests, in their order."""
        return tuple(test.name for test in self.verdict.tests)

    def whole(self, mutant: Mutant) -> str:
        """The text with a mutant in it: what is defined last counts."""
        return f"{self.source}\n\n\n{mutant.source}"


@dataclass(slots=True)
class Calls:
    """The different calls that tests made, by their arguments, with the tests that made each."""

    records: dict[bytes, CallRecord] = field(default_factory=dict)
    tests: dict[bytes, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> "Calls":
        """Read them off a verdict, as many as are worth replaying."""
        calls, room = cls(), _MOST_BYTES
        for record in case.verdict.calls:
            if record.function != case.function or not record.test:
                continue
            key = encode(dict(record.arguments))
            room -= len(key) + len(encode(record.result.value))
            if key in calls.records or (room > 0 and len(calls.records) < _MOST_CALLS):
                calls.records.setdefault(key, record)
                calls.tests.setdefault(key, set()).add(record.test)
        return calls


def key_of(arguments: Mapping[str, Json]) -> bytes:
    """What equal arguments have in common."""
    return encode(dict(arguments))
