"""Search by words and by meaning together: how much the words count depends on how many of them met.

Plain fusion of ranks trusts both alike, which loses much where a step says a thing in other words. Here the
score is the cosine, and the best BM25 score adds up to 0.7 times the square of the share of words that met,
rare words counting more: where none of them met, words cannot outvote meaning.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import mul
from typing import Final

from toolwright.errors import BudgetError, ModelError
from toolwright.library.index.searching import Index
from toolwright.library.store import Store
from toolwright.library.vectors import Vectors
from toolwright.protocols import Embedder
from toolwright.types import Hit, Tool

_BY_WORDS: Final = 50
"""Of so many hits by words the order is looked at again."""
_WEIGHT: Final = 0.7
"""From 0.3 to 1 makes no difference on the half of `benchmarks/search_quality` that things were tuned on."""


class FusedIndex(Index):
    """An index that also compares by meaning; when that fails, it is said once and words alone decide."""

    def __init__(self, store: Store, embedder: Embedder, notice: Callable[[str], None]) -> None:
        """Name store and embedder; neither is asked yet."""
        super().__init__(store)
        self._library = store
        self._vectors = Vectors(store.place, embedder)
        self._notice = notice
        self._failed = False

    def search(self, text: str, keywords: Sequence[str] = (), k: int = 8) -> tuple[Hit, ...]:
        """Return at most `k` tools, best first, by words and by meaning.

        Raises:
            LibraryError: as for `Index.search`.
        """
        by_words = super().search(text, keywords, max(k, _BY_WORDS))
        tools = self._library.read().tools
        cosines = self._cosines(tools, text, keywords) if tools and text.strip() and k > 0 else None
        if cosines is None:
            return by_words[:k]
        return fused(by_words, {name: tools[name] for name in cosines}, cosines)[:k]

    def _cosines(
        self, tools: Mapping[str, Tool], text: str, keywords: Sequence[str]
    ) -> dict[str, float] | None:
        if self._failed:
            return None
        try:
            asked = self._vectors.asked(f"{text} ({', '.join(keywords)})" if keywords else text)
            vectors = self._vectors.of(tools, len(asked))
        except (ModelError, BudgetError) as error:
            self._failed = True
            hint = f" ({error.hint})" if error.hint else ""
            self._notice(f"search goes by words only: {error}{hint}")
            return None
        return {name: sum(map(mul, asked, vector)) for name, vector in vectors.items()}


def fused(
    by_words: Sequence[Hit], tools: Mapping[str, Tool], cosines: Mapping[str, float]
) -> tuple[Hit, ...]:
    """Put the tools in order of cosine and words; `by_words` is best first."""
    found = {hit.tool.name: hit for hit in by_words}
    best = max((hit.score for hit in by_words), default=0.0) or 1.0

    def hit(name: str, cosine: float) -> Hit:
        known = found.get(name)
        if known is None:
            return Hit(tools[name], cosine, 0.0, {}, cosine)
        words = _WEIGHT * known.share**2 * known.score / best
        return Hit(tools[name], cosine + words, known.share, known.why, cosine)

    hits = [hit(name, cosine) for name, cosine in cosines.items()]
    return tuple(sorted(hits, key=lambda one: (-one.score, one.tool.name)))
