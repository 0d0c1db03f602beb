"""What was tried for one wish: refused versions in order, what repeats itself, and when to stop."""

from typing import Final

from toolwright.making.feedback import in_short
from toolwright.making.held_out import Missed
from toolwright.making.trial import Trial
from toolwright.types import TestOutcome

_SAME_FAILURES: Final = 3
_WARN_AT: Final = 0.8
_TWICE: Final = 2


class Attempts:
    """Collects refused versions. What is said of repetitions is about the present contract only."""

    def __init__(self, most: int) -> None:
        """`most` is how many versions may be written in all."""
        self.most = most
        self.refusals: tuple[str, ...] = ()
        self.all: list[Trial] = []
        self.disputed: set[tuple[str, str]] = set()
        self._of_contract: list[Trial] = []

    @property
    def number(self) -> int:
        """The number of the version that comes next, from 1."""
        return len(self.all) + 1

    @property
    def last(self) -> Trial | None:
        """The last version for the present contract."""
        return self._of_contract[-1] if self._of_contract else None

    @property
    def earlier(self) -> tuple[str, ...]:
        """Why the versions before the last one were refused, a line each."""
        return tuple(in_short(trial.refused_by, trial.reasons[0]) for trial in self._of_contract[:-1])

    def add(self, trial: Trial) -> None:
        """Take in a version that was refused."""
        self.all.append(trial)
        self._of_contract.append(trial)
        self.note(trial)

    def note(self, trial: Trial) -> None:
        """Take in why a version was refused that is no attempt of its own."""
        self.refusals = (*self.refusals, f"{trial.refused_by}: {(trial.told or trial.reasons)[0]}")

    def start_over(self) -> None:
        """Begin with another contract."""
        self._of_contract = []

    @property
    def warning(self) -> str:
        """What is said once, when most attempts are used up and some are left."""
        used, bound = len(self.all), _WARN_AT * self.most
        return f"{used} of {self.most} attempts are used up" if used - 1 < bound <= used < self.most else ""

    @property
    def stuck(self) -> str:
        """Why to stop before the attempts are used up, "" as long as there is hope."""
        trials = self._of_contract
        if len(trials) >= _TWICE and _same_text(trials[-1], trials[-2]):
            return "the same text was sent twice in a row"
        if trials and sum(trial.failure == trials[-1].failure for trial in trials) >= _SAME_FAILURES:
            return f"the same failure came {_SAME_FAILURES} times"
        return ""

    @property
    def failed_twice(self) -> TestOutcome | None:
        """A test of the last version whose assertion had failed before."""
        if len(self._of_contract) < _TWICE:
            return None
        *others, last = self._of_contract
        before = {assertion(test) for trial in others for test in trial.failing}
        return next((test for test in last.failing if assertion(test) in before), None)

    @property
    def missed_twice(self) -> tuple[Missed, ...]:
        """The user's examples that failed before too, while all tests passed both times."""
        if len(self._of_contract) < _TWICE:
            return ()
        *others, last = self._of_contract
        before = {missed.call for trial in others for missed in trial.missed}
        return tuple(missed for missed in last.missed if missed.call in before)


def assertion(test: TestOutcome) -> tuple[str, str]:
    """Name the assertion that failed: the test and its lines up to what came of it."""
    return test.name, test.message.partition("\nE ")[0]


def outcome(test: TestOutcome) -> tuple[str, ...]:
    """Return what pytest said of a failed assertion, values included."""
    return tuple(line for line in test.message.splitlines() if line.startswith("E "))


def _same_text(one: Trial, other: Trial) -> bool:
    return one.candidate.source.split() == other.candidate.source.split()
