"""toolwright.stages.narrowing: what is asked of the model is nothing only where next to nothing meets."""

from toolwright.stages.narrowing import FAR, FEW, MISS, SURE, narrow
from toolwright.types import Docstring, Hit, Tool


def hits(*shares: float, cosine: float | None = None) -> list[Hit]:
    """Tools that have those shares of a step's words."""
    tools = [Tool(f"tool_{n}", f"tool_{n}()", "", Docstring(), {}, {}) for n in range(len(shares))]
    return [
        Hit(tool, 1.0 - n / 10, share, {}, cosine)
        for n, (tool, share) in enumerate(zip(tools, shares, strict=True))
    ]


def test_next_to_nothing_in_common_asks_nobody() -> None:
    """No tool is left where the best shares too little, unless its meaning is near."""
    assert narrow([]) == ()
    assert narrow(hits(MISS, MISS / 2)) == ()
    assert len(narrow(hits(MISS / 2, MISS + 0.01))) == 2
    assert narrow(hits(MISS, 0.0, cosine=FAR)) == ()
    assert len(narrow(hits(0.0, 0.0, cosine=FAR + 0.01))) == 2
    assert len(narrow(hits(MISS + 0.01, 0.0, cosine=FAR))) == 2


def test_a_sure_hit_shows_few() -> None:
    """Where the first has most of the words, the others of a long list are left out."""
    assert len(narrow(hits(SURE, *[0.1] * 7))) == FEW
    assert len(narrow(hits(SURE - 0.01, *[0.1] * 7))) == 8
