"""What is asked of the making of a tool, and what comes of it."""

from dataclasses import dataclass
from typing import Final

from toolwright.types import Commit, Failure, HeldOut, Match, Step, Verdict

FIXED: Final = "fixed"
ADOPTED: Final = "adopted"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: a step, its match, lines that show the plan around it, and the user's own examples.

    `how` is the word for versions of tools that come neither of a step nor of widening.
    """

    goal: str
    step: Step
    match: Match
    surroundings: tuple[str, ...]
    name: str = ""
    examples: tuple[HeldOut, ...] = ()
    how: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """How the making went: the commit, or a failure; `refusals` tells of the versions that were not kept.

    `examples` counts the user's examples that hold.
    """

    tool: str
    attempts: int
    refusals: tuple[str, ...]
    verdict: Verdict | None = None
    commit: Commit | None = None
    failure: Failure | None = None
    examples: int = 0
