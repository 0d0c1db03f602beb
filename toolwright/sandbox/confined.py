"""`protocols.Sandbox` by the kernel: every call in a fresh cell that can do only what its policy grants."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import dataclass, replace
from toolwright.sandbox.calling import Caller
from toolwright.sandbox.confined_ends import too_weak, watched
from toolwright.sandbox.grants import make_order, narrow
from toolwright.sandbox.levels import LEVELS, Found, find_level
from toolwright.sandbox.networks import check_level
from toolwright.sandbox.owners import owner
from toolwright.sandbox.spawn import Bounds, Ended, OnFrame
from toolwright.sandbox.survey import Survey
from toolwright.sandbox.unmapped import Unmapped
from toolwright.sandbox.zygote.launch import Launched
from toolwright.sandbox.zygote.order import Kind
from toolwright.sandbox.zygotes import Zygotes
from toolwright.temporary.folders import fresh_folder
from toolwright.types import CallResult, Json, Policy

if TYPE_CHECKING:  # verdicts are for the judge, which a single call does not have
    from toolwright.sandbox.confined_court import Court
    from toolwright.types import Challenge, ChallengePlan, Example, Verdict

_PACKAGE_FOLDERS: Final = {"site-packages", "dist-packages"}


Wanted: TypeAlias = Literal["best", "full", "landlock"]


@dataclass(frozen=True, slots=True)
class JudgeBounds:
    """Of one verification: seconds for all its tests together, and calls of the tool."""

    wall_s: float = 60.0
    calls: int = 2000


class ConfinedSandbox:
    """Runs tools in confined cells. Safe to use from several threads; `close` ends the zygote."""

    def __init__(
        self,
        level: Wanted = "best",
        *,
        minimum: Kind = "landlock",
        protected: Sequence[str] = (),
        cache: Path | None = None,
        without: Sequence[str] = (),
        bounds: JudgeBounds | None = None,
        on_notice: Callable[[str], object] = str,
        launched: Launched | None = None,
    ) -> None:
        """Confine at `level`, or at the best one that works here and is not below `minimum`.

        `protected` paths are hidden in every grant; `cache` is a file that remembers what works here.
        `without` leaves layers out ("landlock", "seccomp"), to measure what each of them stops.
        `on_notice` is told, once each, what is done otherwise than asked.
        Nothing is tried or started before the first call; a process that was `launched` before becomes the
        first zygote.
        """
        self._wanted: Wanted = level
        self._minimum: Kind = minimum
        self._cache = cache
        self._protected = tuple(protected)
        self._without = tuple(without)
        self._bounds = bounds or JudgeBounds()
        self._site = tuple(path for path in sys.path if PurePath(path).name in _PACKAGE_FOLDERS)
        self._turn = threading.RLock()
        self._survey = Survey()
        self._on_notice = on_notice
        self._launched = launched
        self._noticed: set[str] = set()
        self._unmapped = Unmapped(lambda: self._opened().get().user)
        self._zygotes: Zygotes | None = None
        self._found: Found | None = None if level == "best" else Found(level)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def level(self) -> Kind:
        """How strong the confinement is.

        Raises:
            SandboxError: nothing as strong as the minimum works here.
        """
        level = self.found.level
        for each in LEVELS:
            if level == each:
                return each
            if each == self._minimum:
                break
        raise too_weak(self.found, self._minimum)

    @property
    def found(self) -> Found:
        """What works here, and why not more."""
        with self._turn:
            if self._found is None:
                self._found = find_level(self._cache)
            return self._found

    @property
    def caller(self) -> Caller:
        """How calls are made; it also tells the judge of raised exceptions."""
        return Caller(self.level, self._site, self._run)

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Run `function` of the module text `source` once, JSON in, JSON out.

        Relative paths start in the workspace, or in the scratch folder when there is none.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the result.
        """
        if self.level == "full" and _name_paths(arguments):  # elsewhere the host's own links are seen
            from toolwright.sandbox.links import find_links

            policy = replace(policy, links=find_links(arguments))
        return self.caller.call(source, function, arguments, policy).result

    def verify(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        examples: "Sequence[Example]" = (),
        brief_s: float = 0.0,
    ) -> "Verdict":
        """Run the pytest file `tests` against `source`; judge and tool run in cells of their own.

        They share a network that holds nothing else: the tool with "loopback" in the policy's network, the
        tests also when they start a server.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the verdict.
        """
        return self._court().verify(
            source, tests, policy, function=function, examples=examples, brief_s=brief_s
        )

    def challenge(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        verdict: "Verdict",
        plan: "ChallengePlan",
    ) -> "Challenge":
        """Run what was verified again under other conditions, then its mutants; cells as in `verify`.

        Raises:
            SandboxError: it cannot be confined as the policy asks; every other failure is in the challenge.
        """
        from toolwright.sandbox.challenged import Case

        return self._court().challenge(Case(source, tests, policy, function, verdict, plan))

    def _court(self) -> "Court":
        from toolwright.sandbox.confined_court import Cells, Court

        cells = Cells(self.level, self._site, self._opened, self._run, self._unmapped, self._survey)
        return Court(cells, self._bounds.wall_s, self._bounds.calls)

    def prepare(self) -> None:
        """Start what the first call needs, and do not wait for it.

        Raises:
            SandboxError: no process can be started, or nothing as strong as the minimum works here.
        """
        self._opened().prepare()

    def close(self) -> None:
        """End the zygotes and with them every cell; the next call starts new ones."""
        with self._turn:
            zygotes, self._zygotes = self._zygotes, None
        if zygotes is not None:
            zygotes.close()

    def _run(
        self,
        request: bytes,
        policy: Policy,
        bounds: Bounds,
        on_frame: OnFrame,
        network: Sequence[int] = (),
        hash_seed: int = 0,
    ) -> Ended:
        if self.level == "full":
            order, watch = make_order(policy, self._protected, self._survey)
            order = order._replace(hash_seed=hash_seed)
            brought = network if order.network == "shared" else ()
            run: Callable[..., Ended] = partial(self._opened().run, network=brought)
            if order.network == "proxy":
                from toolwright.sandbox.way_out import run_proxied

                run = partial(run_proxied, run, policy.network)
            if order.execute:
                from toolwright.sandbox.cell_groups import cgroup_state, run_bounded

                folder = cgroup_state().folder
                run = partial(run_bounded, run, folder, policy.limits, brought) if folder else run
            return watched(
                watch,
                lambda: self._unmapped.run(
                    order, self._protected, lambda shown: run(shown, request, bounds, on_frame)
                ),
            )
        if policy.execute:
            raise SandboxError(
                "a tool cannot be allowed to start processes at level landlock: nothing would end them",
                hint="it takes level full: user namespaces, which the system must allow",
            )
        check_level(policy.network, self.level)
        policy = self._narrow(policy)
        with contextlib.ExitStack() as stack:
            own = policy.scratch or stack.enter_context(fresh_folder("scratch"))
            order, watch = make_order(replace(policy, scratch=own), self._protected, self._survey)
            order = order._replace(hash_seed=hash_seed)
            user = self._opened().get().user
            if user >= 0:  # there is no map of owners here: the tool becomes who owns what it may use
                found = owner(policy, user)
                order = order._replace(user=found[0], group=found[1])
                if not policy.scratch:
                    os.chown(own, order.user, order.group)
            return watched(watch, lambda: self._opened().run(order, request, bounds, on_frame))

    def _narrow(self, policy: Policy) -> Policy:
        narrowed = narrow(policy, self._protected, self._survey)
        if narrowed.workspace != policy.workspace and narrowed.workspace not in self._noticed:
            self._noticed.add(narrowed.workspace)
            self._on_notice(
                f"what is secret in {policy.workspace!r} cannot be covered at level landlock, "
                f"so tools work in {narrowed.workspace!r}"
            )
        return narrowed

    def _opened(self) -> Zygotes:
        with self._turn:
            if self._zygotes is None:
                self._zygotes = Zygotes(self.level, self._site, self._without, self._launched)
            return self._zygotes


def _name_paths(arguments: Mapping[str, Json]) -> bool:
    return any(
        isinstance(each, list) or (isinstance(each, str) and each[:1] == "/") for each in arguments.values()
    )
