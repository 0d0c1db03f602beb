"""The supervisor of one verification: source, tests and examples in, a `Verdict` out.

The judge's cell runs pytest; whenever a test calls the tool, the judge asks here and the call is
run in a tool cell of its own, exactly as in production. So every call is seen, and the tool's code
never shares a process with those who decide about it.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.records import dataclass, replace
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.controls import Controls
from toolwright.sandbox.observing import Answering, Observed, Run
from toolwright.sandbox.reading import read_pair
from toolwright.sandbox.records import Records
from toolwright.sandbox.session import HYPOTHESIS_SEED, RunJudge, Session
from toolwright.sandbox.source_shape import SourceShape
from toolwright.sandbox.spawn import run_cell
from toolwright.sandbox.tests_shape import TestsShape
from toolwright.sandbox.warmth import HypothesisTables
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Example, Policy, Verdict

_CONTROL_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Runs verifications with `wall_s` seconds and `max_calls` calls each, which `caller` makes.

    `tables` are hypothesis's, None where `run_tests` has them warm.
    """

    caller: Caller
    wall_s: float
    max_calls: int
    tables: HypothesisTables | None
    run_tests: RunJudge = run_cell

    def verify(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        examples: Sequence[Example],
        brief_s: float = 0.0,
    ) -> Verdict:
        """Judge `function` of `source` by its tests and, when those pass, by the examples.

        With `brief_s` they run once, in at most so many seconds, without negative controls.

        Raises:
            SandboxError: no process could be started.
        """
        started = time.monotonic()
        read = read_pair(source, tests, function)
        if isinstance(read, str):
            return Verdict(
                passed=False, why=read, seconds=time.monotonic() - started, level=self.caller.level
            )
        with fresh_folder("verify") as folder:
            observed = Observed(function, str(Path(folder, "run")), changes_files=policy.changes_workspace)
            hearing = _Hearing(self, (source, tests), policy, read, observed, brief_s)
            why = hearing.complaint(function) or self._try_examples(source, policy, examples)
            controls = Controls(observed, policy, hearing.records.names, hearing.again)
            why = why or ("" if brief_s else controls.complain())
        return Verdict(
            passed=not why,
            why=why,
            tests=hearing.records.outcomes(),
            calls=hearing.session.evidence.calls(),
            seconds=time.monotonic() - started,
            level=self.caller.level,
            controls=tuple(controls.outcomes),
            placebo=controls.passed_placebo,
            hypothesis_seed=HYPOTHESIS_SEED if read[1].uses_hypothesis else None,
        )

    def _try_examples(self, source: str, policy: Policy, examples: Sequence[Example]) -> str:
        """Say which example does not hold; its expected answer stays here."""
        for example in examples:
            result = self.caller.call(source, example.function, example.arguments, policy).result
            if result.status == "returned" and same_json(result.value, example.expected):
                continue
            got = (
                f"returned {short_text(result.value)}"
                if result.status == "returned"
                else failure_text(result)
            )
            call = call_text(example.function, example.arguments)
            return f"an example that was given does not hold: {call} {got}"
        return ""


class _Hearing:
    """The tests of one verification, run with true answers first; `records` are what they said then."""

    def __init__(
        self,
        judge: Judge,
        texts: tuple[str, str],
        policy: Policy,
        read: tuple[SourceShape, TestsShape],
        observed: Observed,
        brief_s: float,
    ) -> None:
        self._judge = judge
        self._source, self._tests = texts
        self._policy = policy
        self._read = read
        self._brief = bool(brief_s)
        self._run = Run(observed.root, observed.answer, wall_s=brief_s)
        self._began = time.monotonic()
        self.records = Records()
        self.session = self._session(self._run, self.records)
        self.session.effects = observed.last_effects

    def complaint(self, function: str) -> str:
        """Run the tests and say why they are no reason to trust `function`, "" when they are one.

        What hypothesis found is told of the smallest example.
        """
        why = self.session.run(self._tests)
        if why:
            return why
        shape = self._read[1]
        why = self.records.complaint(shape.names)
        if why and shape.uses_hypothesis and not self._brief:
            smaller = Records()
            stopped = self._session(replace(self._run, shrink=True), smaller).run(self._tests)
            shown = "" if stopped else smaller.complaint(shape.names)
            if shown:
                self.records, why = smaller, shown
        if not why and function not in self.session.evidence.called:
            return f"no test calls {function}"
        return why

    def again(self, names: frozenset[str], answering: Answering) -> Records:
        """Run the tests of these names once more, with other answers."""
        judge, heard = self._judge, Records()
        seconds = max(_CONTROL_S, 3 * (time.monotonic() - self._began))
        control = replace(
            self._run,
            answering=answering,
            wall_s=min(judge.wall_s, seconds),
            max_calls=4 * self.session.evidence.count + 100,
            skip=tuple(name for name in self.records.names if name not in names),
        )
        self._session(control, heard).run(self._tests)
        return heard

    def _session(self, run: Run, records: Records) -> Session:
        return Session(self._judge, self._source, self._policy, self._read, run, records)
