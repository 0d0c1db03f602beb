"""A failure -> how alike mended failures of earlier runs are to it, by the embedder that the user set.

Vectors are kept under the embedder's name, so that going back to an earlier one costs nothing. They are made
here only, in one batch with the vector of what is asked: the newest failures that have none, so many at once.
No request is made where nothing was mended yet.
"""

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from toolwright.errors import ModelError
from toolwright.memory import likeness
from toolwright.memory.past import Past
from toolwright.memory.signs import closest, signs_of
from toolwright.memory.wording import STRANGERS, in_words
from toolwright.protocols import Embedder

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE: Final = 120
"""With the strangers two requests of 64 texts at most."""
_LOOKED_AT: Final = 2000
_NEAREST: Final = 40
ALIKE: Final = 1.5
SIGNS: Final = 1.7
"""How alike failures must be, in meaning and in signs, and what signs weigh; chosen with all-MiniLM-L6-v2 on
kinds of mistake in `benchmarks/lessons` that are not reported."""


class Meanings:
    """The vectors of one embedder."""

    def __init__(self, past: Past, embedder: Embedder) -> None:
        """Name memory and embedder; neither is asked yet."""
        self._past = past
        self._embedder = embedder
        self._usual = math.nan

    def alike(self, message: str, source: str) -> Sequence[tuple[float, Any]]:
        """Return the failures that are alike, in no order, and how alike they are.

        Raises:
            ModelError: the embedder gives no vectors, or they cannot be compared.
            MemoryFileError: the memory cannot be read, or not keep the vectors.
        """
        found = self._past.ask(self._lacking)
        if found is None or not found[0]:
            return ()
        lacking = {row.id: in_words(row.message, row.source) for row in found[1]}
        asked, made = self._made(in_words(message, source), lacking)
        others = self._past.ask(lambda connection: self._has_others(connection, len(asked)))
        if made or others:
            self._past.change(lambda connection: self._keep(connection, made, len(asked)))
        rows = self._past.ask(lambda connection: self._nearest(connection, asked)) or ()
        scored = [(above(likeness.likeness(asked, row.vector), self._usual), row) for row in rows]
        return closest(scored, signs_of(message, source), floor=ALIKE, weight=SIGNS)

    def _made(
        self, asked: str, lacking: Mapping[int, str]
    ) -> tuple[Sequence[float], dict[int, Sequence[float]]]:
        """Return the vector of what is asked and those that were lacking, in one batch.

        The first one also holds texts that have nothing to do with each other: how alike such are differs
        from embedder to embedder, from about 0 to 0.8.
        """
        strangers = STRANGERS if math.isnan(self._usual) else ()
        texts = list(dict.fromkeys((asked, *strangers, *lacking.values())))
        vectors = dict(zip(texts, self._embedder.embed(texts), strict=True))
        if len({len(vector) for vector in vectors.values()}) != 1:
            raise ModelError("protocol", f"{self._embedder.name} gives vectors of different sizes")
        if strangers:
            self._usual = usual_of([vectors[text] for text in strangers])
        return vectors[asked], {number: vectors[text] for number, text in lacking.items()}

    def _lacking(self, connection: "Connection") -> tuple[bool, Sequence[Any]]:
        """Tell whether anything was mended, and select the newest failures that have no vector."""
        from sqlalchemy import select

        from toolwright.memory.schema import FAILURE_VECTORS, FAILURES, MENDED

        known, kept = FAILURES.c, FAILURE_VECTORS.c
        mine = (kept.failure == known.id) & (kept.embedder == self._embedder.name)
        lacking = (
            select(known.id, known.message, known.source)
            .outerjoin(FAILURE_VECTORS, mine)
            .where(MENDED, kept.failure.is_(None))
            .order_by(known.id.desc())
            .limit(_AT_ONCE)
        )
        anything = connection.execute(select(known.id).where(MENDED).limit(1)).first()
        return anything is not None, connection.execute(lacking).all()

    def _keep(self, connection: "Connection", made: Mapping[int, Sequence[float]], size: int) -> None:
        """Keep vectors; those of another size, of a model that had the name before, are none any more."""
        from sqlalchemy.dialects import postgresql, sqlite

        from toolwright.memory.schema import FAILURE_VECTORS

        connection.execute(FAILURE_VECTORS.delete().where(*self._others(connection, size)))
        if not made:
            return
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        about = {"embedder": self._embedder.name}
        rows = [{"failure": number, "vector": vector, **about} for number, vector in made.items()]
        connection.execute(insert(FAILURE_VECTORS).on_conflict_do_nothing(), rows)

    def _has_others(self, connection: "Connection", size: int) -> bool:
        from sqlalchemy import select

        from toolwright.memory.schema import FAILURE_VECTORS

        found = select(FAILURE_VECTORS.c.failure).where(*self._others(connection, size)).limit(1)
        return connection.execute(found).first() is not None

    def _others(self, connection: "Connection", size: int) -> Any:
        """Say which vectors are of a model that had the name before: they are of another size."""
        from toolwright.memory.schema import FAILURE_VECTORS

        return FAILURE_VECTORS.c.embedder == self._embedder.name, _size(connection) != size

    def _nearest(self, connection: "Connection", asked: Sequence[float]) -> Sequence[Any]:
        """Select the nearest failures where the server compares them, else the newest."""
        from sqlalchemy import select

        from toolwright.memory.schema import FAILURE_VECTORS, FAILURES, MENDED
        from toolwright.memory.vectors import distance

        kept = FAILURE_VECTORS.c
        statement = (
            select(*(column for column in FAILURES.c if column.name != "vector"), kept.vector)
            .join(FAILURE_VECTORS, kept.failure == FAILURES.c.id)
            .where(MENDED, kept.embedder == self._embedder.name, _size(connection) == len(asked))
        )
        if connection.dialect.name == "postgresql":
            statement = statement.order_by(distance(kept.vector, asked)).limit(_NEAREST)
        else:
            statement = statement.order_by(FAILURES.c.id.desc()).limit(_LOOKED_AT)
        return connection.execute(statement).all()


def _size(connection: "Connection") -> Any:
    """Say how many numbers a vector has."""
    from sqlalchemy import func

    from toolwright.memory.schema import FAILURE_VECTORS

    vector = FAILURE_VECTORS.c.vector
    if connection.dialect.name == "postgresql":
        return func.vector_dims(vector)
    return func.length(vector) / likeness.BYTES


def usual_of(strangers: Sequence[Sequence[float]]) -> float:
    """Return how alike failures that have nothing to do with each other are, on the average."""
    return statistics.mean(likeness.likeness(*pair) for pair in itertools.combinations(strangers, 2))


def above(alike: float, usual: float) -> float:
    """Return how alike two failures are, 0.0 for strangers and 1.0 for the same."""
    return (alike - usual) / (1 - usual) if usual < 1 else 0.0
