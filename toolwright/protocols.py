"""The edges of the program: what a model, a sandbox and a memory must do. One implementation a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from toolwright.types import (
    CallResult,
    Challenge,
    ChallengePlan,
    Example,
    Json,
    Policy,
    Prompt,
    Refusal,
    RememberedRun,
    Reply,
    Tool,
    Verdict,
)

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Done = TypeVar("Done")


class Model(Protocol):
    """One LLM behind a server, a process or a file."""

    @property
    def name(self) -> str:
        """How users name it: `SERVER:NAME`."""
        ...

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt completely.

        Raises:
            ModelError: there is no usable answer; its `kind` says why.
        """
        ...


class Embedder(Protocol):
    """What turns texts into vectors: near in meaning, near in direction."""

    @property
    def name(self) -> str:
        """What vectors are kept under: those of another name are never compared with them."""
        ...

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector of length one for each text, in their order.

        Raises:
            ModelError: there are none; its `kind` says why.
        """
        ...


class Sandbox(Protocol):
    """The only place that runs code of the library or of a candidate."""

    @property
    def level(self) -> str:
        """How strong the confinement is; stored with every verdict."""
        ...

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Run `function` of the module text `source` once, JSON in, JSON out.

        Raises:
            SandboxError: no process could be started; every other failure is in the result.
        """
        ...

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

        Judge and defendant are different processes. Every test must pass, `function` must have
        been called by some test, and every example must hold. With `brief_s` the tests run once, in at most
        so many seconds, and nobody asks what they notice: that is a hint, never a reason to keep a tool.

        Raises:
            SandboxError: no process could be started; every other failure is in the verdict.
        """
        ...

    def challenge(
        self, source: str, tests: str, policy: Policy, *, function: str, verdict: Verdict, plan: ChallengePlan
    ) -> Challenge:
        """Run what was verified, with `verdict`, again under other conditions, then the mutants of `plan`.

        Raises:
            SandboxError: no process could be started; every other failure is in the challenge.
        """
        ...

    def close(self) -> None:
        """End every process that was kept for the next call."""
        ...


class Memory(Protocol):
    """What happened before, so that it helps or costs nothing next time."""

    def recall(self, goal: str) -> Iterator[RememberedRun]:
        """Give the plan with which this very goal ran well, then those of goals with other literals in it."""
        ...

    def remember(self, run: RememberedRun) -> None:
        """Keep a plan that ran well."""
        ...


class Permits(Protocol):
    """Decides what a call may touch: what its tool declares, as far as the user allows it."""

    def permit(
        self,
        source: str,
        tool: Tool,
        calls: Sequence[Mapping[str, Json]],
        policy: Policy,
        *,
        complete: bool = True,
    ) -> Policy | Refusal:
        """Return `policy` with what the calls of `tool` are granted, or why they may not be made.

        `source` is the text of the library, `policy` holds workspace, scratch and limits. The user may be
        asked; what was answered once is not asked again. Calls that are not `complete` lack arguments that
        are not known yet: only what is sure to be needed is decided then.
        """
        ...


class Executor(Protocol):
    """What runs independent pieces of work: threads here, perhaps other machines elsewhere."""

    def each(
        self, work: Callable[[Item], Done], items: Sequence[Item]
    ) -> "Iterator[tuple[int, Future[Done]]]":
        """Yield the place of each item with its future as it is done, in whatever order that is.

        Who stops asking calls off what has not begun.
        """
        ...
