"""A step -> the functions of similar steps of earlier runs whose first version was kept, most alike first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import MemoryFileError
from toolwright.memory import likeness
from toolwright.memory.past import Past
from toolwright.types import Precedent

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOOKED_AT: Final = 400
"""Functions that a step is compared with, the newest; 0.2 ms each."""
_MOST: Final = 1
_ALIKE: Final = 0.45
"""How alike steps must be: those of strangers stay below (tests/memory/test_precedents.py measures it)."""


class Precedents:
    """What went well in one library; a memory that cannot be read has no precedents."""

    def __init__(self, past: Past, run: str) -> None:
        """`run` is the one that asks; where nothing but that run ever happened, no database is opened."""
        self._past = past
        self._run = run

    def __call__(self, step: str) -> Sequence[Precedent]:
        """Return the functions of the most similar steps; most often there is none."""
        if not self._past.holds_more_than(self._run):
            return ()
        try:
            return self._past.ask(lambda connection: _alike(connection, step)) or ()
        except MemoryFileError as error:
            self._past.say(str(error))  # no goal needs it
            return ()


def _alike(connection: "Connection", step: str) -> Sequence[Precedent]:
    asked = likeness.pieces(step)
    found: dict[str, tuple[float, Precedent]] = {}
    for row in connection.execute(_kept_at_once()):
        score = likeness.likeness(asked, likeness.pieces(row.description))
        if score >= _ALIKE and (row.tool not in found or found[row.tool][0] < score):
            found[row.tool] = (score, Precedent(row.description, row.tool, row.source))
    best = sorted(found.values(), key=lambda pair: pair[0], reverse=True)
    return [precedent for _, precedent in best[:_MOST]]


def _kept_at_once() -> Any:
    """Select the steps whose function was kept in its first version, the newest first."""
    from sqlalchemy import select

    from toolwright.memory.schema import ADMISSIONS, ATTEMPTS, STEPS

    made, tried, step = ADMISSIONS.c, ATTEMPTS.c, STEPS.c
    return (
        select(step.description, made.tool, made.source)
        .join(ATTEMPTS, (tried.run == made.run) & (tried.tool == made.tool))
        .join(STEPS, (step.run == made.run) & (step.number == tried.step))
        .where(tried.number == 1, tried.refused_by == "", made.how == "added")
        .order_by(made.id.desc())
        .limit(_LOOKED_AT)
    )
