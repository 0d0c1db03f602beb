"""What happens during a run, as it happens: records that the pipeline emits and front ends show or log."""

from collections.abc import Callable
from typing import TypeAlias

from toolwright.records import dataclass
from toolwright.types import (
    Bound,
    Commit,
    ControlOutcome,
    Exchange,
    Judgement,
    Match,
    MutationScore,
    Permission,
    Plan,
    Report,
    Spending,
    StepReport,
    TestOutcome,
    Usage,
)


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A goal begins. `run` is the id that the log, the transcript and the report share."""

    run: str
    goal: str
    model: str
    library: str
    tools: int
    sandbox: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """This run takes up an earlier one, `before`, at a step; 0 means at its plan."""

    before: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A stage begins: `decompose`, `classify`, `contract`, `generate`, `review`, `verify`, ..."""

    stage: str
    subject: str = ""
    step: int = 0
    attempt: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class CostBounded:
    """No model was asked yet for what comes now, and it takes no more than `bound`: the run is held to that.

    `what` is `plan`, finding the steps, or `steps`, carrying them out, or `fix`, `adopt` or `learn`. What may
    still be spent is in `spending`; where the steps are not known, each new function takes `function` more.
    """

    what: str
    bound: Bound
    spending: Spending
    function: Bound | None = None


@dataclass(frozen=True, slots=True)
class ModelAsked:
    """A question went out; what follows may take minutes."""

    stage: str
    subject: str
    model: str


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """A piece of the answer came in: characters so far, of thought and of text."""

    thought_chars: int
    text_chars: int


@dataclass(frozen=True, slots=True)
class ModelRetried:
    """A call failed in a way that may pass; it is tried again after `wait_s` seconds."""

    reason: str
    wait_s: float
    attempt: int
    of: int


@dataclass(frozen=True, slots=True)
class ModelAnswered:
    """The answer is complete. `reasoning` is what the model thought, for those who want to read it."""

    stage: str
    subject: str
    usage: Usage
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class PlanMade:
    """The steps are known; `remembered` when no model was asked, `changed` what it got anew: (old, new).

    `edited` when a person wrote them.
    """

    plan: Plan
    remembered: bool = False
    changed: tuple[tuple[str, str], ...] = ()
    edited: bool = False


@dataclass(frozen=True, slots=True)
class StepsMatched:
    """Every step has its verdict."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class CandidateRefused:
    """A candidate was refused by `stage` (`contract`, `review`, `verify`, `merge`), with the reasons.

    `source` is what was refused; `said` is what its author is told, who may be told less than the user.
    """

    stage: str
    tool: str
    attempt: int
    of: int
    reasons: tuple[str, ...]
    source: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFailed:
    """No tool was made for a step, while others are made beside it."""

    step: int
    message: str


@dataclass(frozen=True, slots=True)
class LessonsFound:
    """The author of the next version is shown so many failures of earlier runs, with what mended them."""

    tool: str
    lessons: int


@dataclass(frozen=True, slots=True)
class CandidateVerified:
    """All tests of a candidate passed, and noticed what the negative `controls` told them."""

    tool: str
    tests: tuple[TestOutcome, ...]
    calls: int
    seconds: float
    level: str
    controls: tuple[ControlOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateChallenged:
    """A candidate's tests were challenged; `replays` calls and tests went the same under other conditions.

    When they did not notice `enough`, further ones are asked for, or the candidate is refused.
    """

    tool: str
    score: MutationScore
    replays: int
    seconds: float
    enough: bool = True


@dataclass(frozen=True, slots=True)
class ToolCommitted:
    """The function is in the library now; `source` is what was written.

    `how` is a word for it where it was neither added nor widened.
    """

    commit: Commit
    source: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class PermissionDecided:
    """A tool was granted or denied more than the workspace. `detail` is a path or host, "*" any public host.

    `by` says who decided: `flag` (--allow), `rule` or `auto` (settings), `once`, `approval` (given now or
    earlier for this version of the tool), `no` (the user), `nobody` (there was nobody to ask) or `blocked`
    (BLOCKED_PERMISSIONS).
    """

    tool: str
    permission: Permission
    detail: str
    granted: bool
    by: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step of the plan is being run with real arguments."""

    step: int
    tool: str


@dataclass(frozen=True, slots=True)
class HostsAsked:
    """A tool with granted hosts asked its proxy; each exchange says what was decided, and why."""

    step: int
    tool: str
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step of the plan was run; its report says how it went."""

    report: StepReport


@dataclass(frozen=True, slots=True)
class ResultJudged:
    """A model has said whether the result answers the goal."""

    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know although nothing failed."""

    message: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The goal is over, well or not."""

    report: Report


Event: TypeAlias = (
    RunStarted
    | RunResumed
    | PhaseStarted
    | CostBounded
    | ModelAsked
    | ModelProgress
    | ModelRetried
    | ModelAnswered
    | PlanMade
    | StepsMatched
    | CandidateRefused
    | StepFailed
    | LessonsFound
    | CandidateVerified
    | CandidateChallenged
    | ToolCommitted
    | PermissionDecided
    | StepStarted
    | HostsAsked
    | StepFinished
    | ResultJudged
    | Notice
    | RunFinished
)

Listener: TypeAlias = Callable[[Event], None]
