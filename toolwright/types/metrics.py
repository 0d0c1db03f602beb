"""What a library's past comes to in numbers: goals, tools, stages, hints, and how they went from day to day.

Times are in seconds, costs in US dollars and None where no price is known; a day is one of UTC.
"""

from collections.abc import Mapping, Sequence

from toolwright.records import dataclass, field


@dataclass(frozen=True, slots=True)
class StageMetrics:
    """What the calls of one stage used; `unpriced` counts those whose price is not known."""

    stage: str
    calls: int
    prompt_tokens: int
    output_tokens: int
    seconds: float
    known_cost: float
    unpriced: int


@dataclass(frozen=True, slots=True)
class ToolMetrics:
    """How a tool was made and how its calls went; `median_s` and `p95_s` are None without any."""

    tool: str
    versions: int = 0
    kept: int = 0
    calls: int = 0
    succeeded: int = 0
    median_s: float | None = None
    p95_s: float | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """Versions after a refusal, with similar failures of the past shown to their author and without."""

    shown: int = 0
    shown_kept: int = 0
    without: int = 0
    without_kept: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `steps_reused` of `steps` found their tool; what `unpriced` goals cost is not known."""

    day: str
    goals: int = 0
    failed: int = 0
    free: int = 0
    steps: int = 0
    steps_reused: int = 0
    admitted: int = 0
    refused: int = 0
    tokens: int = 0
    known_cost: float = 0.0
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """All of it. `free` goals were done without a model call; mappings count by their key."""

    goals: Mapping[str, int] = field(default_factory=dict)
    free: int = 0
    steps: Mapping[str, int] = field(default_factory=dict)
    stages: Sequence[StageMetrics] = ()
    tools: Sequence[ToolMetrics] = ()
    refused_by: Mapping[str, int] = field(default_factory=dict)
    failed_in: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    hints: Hints = Hints()
    days: Sequence[Day] = ()

    @property
    def reuse_rate(self) -> float | None:
        """The share of steps whose tool was there already, None without steps."""
        steps = sum(self.steps.values())
        return self.steps.get("EXISTS_AND_GENERIC", 0) / steps if steps else None

    @property
    def pass_rate(self) -> float | None:
        """The share of written versions that were kept, None when none was written."""
        versions = sum(tool.versions for tool in self.tools)
        return sum(tool.kept for tool in self.tools) / versions if versions else None

    @property
    def versions_per_tool(self) -> float | None:
        """How many versions a tool took until one was kept, on the average over those that got there."""
        made = [tool for tool in self.tools if tool.kept]
        return sum(tool.versions for tool in made) / sum(tool.kept for tool in made) if made else None
