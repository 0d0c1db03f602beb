"""`protocols.Sandbox` by plain processes: bounded in time, memory and output, killed with all they started.

This level does not confine: a tool can still read and write what the user can. It is a process of
its own with a clean environment, and what it says about itself is not believed.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from toolwright.sandbox.calling import LEVEL, Caller, process_caller
from toolwright.sandbox.warmth import HypothesisTables
from toolwright.types import CallResult, Challenge, ChallengePlan, Example, Json, Policy, Verdict

if TYPE_CHECKING:
    from toolwright.sandbox.judging import Judge

_PACKAGE_FOLDERS: Final = {"site-packages", "dist-packages"}


class ProcessSandbox:
    """Runs tools and their tests in child processes. Safe to use from several threads at once."""

    def __init__(self, *, judge_wall_s: float = 60.0, judge_calls: int = 2000, level: str = LEVEL) -> None:
        """Bound each verification: seconds for all its tests together, and calls of the tool.

        `level` is how it calls itself.
        """
        self._judge_wall_s = judge_wall_s
        self._judge_calls = judge_calls
        self._site = tuple(path for path in sys.path if PurePath(path).name in _PACKAGE_FOLDERS)
        self._caller = process_caller(self._site, level)
        self._tables = HypothesisTables(self._site)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def level(self) -> str:
        """How strong the confinement is."""
        return self._caller.level

    def close(self) -> None:
        """End nothing: every call has ended its process itself."""

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Run `function` of the module text `source` once, JSON in, JSON out.

        Relative paths start in the workspace, or in the scratch folder when there is none.

        Raises:
            SandboxError: no process could be started; every other failure is in the result.
        """
        return self._caller.call(source, function, arguments, policy).result

    def verify(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        examples: Sequence[Example] = (),
        brief_s: float = 0.0,
    ) -> Verdict:
        """Run the pytest file `tests` against `source`, which it imports as `tools`.

        Test and tool share folders made for this verification; each test starts in an empty one.
        The policy's workspace is not used but by the examples.

        Raises:
            SandboxError: no process could be started; every other failure is in the verdict.
        """
        return self._judge().verify(
            source, tests, policy, function=function, examples=examples, brief_s=brief_s
        )

    def challenge(
        self, source: str, tests: str, policy: Policy, *, function: str, verdict: Verdict, plan: ChallengePlan
    ) -> Challenge:
        """Run what was verified again under other conditions, then its mutants.

        Raises:
            SandboxError: no process could be started; every other failure is in the challenge.
        """
        from toolwright.sandbox.challenge import challenge
        from toolwright.sandbox.challenged import Case

        def make(hash_seed: int, clock_s: float) -> Caller:
            return process_caller(self._site, self.level, hash_seed, clock_s)

        return challenge(self._judge(), make, Case(source, tests, policy, function, verdict, plan))

    def _judge(self) -> "Judge":
        from toolwright.sandbox.judging import Judge

        return Judge(self._caller, self._judge_wall_s, self._judge_calls, self._tables)
