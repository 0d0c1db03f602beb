"""What search found for a step -> what of it the model is asked about: nothing, few tools, or all.

The bounds were chosen on one half of the set in `benchmarks/search_quality`, with synonyms as a planner gives
them; `benchmarks/README.md` has both rates of error on the other half, at several sizes of a library.
"""

from collections.abc import Sequence
from typing import Final

from toolwright.types import Hit

MISS: Final = 0.12
"""A step of whose words no tool has a larger share than this has no tool. A wrong miss costs a tool twice
over, a question one answer: so the bound is where next to nothing is lost even with poor synonyms."""
FAR: Final = 0.3
"""Where meaning is compared, the nearest tool must besides be no nearer than this. By all-MiniLM unrelated
texts lie below it; to a model that puts all texts nearer to each other no step is a miss."""
SURE: Final = 0.5
"""Where the best tool has this share of a step's words, only the first few are asked about."""
FEW: Final = 3


def narrow(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits that the model is to judge; none where what was found shares next to nothing."""
    best = max((hit.share for hit in hits), default=0.0)
    nearest = max((hit.cosine for hit in hits if hit.cosine is not None), default=0.0)
    if best <= MISS and nearest <= FAR:
        return ()
    return tuple(hits[:FEW]) if hits and hits[0].share >= SURE else tuple(hits)
