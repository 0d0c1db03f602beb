"""Names of kept tools -> a verdict each, several at once; who fails goes into quarantine if wished."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from toolwright.errors import LibraryWriteError, PackageError, SandboxError
from toolwright.library.needs import required_packages
from toolwright.library.store import Snapshot, Store
from toolwright.making.held_out import missed
from toolwright.packages.shelf import Shelf
from toolwright.permissions.verifying import verification_policy
from toolwright.protocols import Sandbox
from toolwright.screen.verdicts import VerdictRow
from toolwright.syntax.examples import docstring_examples
from toolwright.types import Json, Policy, Tool, Verdict

_Moved: TypeAlias = Literal["", "quarantined", "released", "renewed"]
_NO_EVIDENCE = ("", "none")
"""Levels of which no verdict counts: the tests were not run, or nothing kept the tool from forging it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A tool, what its tests said (None when it has none), and what that did to it."""

    name: str
    verdict: Verdict | None
    moved: _Moved = ""
    was_in: bool = False
    tests: str = ""

    @property
    def is_in_quarantine(self) -> bool:
        """Whether it is in quarantine now."""
        return self.moved == "quarantined" or (self.was_in and self.moved != "released")

    @property
    def row(self) -> VerdictRow:
        """What the table shows."""
        return VerdictRow(self.name, self.verdict, "quarantined" if self.is_in_quarantine else self.moved)

    def as_json(self) -> Json:
        """Return it as JSON; None when there are no tests."""
        verdict = self.verdict
        if verdict is None:
            return None
        return {
            "passed": verdict.passed,
            "why": verdict.why,
            "tests": [{"name": test.name, "outcome": test.outcome} for test in verdict.tests],
            "controls": [
                {"name": control.name, "noticed": list(control.noticed)} for control in verdict.controls
            ],
            "seconds": verdict.seconds,
            "level": verdict.level,
            "quarantined": self.is_in_quarantine,
            "renewed": self.moved == "renewed",
        }


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies the tools of one library as they are in `snapshot`."""

    store: Store
    snapshot: Snapshot
    shelf: Shelf
    quarantines: bool = False

    def verify(self, sandbox: Sandbox, names: Sequence[str], jobs: int) -> tuple[Checked, ...]:
        """Return the verdicts in the order of the names; `jobs` tools are verified at the same time.

        Raises:
            LibraryError: a test file cannot be read, or a note on quarantine not be written.
        """
        pool = ThreadPoolExecutor(jobs, thread_name_prefix="verify")
        try:
            waiting = [pool.submit(self._check, sandbox, self.snapshot.kept[name]) for name in names]
            return tuple(self._settle(future.result()) for future in waiting)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _check(self, sandbox: Sandbox, tool: Tool) -> Checked:
        was_in = tool.name in self.snapshot.quarantined
        tests, text = self.store.tests_of(tool.name), self.snapshot.text
        if tests is None:
            return Checked(tool.name, None, was_in=was_in)
        try:
            policy = self.shelf.grant(
                verification_policy(text, tool), required_packages(text, self.snapshot.kept, tool.name)
            )
            verdict = sandbox.verify(
                text, tests, policy, function=tool.name, examples=docstring_examples(tool)
            )
            verdict = self._with_examples(sandbox, tool, policy, verdict)
        except (PackageError, SandboxError) as missing:
            verdict = Verdict(passed=False, why=f"{missing} ({missing.hint})")
        return Checked(tool.name, verdict, was_in=was_in, tests=tests)

    def _with_examples(self, sandbox: Sandbox, tool: Tool, policy: Policy, verdict: Verdict) -> Verdict:
        """Try the user's examples that are kept with the tool, too."""
        if not verdict.passed:
            return verdict
        wrong = missed(sandbox, self.snapshot.text, self.store.examples_of(tool.name), policy)
        return replace(verdict, passed=False, why=wrong[0].for_user) if wrong else verdict

    def _settle(self, checked: Checked) -> Checked:
        """Draw the consequence of a verdict that counts."""
        verdict = checked.verdict
        if verdict is None or verdict.level in _NO_EVIDENCE:
            return checked
        if verdict.passed:
            renewed = self._renew(checked.name, verdict, checked.tests)
            moved: _Moved = "released" if self.store.release(checked.name) else "renewed" if renewed else ""
            return replace(checked, moved=moved)
        if self.quarantines:
            self.store.quarantine(checked.name, verdict.why, self.snapshot.text)
            return replace(checked, moved="quarantined")
        return checked

    def _renew(self, name: str, verdict: Verdict, tests: str) -> bool:
        """Keep the verdict as evidence where what there is speaks of another text, or another Python."""
        if self.store.standings([name])[name].kind == "verified":
            return False
        try:
            return self.store.renew(name, verdict, self.snapshot.text, tests)
        except LibraryWriteError:
            return False  # a library that cannot be written can be verified all the same
