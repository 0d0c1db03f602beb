"""What a challenge is about: a verified text with its verdict in, what there is to try with it out."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from toolwright.records import dataclass, field
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.cells.wire import encode
from toolwright.types import CallRecord, ChallengePlan, Json, Mutant, Policy, Verdict

_MOST_CALLS: Final = 300
_MOST_BYTES: Final = 1 << 20


MakeCaller: TypeAlias = Callable[[int, float], Caller]
"""Given a hash seed, 0 for the usual one, and how far the clock is moved, returns who makes such calls."""

ANOTHER_SEED: Final = "with another hash seed (PYTHONHASHSEED)"
ANOTHER_CLOCK: Final = "with another clock and time zone"
TWICE: Final = "when one process called it twice, and emptied the first answer,"
BY_CHANCE: Final = "when it ran again with nothing changed (chance, state or the time that passed)"


@dataclass(frozen=True, slots=True)
class Variation:
    """Other conditions: a hash seed, 0 for the usual one, and how many seconds the clock is moved."""

    make: MakeCaller
    hash_seed: int = 0
    clock_s: float = 0.0

    @property
    def caller(self) -> Caller:
        """Who makes calls under them."""
        return self.make(self.hash_seed, self.clock_s)

    def cause(self, differs: Callable[[Caller], bool]) -> str:
        """Say which of the conditions makes a difference, where both together made one.

        `differs` tries again what differed. A difference without any of them is not theirs.
        """
        plain = self.make(0, 0.0)
        if plain.has_fixed_hashes and differs(plain):
            return BY_CHANCE
        if self.hash_seed and differs(self.make(self.hash_seed, 0.0)):
            return ANOTHER_SEED
        if self.clock_s and differs(self.make(0, self.clock_s)):
            return ANOTHER_CLOCK
        both = self.hash_seed and self.clock_s
        return f"{ANOTHER_SEED} and another clock together" if both and differs(self.caller) else BY_CHANCE


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
