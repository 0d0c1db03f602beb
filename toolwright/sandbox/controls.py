"""Negative controls: an honest run that passed in, why its tests are no evidence out.

The same tests run again and are told something false. A test that passes all the same notices nothing, and
so does one that forges its record: it gives itself away by passing here too.
"""

from collections.abc import Iterable
from typing import Final

from toolwright.records import dataclass, field
from toolwright.sandbox.lying import Lies
from toolwright.sandbox.observing import Answering, Observed
from toolwright.sandbox.placebo import Placebo, Rerun
from toolwright.types import ControlOutcome, Policy

_RUNS: Final = 4
_MOST_NAMED: Final = 3


@dataclass(slots=True)
class Controls:
    """The controls of one verification."""

    observed: Observed
    policy: Policy
    tests: tuple[str, ...]
    rerun: Rerun
    outcomes: list[ControlOutcome] = field(default_factory=list)
    passed_placebo: bool = False
    _noticed_in: dict[frozenset[str], set[str]] = field(default_factory=dict)

    def complain(self) -> str:
        """Run the controls; "" when every test notices something and every effect is noticed.

        Where that is so, the tests run again in the same way, and are told the truth: all must pass.
        """
        function = self.observed.function
        why = self._complain_before(function) or self._complain_after(function)
        if not why:
            lies = Lies(self.observed, uses_network=bool(self.policy.network))
            why = Placebo(self.observed, self.tests, self.rerun).complain(self._noticed_in, lies.truth)
            self.passed_placebo = not why
        return why

    def _complain_before(self, function: str) -> str:
        """Say what can be seen without another run."""
        seen = self.observed.seen
        changed = self.observed.changed
        if not (self._is_told or changed or self.policy.network):
            return (
                f"{function} returned None in every call, changed no file that its tests could see and "
                "raised nothing: no test can tell it from a function that does nothing"
                + (f"; {self._could_write}" if self._must_write else "")
            )
        if self._must_write and not changed:
            return f"{function} may write files, but no test has it change one: {self._could_write}"
        if self.policy.network and not all(change.is_known for one in seen for change in one.changes):
            return f"{function} writes more in its tests than can be controlled; let it fetch less than 8 MB"
        return ""

    def _complain_after(self, function: str) -> str:
        lies = Lies(self.observed, uses_network=bool(self.policy.network))
        left = set(self.tests)
        if self._is_told:
            noticed = self._try("values", left, lies.values)
            if not noticed:
                return (
                    f"the tests pass as well when every answer of {function} is wrong "
                    f"({_named(self.tests)}): compare its answers with values that the test itself holds"
                )
            left -= noticed
        if self.observed.changed:
            changing = self.observed.tests(that_changed=True)
            noticed = self._try("files", changing, lies.no_files)
            if not noticed:
                files = _named(dict.fromkeys(change.name for change in self.observed.changed))
                return (
                    f"no test notices when {function} leaves the files as they were ({files}): after the "
                    f"call, {self._could(changing)} compare what is in them with what should be"
                )
            left -= noticed
        if self._must_send:
            noticed = self._try("requests", self.observed.tests(), lies.no_requests)
            if not noticed:
                return (
                    f"no test notices when {function} sends no request: after the call, "
                    f"{self._could(self.observed.tests())} check what the server received (with "
                    "pytest-httpserver `httpserver.log`)"
                )
            left -= noticed
        return self._complain_of(left, lies)

    def _complain_of(self, left: set[str], lies: Lies) -> str:
        """Give the tests that have noticed nothing yet their last chances."""
        if self._is_told:
            for name, answering in (("none", lies.none), ("own values", lies.values_of_their_own)):
                if left & self.observed.tests():
                    left = left - self._try(name, left, answering)
        function = self.observed.function
        names = [name for name in self.tests if name in left]
        idle = [name for name in names if name not in self.observed.tests()]
        if idle:
            return (
                f"{_named(idle)} never {_plural('call', idle)} {function}, so {_it(idle)} no evidence for it"
            )
        if names:
            return (
                f"{_named(names)} {_plural('pass', names)} whatever {function} does (wrong answers, none, "
                "files untouched): compare its answer with a value that the test itself holds"
            )
        return ""

    def _could(self, tests: set[str]) -> str:
        """Say which tests could do something about it."""
        return f"{_named(name for name in self.tests if name in tests) or 'a test'} could"

    @property
    def _could_write(self) -> str:
        return (
            f"{self._could(self.observed.tests())} give it a path below tmp_path and, after the call, "
            "compare what is in the file with what should be"
        )

    @property
    def _must_write(self) -> bool:
        """Whether tests must notice what it writes: it declares that it does."""
        effects = self.policy.effects
        return bool(self.policy.write) if effects is None else "write" in effects

    @property
    def _must_send(self) -> bool:
        """Whether tests must notice what it sends."""
        effects = self.policy.effects
        return bool(self.policy.network) and (effects is None or "network" in effects)

    @property
    def _is_told(self) -> bool:
        return any(seen.told for seen in self.observed.seen)

    def _try(self, name: str, tests: Iterable[str], answering: Answering) -> set[str]:
        """Run tests until each was heard; one that ends the run, or runs on for ever, has noticed."""
        left, noticed = set(tests), set[str]()
        for _ in range(_RUNS):
            asked = frozenset(left)
            heard = self.rerun(asked, answering)
            failed = heard.failed() & left
            if failed:
                self._noticed_in.setdefault(asked, set()).update(failed)
            noticed |= failed
            decided = failed | (heard.passed() & left)
            left -= decided
            if not (left and decided):
                break
        self.outcomes.append(ControlOutcome(name, tuple(test for test in self.tests if test in noticed)))
        return noticed


def _named(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(every[:_MOST_NAMED]) + more


def _plural(verb: str, names: list[str]) -> str:
    if len(names) > 1:
        return verb
    return f"{verb}es" if verb.endswith("s") else f"{verb}s"


def _it(names: list[str]) -> str:
    return "it is" if len(names) == 1 else "they are"
