"""A line so far -> its words, and the one that is being typed, which may stand in a quote that is open."""

from typing import Final

from toolwright.records import dataclass

_QUOTES: Final = "\"'"


@dataclass(frozen=True, slots=True)
class Typed:
    """`before` are whole words; `word` is being typed, "" behind a blank; `quote` is the mark before it."""

    before: tuple[str, ...]
    word: str
    quote: str = ""


def typed_words(text: str) -> Typed:
    """Return the words of a text. Only a quote at the beginning of a word is one: not that of `don't`."""
    words, word, quote = [], "", ""
    for sign in text:
        if quote and sign == quote:
            words.append(word)
            word, quote = "", ""
        elif quote or not (sign.isspace() or (sign in _QUOTES and not word)):
            word += sign
        elif sign in _QUOTES:
            quote = sign
        elif word:
            words.append(word)
            word = ""
    return Typed(tuple(words), word, quote)
