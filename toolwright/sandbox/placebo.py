"""Tests that noticed lies in, why they are no evidence out: they fail as well when a control tells the truth.

A test that fails because it found out that it is a control, and not because an answer is wrong, seems to
notice everything. It gives itself away where all is as in a control but true.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from toolwright.records import dataclass
from toolwright.sandbox.calling import Answer
from toolwright.sandbox.differing import same_answer
from toolwright.sandbox.observing import Answering, Asked, Live, Observed


class Heard(Protocol):
    """What one run of some tests showed."""

    def failed(self) -> set[str]:
        """Tests that did not pass, with the one that ended the run."""

    def passed(self) -> set[str]:
        """Tests that passed."""


Rerun = Callable[[frozenset[str], Answering], Heard]
"""Runs the tests with these names again, in bounded time, and tells them what is decided."""


@dataclass(slots=True)
class _Live:
    """Runs every call; `varies` when one answered otherwise than it did in the honest run."""

    observed: Observed
    varies: bool = False

    def answer(self, asked: Asked, live: Live) -> Answer:
        answer = live()
        seen = self.observed.find_alike(asked)
        if seen is not None and not same_answer(seen.answer.result, answer.result):
            self.varies = True
        return answer


@dataclass(frozen=True, slots=True)
class Placebo:
    """The positive control of one verification."""

    observed: Observed
    tests: tuple[str, ...]
    rerun: Rerun

    def complain(self, noticed: Mapping[frozenset[str], set[str]], truth: Answering) -> str:
        """Run again what noticed a lie, with the tests that ran then; "" when all of it passes.

        `noticed` has, for each set of tests that ran together, those that noticed something there.
        """
        for together, those in noticed.items():
            failed = self._failed(together, those, truth)
            if failed and (why := self._explain(together, failed)):
                return why
        return ""

    def _failed(self, together: frozenset[str], those: set[str], answering: Answering) -> list[str]:
        passed = self.rerun(together, answering).passed()
        return [name for name in self.tests if name in those and name not in passed]

    def _explain(self, together: frozenset[str], failed: list[str]) -> str:
        """Find out why tests failed that were told the truth; "" when the truth is another one each time."""
        watched = _Live(self.observed)
        left = self._failed(together, set(failed), watched.answer)
        if not left:
            return "" if watched.varies else _telling(failed[0])
        again = self._failed(frozenset(self.tests), set(left), watched.answer)
        if again:
            return (
                f"{again[0]} passed first and failed when the same was run again: it or "
                f"{self.observed.function} depends on chance, on the time or on something left behind"
            )
        return _telling(left[0])


def _telling(name: str) -> str:
    return (
        f"{name} tells a control from a real run: it fails as well when a control gives it every "
        "true answer; let it compare answers with values, not look at how or with which other tests it runs"
    )
