"""Words and numbers for people: values go in, short text that is safe to print comes out."""

import re
import unicodedata
from typing import Final

from toolwright.types import UNCONFINED, MutationScore

MINUTE: Final = 60
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TAGS: Final = ("\U000e0000", "\U000e007f")
_HIDDEN: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PLAIN: Final = re.compile(r"[\x20-\x7e\n]*")
TAB: Final = "    "


def visible(text: str) -> str:
    r"""Return `text` with everything that could steer a terminal spelled out, as in `\x1b[31m`.

    Line breaks stay and tabs become spaces. Letters of every script stay; controls that reorder
    what is read do not.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t":
        return TAB
    if (
        character in _BIDI_CONTROLS
        or unicodedata.category(character) in _HIDDEN
        or _TAGS[0] <= character <= _TAGS[1]
    ):
        return character.encode("unicode_escape").decode("ascii")
    return character


def one_line(text: str, limit: int = 0) -> str:
    """Return `text` as one visible line, cut to `limit` characters with an ellipsis (0: not cut)."""
    line = visible(" ".join(text.split()))
    return line if not limit or len(line) <= limit else f"{line[: limit - 1]}…"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 test`, `2 tests`, `1,840 tokens`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def held(level: str) -> str:
    """Return a sandbox level with what it does not hold, for people who have not read about levels."""
    return f"{level} (not confined)" if level == UNCONFINED else one_line(level)


def duration(seconds: float) -> str:
    """Return `0.3 s`, `42 s` or `2 min 05 s`."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004  (tenths matter below ten)
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest:02} s"


def joined(*parts: str) -> str:
    """Return the parts that are not empty, with dots between."""
    return " · ".join(part for part in parts if part)


def faults_noticed(score: MutationScore) -> str:
    """Return how many deliberate faults tests noticed, with what does not count among them."""
    if not score.of:
        return "no fault that a test could notice"
    said = f"{score.killed} of {count(score.of, 'deliberate fault')} noticed"
    beside = ((score.equivalent, "without difference"), (score.untried, "not tried"))
    more = ", ".join(f"{number} {what}" for number, what in beside if number)
    return f"{said} ({more})" if more else said
