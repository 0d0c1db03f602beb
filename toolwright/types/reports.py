"""Records of what the user gets in the end: the account of a goal."""

from collections.abc import Mapping
from typing import Literal

from toolwright.records import dataclass, field
from toolwright.types.asking import Usage
from toolwright.types.binding import Binding
from toolwright.types.candidates import Commit
from toolwright.types.challenges import MutationScore
from toolwright.types.cost import Spending
from toolwright.types.json_values import Json
from toolwright.types.planning import Match, Step
from toolwright.types.running import CallResult
from toolwright.types.verdicts import ControlOutcome


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a goal stopped. `step` is 0 when it was not about one step."""

    stage: str
    message: str
    kind: str = "failed"
    step: int = 0
    tool: str = ""
    arguments: Mapping[str, Json] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    hint: str = ""
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class StepReport:
    """The account of one step: what was done for it, on what evidence, at what cost.

    `examples` counts those of the user that the tool was found to meet in this run.
    """

    step: Step
    match: Match
    tool: str = ""
    action: Literal["reused", "widened", "written", "none"] = "none"
    tests_passed: int = 0
    attempts: int = 0
    refusals: tuple[str, ...] = ()
    usage: Usage = Usage()
    commit: Commit | None = None
    arguments: Mapping[str, Json] = field(default_factory=dict)
    result: CallResult | None = None
    seconds: float = 0.0
    controls: tuple[ControlOutcome, ...] = ()
    mutants: MutationScore | None = None
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model thinks of a result: whether it answers the goal, what it is in a sentence, what lacks.

    It is an opinion: nothing is kept or refused on its word. `missing` is "" exactly when `answers`.
    """

    answers: bool
    sentence: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a goal. `status` is `done`, `made` (tools only), `planned` or `failed`.

    `changed` lists what a remembered plan was given in place of the values it ran with: (old text, new text).
    `bindings` are those that worked, and `began` when the first step started, in seconds since the epoch;
    `learned` is the tool that the whole goal became. `spending` is that of the program, with earlier goals;
    `first` is what a remembered plan cost the first time, nothing where that is not known; `wants` is as in
    the plan.
    """

    goal: str
    status: Literal["done", "made", "planned", "failed"]
    run: str
    steps: tuple[StepReport, ...] = ()
    output: Json = None
    failure: Failure | None = None
    usage: Usage = Usage()
    stages: Mapping[str, Usage] = field(default_factory=dict)
    plan_origin: Literal["model", "remembered", ""] = ""
    changed: tuple[tuple[str, str], ...] = ()
    judgement: Judgement | None = None
    bindings: tuple[Binding, ...] = ()
    began: float = 0.0
    learned: str = ""
    seconds: float = 0.0
    spending: Spending = Spending()
    first: Usage = Usage()
    wants: Literal["result", "tool"] = "result"
