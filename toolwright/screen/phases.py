"""The words of each stage; a `PhaseStarted` goes in, what is being done and what was done come out."""

from typing import Final

from toolwright.events import PhaseStarted
from toolwright.records import dataclass
from toolwright.screen.words import one_line


@dataclass(frozen=True, slots=True)
class Phase:
    """How a stage is told: a heading of its own, or a line under the heading of its step."""

    doing: str
    done: str = ""
    heading: str = ""


PHASES: Final = {
    "decompose": Phase("planning", heading="Planning"),
    "classify": Phase("looking in the library", heading="Looking in the library"),
    "contract": Phase("describing", "contract"),
    "widen": Phase("widening", "contract"),
    "fix": Phase("describing the repair of", "contract", heading="Repairing"),
    "adopt": Phase("describing", "contract", heading="Adopting"),
    "lookalikes": Phase("trying kept tools on the tests of", "kept tools tried for"),
    "reclassify": Phase("looking once more for", "kept tools considered for"),
    "generate": Phase("writing", "write"),
    "review": Phase("reviewing", "review"),
    "verify": Phase("testing", "test"),
    "apart": Phase("writing once more without its tests", "second version of"),
    "examples": Phase("trying the examples on", "examples"),
    "regression": Phase("trying what worked before:", "regression"),
    "challenge": Phase("questioning the tests of", "challenge"),
    "stability": Phase("replaying", "replay"),
    "strengthen": Phase("asking for further tests of", "further tests"),
    "merge": Phase("merging", "merge"),
    "bind": Phase("choosing the arguments", heading="Running"),
    "rebind": Phase("choosing other arguments for", heading="Running"),
    "execute": Phase("running", heading="Running"),
    "compose": Phase("composing one tool of all steps", heading="Learning"),
    "judge": Phase("judging the result", heading="Judging"),
}


def phase_of(stage: str) -> Phase:
    """Return the words for a stage; a stage nobody has words for is told by its own name."""
    return PHASES.get(stage) or Phase(stage, stage)


def doing(event: PhaseStarted) -> str:
    """Return `writing group_rows (attempt 2 of 5)`."""
    phase = phase_of(event.stage)
    # The subject of planning is the whole goal, which stands above it already.
    subject = one_line(event.subject, 60) if phase.done or event.step else ""
    words = f"{phase.doing} {subject}".strip()
    return f"{words} ({attempt(event.attempt, event.of)})" if event.attempt else words


def attempt(number: int, of: int) -> str:
    """Return `attempt 2 of 5`, or `attempt 2` when there is no bound."""
    return f"attempt {number} of {of}" if of else f"attempt {number}"
