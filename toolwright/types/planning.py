"""Records of the way from a goal to the tools that do its steps."""

from typing import Literal, TypeAlias

from toolwright.records import dataclass


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
