"""An embedder for tests: texts with the same word of a list have one direction, others are strangers."""

import zlib
from collections.abc import Sequence

from toolwright.errors import ModelError


class Topics:
    """Keeps what it was asked; fails where it is told to."""

    def __init__(self, *words: str, name: str = "test:topics", size: int = 64, fails: bool = False) -> None:
        self.words, self.name, self.size, self.fails = words, name, size, fails
        self.asked: list[Sequence[str]] = []

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector for each text."""
        self.asked.append(texts)
        if self.fails:
            raise ModelError("network", "nobody answers", hint="start it")
        return tuple(self._vector(text) for text in texts)

    def _vector(self, text: str) -> tuple[float, ...]:
        found = next((place for place, word in enumerate(self.words) if word in text), None)
        own = len(self.words) + zlib.crc32(text.encode()) % (self.size - len(self.words))
        return tuple(float(place == (own if found is None else found)) for place in range(self.size))
