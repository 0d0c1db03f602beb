"""`protocols.Sandbox` by the kernel: every call in a fresh cell that can do only what its policy grants."""

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from types import TracebackType
from typing import Final, Self

from toolwright.errors import SandboxError
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.confined_cell import run_confined
from toolwright.sandbox.grants import make_order
from toolwright.sandbox.spawn import Bounds, Ended, OnFrame
from toolwright.sandbox.warmth import HypothesisTables
from toolwright.sandbox.zygote.order import Kind
from toolwright.sandbox.zygote.process import Zygote, ZygoteGoneError
from toolwright.types import CallResult, Example, Json, Policy, Verdict

_PACKAGE_FOLDERS: Final = {"site-packages", "dist-packages"}
_TRIES: Final = 2


class ConfinedSandbox:
    """Runs tools in confined cells. Safe to use from several threads; `close` ends the zygote."""

    def __init__(
        self,
        level: Kind = "full",
        *,
        protected: Sequence[str] = (),
        without: Sequence[str] = (),
        judge_wall_s: float = 60.0,
        judge_calls: int = 2000,
    ) -> None:
        """Confine at `level`; `protected` paths are hidden in every grant.

        `without` leaves layers out ("landlock", "seccomp"), to measure what each of them stops.
        """
        self._level: Kind = level
        self._protected = tuple(protected)
        self._without = tuple(without)
        self._judge_wall_s = judge_wall_s
        self._judge_calls = judge_calls
        self._site = tuple(path for path in sys.path if PurePath(path).name in _PACKAGE_FOLDERS)
        self._caller = Caller(level, self._site, self._run)
        self._tables = HypothesisTables(self._site)
        self._turn = threading.Lock()
        self._zygote: Zygote | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def level(self) -> str:
        """How strong the confinement is."""
        return self._level

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Run `function` of the module text `source` once, JSON in, JSON out.

        Relative paths start in the workspace, or in the scratch folder when there is none.

        Raises:
            SandboxError: the call cannot be confined as the policy asks; every other failure is in the result.
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
    ) -> Verdict:
        """Run the pytest file `tests` against `source`; each call of the tool runs confined.

        The judge itself is a plain process as yet: the tests are not confined.

        Raises:
            SandboxError: no process could be started; every other failure is in the verdict.
        """
        from toolwright.sandbox.judging import Judge

        judge = Judge(self._caller, self._judge_wall_s, self._judge_calls, self._tables)
        return judge.verify(source, tests, policy, function=function, examples=examples)

    def close(self) -> None:
        """End the zygote and with it every cell; the next call starts a new one."""
        with self._turn:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def _run(self, request: bytes, policy: Policy, bounds: Bounds, on_frame: OnFrame) -> Ended:
        order = make_order(policy, self._protected)
        for _ in range(_TRIES):
            zygote = self._living()
            try:
                return run_confined(zygote, order, request, bounds, on_frame)
            except ZygoteGoneError:
                self._bury(zygote)
        raise SandboxError("the process that makes confined cells died twice in a row", hint="try again")

    def _living(self) -> Zygote:
        """Return the zygote, started when there is none."""
        with self._turn:
            if self._zygote is None:
                runtime = (sys.base_prefix, sys.prefix, *self._site)
                self._zygote = Zygote.start(self._level, runtime, self._without)
            return self._zygote

    def _bury(self, zygote: Zygote) -> None:
        with self._turn:
            if self._zygote is zygote:
                self._zygote = None
        zygote.close()
