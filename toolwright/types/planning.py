"""Records of the way from a goal to the tools that do its steps."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass, field
from toolwright.types.held_out import HeldOut

MOST_STEPS: Final = 20
LONGEST_STEP: Final = 400
"""Characters of a step's description."""
MOST_KEYWORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One generic, atomic thing to do. `number` counts from 1; `keywords` are other words for it.

    `uses` are the earlier steps whose results it needs, None where nobody has said.
    """

    number: int
    description: str
    keywords: tuple[str, ...] = ()
    uses: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a goal. `wants` says whether the user asked for a result or only for the tools."""

    goal: str
    steps: tuple[Step, ...]
    wants: Literal["result", "tool"] = "result"


MatchKind: TypeAlias = Literal["EXISTS_AND_GENERIC", "EXISTS_BUT_SPECIFIC", "NOT_EXISTS"]


@dataclass(frozen=True, slots=True)
class Match:
    """Which tool of the library does a step, and why; `tool` is "" when none does.

    `chosen` is a verdict of the user, which nothing found later overrules.
    """

    step: Step
    kind: MatchKind
    tool: str = ""
    reason: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as a person wrote it: `verdicts` by step; a step without one is looked up in the library.

    `numbers` are those that the steps had in the text, 0 for a step without; `examples` are the goal's.
    """

    plan: Plan
    verdicts: Mapping[int, Match] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    examples: tuple[HeldOut, ...] = ()
