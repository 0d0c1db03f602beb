"""`protocols.Sandbox` by a program of the system: each call is a new Python inside bwrap or sandbox-exec."""

import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import replace
from toolwright.sandbox.bwrap import bwrap_words
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.confined import JudgeBounds
from toolwright.sandbox.grants import make_order
from toolwright.sandbox.levels import WRAPPERS
from toolwright.sandbox.seatbelt import seatbelt_words
from toolwright.sandbox.spawn import Bounds, Cell, Ended, OnFrame, run_cell
from toolwright.sandbox.survey import Survey
from toolwright.sandbox.warmth import HypothesisTables
from toolwright.sandbox.zygote.order import SCRATCH, Order, Start, wire
from toolwright.temporary.folders import fresh_folder
from toolwright.types import CallResult, Challenge, ChallengePlan, Example, Json, Policy, Verdict

if TYPE_CHECKING:
    from toolwright.sandbox.judging import Judge

Wrapped: TypeAlias = Literal["bwrap", "seatbelt"]

_PACKAGE_FOLDERS: Final = {"site-packages", "dist-packages"}
_OURS: Final = str(Path(__file__).parent)
_LOCKED: Final = str(Path(__file__).parent / "cells" / "locked_start.py")
_SHELL_SIGNAL: Final = 128
_PROGRAMS: Final[dict[Wrapped, str]] = {"bwrap": "bwrap", "seatbelt": "sandbox-exec"}


class WrappedSandbox:
    """Runs tools and their tests in wrapped processes. Safe to use from several threads at once."""

    def __init__(
        self, level: Wrapped, *, protected: Sequence[str] = (), bounds: JudgeBounds | None = None
    ) -> None:
        """`protected` paths are hidden in every grant. Nothing is started before the first call."""
        self._level: Wrapped = level
        self._protected = tuple(protected)
        self._bounds = bounds or JudgeBounds()
        self._site = tuple(path for path in sys.path if PurePath(path).name in _PACKAGE_FOLDERS)
        self._tables = HypothesisTables(self._site)
        self._survey = Survey()

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

    @property
    def caller(self) -> Caller:
        """How calls are made."""
        return Caller(self._level, self._site, self._run)

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Run `function` of the module text `source` once, JSON in, JSON out.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the result.
        """
        return self.caller.call(source, function, arguments, policy).result

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
        """Run the pytest file `tests` against `source`; judge and tool run wrapped, each by itself.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the verdict.
        """
        self._refuse_network(policy)
        return self._judge().verify(
            source, tests, policy, function=function, examples=examples, brief_s=brief_s
        )

    def challenge(
        self, source: str, tests: str, policy: Policy, *, function: str, verdict: Verdict, plan: ChallengePlan
    ) -> Challenge:
        """Run what was verified again under other conditions, then its mutants.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the challenge.
        """
        from toolwright.sandbox.challenge import challenge
        from toolwright.sandbox.challenged import Case

        self._refuse_network(policy)
        case = Case(source, tests, policy, function, verdict, plan)
        return challenge(self._judge(), self._shared_caller, case)

    def _shared_caller(self, hash_seed: int = 0, clock_s: float = 0.0) -> Caller:
        run = partial(self._run, shared=True, hash_seed=hash_seed)
        return Caller(self._level, self._site, run, clock_s, bool(hash_seed))

    def _judge(self) -> "Judge":
        from toolwright.sandbox.judging import Judge

        bounds = self._bounds
        return Judge(self._shared_caller(), bounds.wall_s, bounds.calls, self._tables, self._run_judge)

    def close(self) -> None:
        """End nothing: every call has ended its processes itself."""

    def _run(
        self,
        request: bytes,
        policy: Policy,
        bounds: Bounds,
        on_frame: OnFrame,
        *,
        shared: bool = False,
        hash_seed: int = 0,
    ) -> Ended:
        self._refuse_network(policy)
        if policy.execute and self._level == "seatbelt":
            raise SandboxError(
                "a tool cannot be allowed to start processes at level seatbelt: nothing would end them"
            )
        if shared:  # a tool under test works where the test stands: those folders were made for both
            made = tuple(path for path in (policy.workspace, policy.scratch) if path)
            policy = replace(policy, write=(*policy.write, *made))
        order, watch = make_order(policy, self._protected, self._survey)
        order = order._replace(hash_seed=hash_seed)
        refused = ""
        try:
            ended = self._start("tool_cell", order, {}, request, bounds, on_frame)
        finally:  # also when Ctrl-C came
            refused = watch.settle()
        return replace(ended, refused=refused)

    def _run_judge(self, cell: Cell, request: bytes, bounds: Bounds, on_frame: OnFrame) -> Ended:
        """Run tests. They see no file of the host but the folders that were made for them."""
        granted = Policy(cell.folder, cell.scratch, write=cell.shared, package_folder=cell.packages)
        order = make_order(granted, (), self._survey)[0]._replace(cell="judge")
        return self._start("judge_cell", order, cell.environment, request, bounds, on_frame)

    def _start(
        self,
        kind: Literal["tool_cell", "judge_cell"],
        order: Order,
        environment: Mapping[str, str],
        request: bytes,
        bounds: Bounds,
        on_frame: OnFrame,
    ) -> Ended:
        program = _find(_PROGRAMS[self._level])
        more = (order.packages,) if order.packages and self._level == "seatbelt" else ()
        runtime = tuple(dict.fromkeys((sys.base_prefix, sys.prefix, *self._site, _OURS, *more)))
        with contextlib.ExitStack() as stack:
            if self._level == "bwrap":
                empty = stack.enter_context(fresh_folder("empty"))
                words, cwd, scratch = (
                    bwrap_words(program, order, runtime, empty),
                    "/",
                    order.scratch or SCRATCH,
                )
                start = Start("full", runtime, site=self._site)
                lock = json.dumps({"start": wire(start), "order": wire(order)})
                cell = Cell(kind, cwd, scratch, environment, wrapper=words, program=_LOCKED, last=(lock,))
            else:
                scratch = order.scratch or stack.enter_context(fresh_folder("scratch"))
                words = seatbelt_words(program, order._replace(scratch=scratch), runtime)
                cell = Cell(kind, order.folder or scratch, scratch, environment, wrapper=words)
            ended = run_cell(replace(cell, hash_seed=order.hash_seed), request, bounds, on_frame)
        return replace(ended, status=_own_status(ended.status))

    def _refuse_network(self, policy: Policy) -> None:
        if policy.network:
            raise SandboxError(
                f"tools that use the network cannot be run or proven at level {self._level}: nothing there "
                "holds them to the hosts that were granted, and their tests need a network of their own",
                hint="it takes level full: python agent.py doctor says what is missing",
            )


def _find(name: str) -> str:
    for path in WRAPPERS:
        if PurePath(path).name == name and os.access(path, os.X_OK):
            return path
    raise SandboxError(f"{name} is not installed", hint="sudo apt install bubblewrap")


def _own_status(status: int) -> int:
    """A wrapper tells of a signal as shells do."""
    return _SHELL_SIGNAL - status if status > _SHELL_SIGNAL else status
