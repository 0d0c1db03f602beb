"""A text -> a vector, two vectors -> how alike they are: hashed pieces of words; no model, no download."""

import itertools
import math
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

Embed: TypeAlias = Callable[[str], Sequence[float]]
"""Makes a vector of length 1 of a text; like texts get like vectors."""

NAME: Final = "pieces-1"
"""What the vectors of `pieces` are called where they are kept: only those of one name can be compared."""
BYTES: Final = 4
"""Of a number as it is kept."""
_SIZE: Final = 256
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SAID_OF_ALL: Final = re.compile(
    "verify|review|line|tests?|failed|assert|where|but|not|the|and|is|in|to|of|for|def|return(s|ed)?|str|int|"
    "float|bool|list|dict|none|self|args|raises|example|keywords"
)
"""Words that stand in every failure say nothing of any."""
_PIECE: Final = 4
_WHOLE: Final = 2.0
_PAIR: Final = 1.0
_PART: Final = 0.5
_SAID: Final = 3


def pieces(text: str) -> tuple[float, ...]:
    """Return the vector of the words of a text, of neighbouring pairs and of parts; numbers do not count."""
    sums = [0.0] * _SIZE
    for piece, weight in _weighed(text).items():
        place = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
        sums[place % _SIZE] += weight if place & 0x8000_0000 else -weight
    length = math.sqrt(sum(value * value for value in sums))
    return tuple(value / length for value in sums) if length else tuple(sums)


def failure_text(stage: str, message: str, source: str) -> str:
    """Return of a failure what its vector is made of: what was said of it counts more than the code."""
    return f"{stage} {message}\n" * _SAID + source


def _weighed(text: str) -> dict[str, float]:
    """Weigh the pieces of a text: what comes often counts more, but less each time."""
    counted = Counter(_pieces(text))
    weights = {"w": _WHOLE, "p": _PAIR, "c": _PART}
    return {piece: weights[piece[0]] * (1 + math.log(times)) for piece, times in counted.items()}


def _pieces(text: str) -> Iterator[str]:
    found = [word.lower() for part in _WORD.findall(text) for word in _parts(part)]
    words = [word for word in found if not _SAID_OF_ALL.fullmatch(word)]
    for word in words:
        yield f"w{word}"
        for start in range(len(word) - _PIECE + 1):
            yield f"c{word[start : start + _PIECE]}"
    for first, second in itertools.pairwise(words):
        yield f"p{first} {second}"


def _parts(word: str) -> list[str]:
    """Take `KeyError` apart: its parts, and the whole."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", word)
    return [word, *parts] if len(parts) > 1 else [word]


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how alike two vectors of length 1 are: 1.0 for the same, about 0.0 for strangers."""
    return sum(map(float.__mul__, one, other)) if len(one) == len(other) else 0.0


def to_bytes(vector: Sequence[float]) -> bytes:
    """Return a vector as it is kept: 32-bit floats."""
    return array("f", vector).tobytes()


def from_bytes(data: bytes) -> Sequence[float]:
    """Return a vector as it was kept; of damaged bytes an empty one."""
    vector = array("f")
    if len(data) % vector.itemsize:
        return ()
    vector.frombytes(data)
    return tuple(vector)
