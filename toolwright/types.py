"""The records that cross a border between modules, in the order in which a goal meets them. No behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
"""A value equal to its JSON round trip: None, bool, int, finite float, str, list, dict with str keys."""

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema (draft 2020-12), of the subset that `syntax.schema` writes."""

# --- talking to a model -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question. `stage` and `subject` name it in transcripts, so that replays survive rewording."""

    stage: str
    subject: str
    text: str
    schema: Schema | None = None
    """The JSON asked for, as a hint for servers that can constrain their output."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What model calls cost: tokens as the server counted them, wall time in seconds."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
        )

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls - other.calls,
            self.prompt_tokens - other.prompt_tokens,
            self.output_tokens - other.output_tokens,
            self.seconds - other.seconds,
        )

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.prompt_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer: `text` without the thoughts, which stand in `reasoning`."""

    text: str
    reasoning: str = ""
    finish: str = "stop"
    usage: Usage = Usage()
    model: str = ""


# --- from goal to matches -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One generic, atomic thing to do. `number` counts from 1; `keywords` are other words for it."""

    number: int
    description: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a goal. `wants` says whether the user asked for a result or only for the tools."""

    goal: str
    steps: tuple[Step, ...]
    wants: Literal["result", "tool"] = "result"


MatchKind: TypeAlias = Literal["EXISTS_AND_GENERIC", "EXISTS_BUT_SPECIFIC", "NOT_EXISTS"]


@dataclass(frozen=True, slots=True)
class Match:
    """Which tool of the library does a step, and why; `tool` is "" when none does."""

    step: Step
    kind: MatchKind
    tool: str = ""
    reason: str = ""


# --- the life of a tool -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Docstring:
    """A Google-style docstring taken apart; every part is empty when its section is missing."""

    summary: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""
    raises: str = ""
    example: str = ""
    keywords: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    varies: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A function of the library that is offered for reuse, as read from the text of tools.py.

    `parameters` is the JSON Schema of its arguments as one object, `returns` that of its value;
    `line` is the line of its `def` in the file, counted from 1.
    """

    name: str
    signature: str
    source: str
    docstring: Docstring
    parameters: Schema
    returns: Schema
    line: int = 1


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A function of tools.py that stays the user's own: callable by hand, not offered for reuse."""

    name: str
    reason: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A tool that search found for a step; a higher score is a better match."""

    tool: Tool
    score: float


@dataclass(frozen=True, slots=True)
class Contract:
    """What a tool promises before it is written: stub (signature and docstring) and its tests.

    `replaces` names the tool that this contract widens; then `tests` holds its old tests too.
    """

    name: str
    stub: str
    tests: str
    step: Step
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that somebody wrote for a contract, not yet admitted. `attempt` counts from 1."""

    name: str
    source: str
    tests: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What review holds against a candidate; `line` counts from 1 inside the candidate's source."""

    rule: str
    line: int
    message: str


# --- the sandbox --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one confined run: seconds, MiB, KiB and plain counts."""

    wall_s: float = 10.0
    cpu_s: int = 10
    memory_mb: int = 1024
    file_mb: int = 64
    open_files: int = 64
    output_kb: int = 256
    result_kb: int = 4096


@dataclass(frozen=True, slots=True)
class Policy:
    """What a confined run may touch. Everything is denied unless granted.

    `workspace` is where relative paths start, `scratch` the folder for temporary files ("" makes
    a fresh one that goes with the run). `read` and `write` are further granted paths.
    """

    workspace: str = ""
    scratch: str = ""
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    execute: bool = False
    limits: Limits = Limits()


CallStatus: TypeAlias = Literal["returned", "raised", "timeout", "limit", "crashed", "bad_result"]


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call of one function in the sandbox.

    `returned`: `value` holds the answer. `raised`: the tool's own exception, in `error_type`,
    `message`, `traceback`. Otherwise `message` says which limit was hit or how the process died.
    """

    status: CallStatus
    value: Json = None
    error_type: str = ""
    message: str = ""
    traceback: str = ""
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    level: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A call with a known answer; the trusted side compares, no author of code sees `expected`."""

    function: str
    arguments: Mapping[str, Json]
    expected: Json


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One collected test: `passed`, `failed`, `skipped` or `error`, with the failure's text."""

    __test__ = False  # pytest: not a test class

    name: str
    outcome: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call that a test really made, with what the tool answered."""

    function: str
    arguments: Mapping[str, Json]
    result: CallResult


@dataclass(frozen=True, slots=True)
class Verdict:
    """Evidence for or against a candidate. `why` is empty exactly when `passed`."""

    passed: bool
    why: str = ""
    tests: tuple[TestOutcome, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    seconds: float = 0.0
    level: str = ""


# --- keeping ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Admission:
    """A proven candidate on its way into the library, with the evidence that travels with it."""

    candidate: Candidate
    verdict: Verdict
    step: str
    goal: str
    model: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """What one admission changed: lines added to and removed from tools.py."""

    tool: str
    lines_added: int
    lines_removed: int
    replaced: bool = False


# --- binding and running ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """An argument whose value stands in the goal."""

    value: Json


@dataclass(frozen=True, slots=True)
class Reference:
    """An argument taken from an earlier step's answer; a `[*]` in `path` calls once per item."""

    step: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """An argument that is the path of a file in the run's scratch folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An argument that nobody can know from the goal; `question` is put to the user."""

    question: str


Argument: TypeAlias = Given | Reference | ScratchFile | Unknown


@dataclass(frozen=True, slots=True)
class Binding:
    """The arguments of one step, by parameter name."""

    step: int
    tool: str
    arguments: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class RememberedRun:
    """A plan that ran well; `tools` holds the hash of every used tool's source, by name."""

    plan: Plan
    matches: tuple[Match, ...]
    bindings: tuple[Binding, ...]
    tools: Mapping[str, str]


# --- what the user gets -------------------------------------------------------------------------


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
    """The account of one step: what was done for it, on what evidence, at what cost."""

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


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a goal. `status` is `done`, `made` (tools only), `planned` or `failed`."""

    goal: str
    status: Literal["done", "made", "planned", "failed"]
    run: str
    steps: tuple[StepReport, ...] = ()
    output: Json = None
    failure: Failure | None = None
    usage: Usage = Usage()
    stages: Mapping[str, Usage] = field(default_factory=dict)
    plan_origin: Literal["model", "remembered", ""] = ""
    seconds: float = 0.0
