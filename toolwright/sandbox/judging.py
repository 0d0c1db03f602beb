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
            root = str(Path(folder, "run"))
            observed = Observed(function, root, changes_files=policy.changes_workspace)
            records, run = Records(), Run(observed.root, observed.answer, wall_s=brief_s)
            session = Session(self, source, policy, read, run, records)
            session.effects = observed.last_effects
            why = session.run(tests)
            if (
                not why
                and (why := records.complaint(read[1].names))
                and read[1].uses_hypothesis
                and not brief_s
            ):
                smaller, shown = self._shrunk(source, tests, policy, read, replace(run, shrink=True))
                records, why = (smaller, shown) if shown else (records, why)
            if not why and function not in session.evidence.called:
                why = f"no test calls {function}"
            why = why or self._try_examples(source, policy, examples)

            def rerun(names: frozenset[str], answering: Answering) -> Records:
                heard = Records()
                control = replace(
                    run,
                    answering=answering,
                    wall_s=min(self.wall_s, max(_CONTROL_S, 3 * (time.monotonic() - started))),
                    max_calls=4 * session.evidence.count + 100,
                    skip=tuple(name for name in records.names if name not in names),
                )
                Session(self, source, policy, read, control, heard).run(tests)
                return heard

            controls = Controls(observed, policy, records.names, rerun)
            why = why or ("" if brief_s else controls.complain())
        return Verdict(
            passed=not why,
            why=why,
            tests=records.outcomes(),
            calls=session.evidence.calls(),
            seconds=time.monotonic() - started,
            level=self.caller.level,
            controls=tuple(controls.outcomes),
            placebo=controls.passed_placebo,
            hypothesis_seed=HYPOTHESIS_SEED if read[1].uses_hypothesis else None,
        )

    def _shrunk(
        self, source: str, tests: str, policy: Policy, read: tuple[SourceShape, TestsShape], run: Run
    ) -> tuple[Records, str]:
        """Run tests that failed again, for the smallest example; the reason is "" when that shows none."""
        records = Records()
        stopped = Session(self, source, policy, read, run, records).run(tests)
        return records, "" if stopped else records.complaint(read[1].names)

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
