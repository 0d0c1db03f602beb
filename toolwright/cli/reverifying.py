"""Names of kept tools -> all evidence anew, several at once; who fails goes into quarantine if wished."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias

from toolwright.errors import LibraryWriteError, PackageError, SandboxError
from toolwright.library.evidence import score_in
from toolwright.library.needs import required_packages
from toolwright.library.parting import run_with
from toolwright.library.store import Snapshot, Store
from toolwright.making.held_out import EXAMPLE, missed
from toolwright.making.rechallenging import Kept, rechallenged
from toolwright.packages.shelf import Shelf
from toolwright.parts import Rigor
from toolwright.permissions.verifying import verification_policy
from toolwright.protocols import Sandbox
from toolwright.records import asdict, dataclass, replace
from toolwright.screen.verdicts import VerdictRow
from toolwright.syntax.examples import docstring_examples
from toolwright.types import Json, Policy, Tool, Verdict

_Moved: TypeAlias = Literal["", "quarantined", "released", "renewed"]
_NO_EVIDENCE = ("", "none")
"""Levels of which no verdict counts: the tests were not run, or nothing kept the tool from forging it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A tool, what its tests said (None when it has none), and what that did to it.

    `stale` says why its evidence did not speak for it any more, "" where it did.
    """

    name: str
    verdict: Verdict | None
    moved: _Moved = ""
    was_in: bool = False
    tests: str = ""
    stale: str = ""

    @property
    def is_in_quarantine(self) -> bool:
        """Whether it is in quarantine now."""
        return self.moved == "quarantined" or (self.was_in and self.moved != "released")

    def is_weak(self, threshold: float) -> bool:
        """Whether its tests passed, and notice less than that share of deliberate faults."""
        score = self.verdict.mutants if self.verdict and self.verdict.passed else None
        return score is not None and score.share < threshold

    @property
    def misses_example(self) -> bool:
        """Whether its tests pass, and an example of the user that is kept with it does not hold."""
        verdict = self.verdict
        return verdict is not None and not verdict.passed and verdict.why.startswith(EXAMPLE)

    @property
    def row(self) -> VerdictRow:
        """What the table shows."""
        return VerdictRow(self.name, self.verdict, "quarantined" if self.is_in_quarantine else self.moved)

    def as_json(self) -> Json:
        """Return it as JSON; None when there are no tests."""
        verdict = self.verdict
        if verdict is None:
            return None
        score = verdict.mutants
        return {
            "passed": verdict.passed,
            "why": verdict.why,
            "tests": [{"name": test.name, "outcome": test.outcome} for test in verdict.tests],
            "controls": [
                {"name": control.name, "noticed": list(control.noticed)} for control in verdict.controls
            ],
            "mutants": {**asdict(score), "share": score.share} if score else None,
            "replays": verdict.replays,
            "packages": dict(verdict.packages),
            "stale": self.stale,
            "seconds": verdict.seconds,
            "level": verdict.level,
            "quarantined": self.is_in_quarantine,
            "renewed": self.moved == "renewed",
        }


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies the tools of one library as they are in `snapshot`; without `rigor` none is challenged.

    Without `keeps` nothing is written: no evidence is renewed, no tool enters or leaves quarantine.
    """

    store: Store
    snapshot: Snapshot
    shelf: Shelf
    rigor: Rigor | None = None
    quarantines: bool = False
    keeps: bool = True

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
        tests = self.store.tests_of(tool.name)
        if tests is None:
            return Checked(tool.name, None, was_in=was_in)
        text = run_with(self.snapshot.catalogue, tool.name, tool.source, tests, lines=True)
        try:
            required = required_packages(text, self.snapshot.kept, tool.name)
            policy = self.shelf.grant(verification_policy(text, tool), required)
            verdict = sandbox.verify(
                text, tests, policy, function=tool.name, examples=docstring_examples(tool)
            )
            verdict = self._with_examples(sandbox, tool, policy, verdict)
            if self.rigor and verdict.passed and verdict.level not in _NO_EVIDENCE:
                verdict = rechallenged(sandbox, Kept(text, tool, tests, policy), verdict, self.rigor)
            verdict = replace(verdict, packages=self.shelf.versions(required))
        except (PackageError, SandboxError) as missing:
            why = f"{missing} ({missing.hint})" if missing.hint else str(missing)
            verdict = Verdict(passed=False, why=why)
        return Checked(tool.name, verdict, was_in=was_in, tests=tests)

    def _with_examples(self, sandbox: Sandbox, tool: Tool, policy: Policy, verdict: Verdict) -> Verdict:
        """Try the user's examples that are kept with the tool, too."""
        if not verdict.passed:
            return verdict
        wrong = missed(sandbox, self.snapshot.part(tool.name).runs, self.store.examples_of(tool.name), policy)
        return replace(verdict, passed=False, why=wrong[0].for_user) if wrong else verdict

    def _settle(self, checked: Checked) -> Checked:
        """Draw the consequence of a verdict that counts."""
        verdict = checked.verdict
        if verdict is None or verdict.level in _NO_EVIDENCE or not self.keeps:
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
        """Keep the verdict as evidence where it says more than what there is."""
        if self.store.standings([name], self.shelf.version)[name].kind == "verified" and not _is_news(
            self.store.evidence_of(name) or {}, verdict
        ):
            return False
        try:
            return self.store.renew(name, verdict, self.snapshot.text, tests)
        except LibraryWriteError:
            return False  # a library that cannot be written can be verified all the same


def _is_news(evidence: Mapping[str, Json], verdict: Verdict) -> bool:
    """Tell whether a verdict says other things of the same text; faults not tried for want of time do not."""
    said = evidence.get("verdict")
    before = said if isinstance(said, dict) else {}
    if before.get("level") != verdict.level or (before.get("packages") or {}) != verdict.packages:
        return True
    score, known = verdict.mutants, score_in(evidence)
    return score is not None and (known is None or (not score.untried and known != (score.killed, score.of)))
