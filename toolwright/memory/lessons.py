"""A failure -> what mended the most similar ones of earlier runs, nothing when none is similar enough."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import MemoryFileError
from toolwright.memory import likeness
from toolwright.memory.past import Past
from toolwright.types import Lesson

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_LOOKED_AT: Final = 2000
"""Failures that one is compared with; the newest are."""
_NEAREST: Final = 40
"""Failures that a server finds by itself; of equal ones among them only one is told."""
_MOST: Final = 2
_ALIKE: Final = 0.4
"""How alike failures must be: those of strangers stay below (tests/memory/test_lessons.py measures it)."""


class Lessons:
    """What was learned from failures in one library; a memory that cannot be read has taught nothing."""

    def __init__(
        self, past: Past, run: str, embed: likeness.Embed = likeness.pieces, name: str = likeness.NAME
    ) -> None:
        """`run` is the one that asks; `embed` makes the vectors to compare, which are kept under `name`.

        Where nothing but that run ever happened, no database is opened.
        """
        self._past = past
        self._run = run
        self._embed = embed
        self._name = name

    def __call__(self, stage: str, message: str, source: str) -> Sequence[Lesson]:
        """Return the most similar failures that were mended, most similar first; most often there is none."""
        if not self._past.holds_more_than(self._run):
            return ()
        try:
            return self._past.ask(lambda connection: self._alike(connection, stage, message, source)) or ()
        except MemoryFileError as error:
            self._past.say(str(error))  # no goal needs it
            return ()

    def _alike(self, connection: "Connection", stage: str, message: str, source: str) -> Sequence[Lesson]:
        from toolwright.memory.schema import FAILURES

        table = FAILURES.c
        known = (table.mend.is_not(None), table.source != "", table.embedder == self._name)
        asked = self._embed(likeness.failure_text(stage, message, source))
        statement = FAILURES.select().where(*known)
        if connection.dialect.name == "postgresql":
            statement = statement.order_by(_distance(self._name, asked)).limit(_NEAREST)
        else:
            statement = statement.order_by(table.id.desc()).limit(_LOOKED_AT)
        found: dict[tuple[str, str], tuple[float, Any]] = {}
        for row in connection.execute(statement).mappings():
            score = likeness.likeness(asked, row["vector"])
            same = (row["message"], row["mend"])
            if score >= _ALIKE and (same not in found or found[same][0] < score):
                found[same] = (score, row)
        best = sorted(found.values(), key=lambda pair: pair[0], reverse=True)[:_MOST]
        return [
            Lesson(row["tool"], row["stage"], row["message"], row["source"], row["mend"]) for _, row in best
        ]


def _distance(name: str, asked: Sequence[float]) -> "ColumnElement[float]":
    """Return how far a failure is from what is asked; our own vectors have an index on their size."""
    from sqlalchemy import cast, literal, literal_column

    from toolwright.memory.schema import FAILURES
    from toolwright.memory.vectors import ServerVector, as_server

    of_known_size = literal_column(f"(vector::vector({len(asked)}))", ServerVector())
    column = of_known_size if name == likeness.NAME else FAILURES.c.vector
    distance: ColumnElement[float] = column.op("<=>")(
        cast(literal(as_server(asked), ServerVector()), ServerVector())
    )
    return distance
