"""What search found for a step -> what of it the model is asked about: nothing, few tools, or all.

The bounds were measured on the set in `benchmarks/search_quality`; `benchmarks/README.md` has both error
rates. They hold for any size of a library, because a share depends on no other tool.
"""

from collections.abc import Sequence
from typing import Final

from toolwright.types import Hit

MISS: Final = 0.1
"""A step of whose words no tool has a larger share than this has no tool."""
SURE: Final = 0.6
"""Where the best tool has this share of a step's words, only the first few are asked about."""
FEW: Final = 3


def narrow(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits that the model is to judge; none where what was found shares next to nothing.

    Where tools were also compared by meaning, few words in common say nothing: then all are shown.
    """
    best = max((hit.share for hit in hits), default=0.0)
    if best <= MISS and all(hit.cosine is None for hit in hits):
        return ()
    return tuple(hits[:FEW]) if hits and hits[0].share >= SURE else tuple(hits)
