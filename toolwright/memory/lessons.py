"""A failure -> what mended the most similar ones of earlier runs, nothing when none is similar enough."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import BudgetError, MemoryFileError, ModelError
from toolwright.memory import likeness
from toolwright.memory.meanings import Meanings
from toolwright.memory.past import Past
from toolwright.memory.signs import closest, signs_of
from toolwright.protocols import Embedder
from toolwright.types import Lesson

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOOKED_AT: Final = 2000
"""Failures that one is compared with; the newest are."""
_NEAREST: Final = 40
"""Failures that a server finds by itself; of equal ones among them only one is told."""
_MOST: Final = 2
ALIKE: Final = 1.15
"""How alike failures must be, in words and in signs; chosen on kinds of mistake in `benchmarks/lessons` that
are not reported."""


class Lessons:
    """What was learned from failures in one library; a memory that cannot be read has taught nothing."""

    def __init__(self, past: Past, run: str, embedder: Embedder | None = None) -> None:
        """`run` is the one that asks; failures are compared by the words they share where no embedder is set.

        Where nothing but that run ever happened, no database is opened.
        """
        self._past = past
        self._run = run
        self._meanings = Meanings(past, embedder) if embedder else None

    def __call__(self, stage: str, message: str, source: str) -> Sequence[Lesson]:
        """Return the most similar failures that were mended, most similar first; most often there is none."""
        if not self._past.holds_more_than(self._run):
            return ()
        try:
            return _best(self._alike(stage, message, source))
        except MemoryFileError as error:
            self._past.say(str(error))  # no goal needs it
            return ()

    def _alike(self, stage: str, message: str, source: str) -> Sequence[tuple[float, Any]]:
        meanings = self._meanings
        if meanings:
            try:
                return meanings.alike(message, source)
            except (ModelError, BudgetError) as error:
                hint = f" ({error.hint})" if error.hint else ""
                self._past.say(f"failures are compared by words only: {error}{hint}")
            except MemoryFileError as error:
                self._past.say(f"failures are compared by words only: {error}")
            self._meanings = None
        return self._past.ask(lambda connection: _by_words(connection, stage, message, source)) or ()


def _best(scored: Sequence[tuple[float, Any]]) -> Sequence[Lesson]:
    """Choose the most similar failures; of equal ones one is told."""
    found: dict[tuple[str, str], tuple[float, Lesson]] = {}
    for score, row in scored:
        same = (row.message, row.mend)
        if same not in found or found[same][0] < score:
            found[same] = (score, Lesson(row.tool, row.stage, row.message, row.source, row.mend))
    best = sorted(found.values(), key=lambda pair: pair[0], reverse=True)
    return [lesson for _, lesson in best[:_MOST]]


def _by_words(connection: "Connection", stage: str, message: str, source: str) -> Sequence[tuple[float, Any]]:
    """Compare by the words that failures share; a server does that by itself, and has an index for it."""
    from sqlalchemy import literal_column

    from toolwright.memory.schema import FAILURES, MENDED
    from toolwright.memory.vectors import ServerVector, distance

    asked = likeness.pieces(likeness.failure_text(stage, message, source))
    statement = FAILURES.select().where(MENDED, FAILURES.c.embedder == likeness.NAME)
    if connection.dialect.name == "postgresql":
        of_known_size = literal_column(f"(vector::vector({len(asked)}))", ServerVector())
        statement = statement.order_by(distance(of_known_size, asked)).limit(_NEAREST)
    else:
        statement = statement.order_by(FAILURES.c.id.desc()).limit(_LOOKED_AT)
    scored = [(likeness.likeness(asked, row.vector), row) for row in connection.execute(statement)]
    return closest(scored, signs_of(message, source), floor=ALIKE)
