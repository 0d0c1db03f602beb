"""What a run is made of and how it is to be done: `wiring` makes it, the pipeline takes it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.events import Listener
from toolwright.lanes import Lanes
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.models.metered import MeteredModel
from toolwright.packages.obtaining import Packages
from toolwright.protocols import Memory, Permits, Sandbox
from toolwright.records import dataclass, field, replace
from toolwright.stages.rules import RULES, Rule
from toolwright.types import HeldOut, Lesson, Match, Plan, Precedent, Price, Resumption, WrittenPlan
from toolwright.vault import Vault

Ask = Callable[[str], str | None]
"""Puts a question to the user; None when there is nobody to ask."""

Approve = Callable[[Plan, tuple[Match, ...]], bool | WrittenPlan]
"""Shows the plan before anything is written; False stops the run, another plan takes its place."""

Replan = Callable[[str], bool]
"""Told what a result lacks, says whether to plan and run the goal once more."""

Teach = Callable[[str, str, str], Sequence[Lesson]]
"""Told stage, message and code of a failure, gives the most similar ones of earlier runs that were mended."""

Recall = Callable[[str], Sequence[Precedent]]
"""Told a step, gives the functions of the most similar steps of earlier runs that went well at once."""

Rate = Callable[[str], tuple[Price | None, Price | None, int]]
"""Given a stage, says the price of its model, the highest of all that may be asked, the room of an answer."""

_BESIDE_REPAIRS: Final = 7
"""Contract and first version; and five for another contract, an author apart, further tests, questions put
again."""

Redact = Callable[[str], str]
"""Masks what must not be written down."""


@dataclass(frozen=True, slots=True)
class Rigor:
    """How much tests must notice: a share of deliberate faults, of at most so many, in so many seconds."""

    threshold: float = 0.8
    mutants: int = 60
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The working parts of a run."""

    model: MeteredModel
    sandbox: Sandbox
    store: Store
    index: Index
    memory: Memory
    permits: Permits
    emit: Listener
    ask: Ask
    approve: Approve
    replan: Replan
    redact: Redact
    packages: Packages
    vault: Vault
    rules: tuple[Rule, ...] = RULES
    rigor: Rigor = Rigor()
    teach: Teach = lambda _stage, _message, _source: ()
    precedents: Recall = lambda _step: ()
    rate: Rate = lambda _stage: (None, None, 0)
    lanes: Lanes = field(default_factory=lambda: Lanes(lambda _event: None))
    reopen: Callable[[], tuple[Store, Index]] | None = None

    def beside(self) -> "Parts":
        """Return the parts for work in another thread, which reads the library by itself."""
        if self.reopen is None:
            return self
        store, index = self.reopen()
        return replace(self, store=store, index=index)


@dataclass(frozen=True, slots=True)
class Options:
    """How this run is to be done. `stop_after` ends it early: with the plan, or with the tools.

    `plan` is one that a person wrote or saved, in place of one by the model. `values` are texts by
    PARAMETER or TOOL.PARAMETER for arguments that the goal does not say.
    """

    workspace: Path
    stop_after: str = ""
    name: str = ""
    attempts: int = 5
    calls_per_function: int | None = None
    candidates: int = 8
    shortcuts: bool = True
    step_timeout_s: float = 30.0
    preview: bool = True
    fresh: bool = False
    judge: bool = False
    examples: tuple[HeldOut, ...] = ()
    samples: int = 1
    learn: bool = False
    plan: WrittenPlan | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    resumed: Resumption | None = None
    """What an earlier run did already, of which `plan` is the plan."""

    @property
    def function_calls(self) -> int:
        """How many model calls one function may take, whatever comes between.

        Unless it was said: its repairs, `_BESIDE_REPAIRS`, and two for each further sample.
        """
        if self.calls_per_function is not None:
            return self.calls_per_function
        return self.attempts + _BESIDE_REPAIRS + 2 * (self.samples - 1)
