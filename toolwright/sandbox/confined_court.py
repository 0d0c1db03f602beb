"""A tool with its tests in, verdict or challenge out: judge and tool run in confined cells."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, Protocol

from toolwright.errors import SandboxError
from toolwright.records import dataclass
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.challenge import HASH_SEEDS, challenge
from toolwright.sandbox.challenged import Case
from toolwright.sandbox.confined_ends import killed, not_lost
from toolwright.sandbox.confined_judge import judge_order, needs_network
from toolwright.sandbox.judging import Judge
from toolwright.sandbox.owners import give
from toolwright.sandbox.spawn import Bounds, Cell, Ended, OnFrame
from toolwright.sandbox.survey import Survey
from toolwright.sandbox.unmapped import Unmapped
from toolwright.sandbox.zygote.order import Kind
from toolwright.sandbox.zygote.process import ZygoteGoneError
from toolwright.sandbox.zygotes import Zygotes
from toolwright.types import Challenge, Example, Policy, Verdict

_TRIES: Final = 2


class RunTool(Protocol):
    """Runs one request in a cell, in a network, with a hash seed."""

    def __call__(
        self,
        request: bytes,
        policy: Policy,
        bounds: Bounds,
        on_frame: OnFrame,
        network: Sequence[int],
        hash_seed: int,
        /,
    ) -> Ended:
        """Return how it ended."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a court has its cells from: what a confined sandbox is made of."""

    level: Kind
    site: tuple[str, ...]
    opened: Callable[[], Zygotes]
    run_tool: RunTool
    unmapped: Unmapped
    survey: Survey


@dataclass(frozen=True, slots=True)
class Court:
    """Tries tools: `wall_s` seconds and `calls` calls for each verification."""

    cells: Cells
    wall_s: float
    calls: int

    def verify(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        examples: Sequence[Example],
        brief_s: float,
    ) -> Verdict:
        """Judge a tool by its tests, in a network of their own where they need one.

        Raises:
            SandboxError: it cannot be confined as the policy asks.
        """
        for _ in range(_TRIES):  # the judge may die with its zygote: that is no verdict
            with contextlib.suppress(ZygoteGoneError), self._network(policy, tests) as network:
                judge = self._judge(network)
                return judge.verify(
                    source, tests, policy, function=function, examples=examples, brief_s=brief_s
                )
        raise killed()

    def challenge(self, case: Case) -> Challenge:
        """Run what was verified again under other conditions, then its mutants.

        Raises:
            SandboxError: it cannot be confined as the policy asks.
        """
        self.cells.opened().prepare_seeded(HASH_SEEDS)
        for _ in range(_TRIES):
            with contextlib.suppress(ZygoteGoneError), self._network(case.policy, case.tests) as network:
                return challenge(self._judge(network), partial(self._varied, network), case)
        raise killed()

    def _judge(self, network: Sequence[int]) -> Judge:
        run_tests = partial(self._run_judge, network)
        return Judge(self._varied(network), self.wall_s, self.calls, None, run_tests)

    def _varied(self, network: Sequence[int], hash_seed: int = 0, clock_s: float = 0.0) -> Caller:
        """Who makes the calls of a verification, with a hash seed or at another time."""
        run = partial(self._run_tool, network, hash_seed)
        return Caller(self.cells.level, self.cells.site, run, clock_s)

    @contextlib.contextmanager
    def _network(self, policy: Policy, tests: str) -> Iterator[tuple[int, ...]]:
        """The network of one verification that needs one; at a level that cannot make one there is none."""
        if self.cells.level == "full" and needs_network(policy, tests):
            with self.cells.opened().network() as network:
                yield network
        elif policy.network:
            raise SandboxError(
                f"tools that use the network cannot be proven at level {self.cells.level}: their tests need "
                "a network of their own",
                hint="it takes level full: user namespaces, which the system must allow",
            )
        else:
            yield ()

    def _run_tool(
        self,
        network: Sequence[int],
        hash_seed: int,
        request: bytes,
        policy: Policy,
        bounds: Bounds,
        on_frame: OnFrame,
    ) -> Ended:
        return not_lost(self.cells.run_tool(request, policy, bounds, on_frame, network, hash_seed))

    def _run_judge(
        self, network: Sequence[int], cell: Cell, request: bytes, bounds: Bounds, on_frame: OnFrame
    ) -> Ended:
        """Run tests. They see no file of the host but the folders that were made for them."""
        order = judge_order(cell, self.cells.survey, shared_network=bool(network))
        zygotes = self.cells.opened()
        user = zygotes.get(tests=True).user
        if self.cells.level != "full" and user >= 0:
            order = order._replace(user=user, group=user)
            for folder in cell.shared:
                give(folder, user)
        if self.cells.level != "full":
            return not_lost(zygotes.run(order, request, bounds, on_frame, network))
        return not_lost(
            self.cells.unmapped.run(
                order,
                (),
                lambda shown: self.cells.opened().run(shown, request, bounds, on_frame, network),
            )
        )
