"""One way to complete what was typed, and the choice among words."""

from collections.abc import Iterator, Sequence

from toolwright.records import dataclass
from toolwright.screen.words import one_line

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """`text` stands for the last `replaces` characters that were typed; people see `shown` and `about`."""

    text: str
    replaces: int = 0
    shown: str = ""
    about: str = ""


def beginning_with(typed: str, words: Sequence[tuple[str, str]], behind: str = "") -> Iterator[Offer]:
    """Offer the words that begin as typed, capital letters aside, with `behind` written after each."""
    for word, about in words:
        if word.lower().startswith(typed.lower()):
            yield Offer(f"{word}{behind}", len(typed), word, one_line(about, _LONGEST))
