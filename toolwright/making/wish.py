"""What is asked of the making of a tool, and what comes of it."""

from typing import Final

from toolwright.records import dataclass
from toolwright.types import Commit, Failure, HeldOut, Match, Step, Verdict

FIXED: Final = "fixed"
ADOPTED: Final = "adopted"
INSTALLED: Final = "installed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: a step, its match, lines that show the plan around it, and the user's own examples.

    `how` is the word for versions of tools that come neither of a step nor of widening; `looked` says that
    no kept tool is to be tried on the tests of its contract: one was chosen to be widened, or the user
    wants a new one.
    """

    goal: str
    step: Step
    match: Match
    surroundings: tuple[str, ...]
    name: str = ""
    examples: tuple[HeldOut, ...] = ()
    how: str = ""
    looked: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """How the making went: the commit, or a failure; `refusals` tells of the versions that were not kept.

    `examples` counts the user's examples that hold. `match` names the kept tool that was found to do it, so
    that nothing was made.
    """

    tool: str
    attempts: int
    refusals: tuple[str, ...]
    verdict: Verdict | None = None
    commit: Commit | None = None
    failure: Failure | None = None
    examples: int = 0
    match: Match | None = None
