"""Prompt texts as files, and how to fill them in: name and values in, text out."""

import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Self

TEXTS: Final = Path(__file__).parent / "texts"
SHARED: Final = ("tool_rules", "test_rules")
"""Texts that stand inside of others, as they are: nothing is filled in in them."""


class Filled(str):
    """A prompt's text that knows how it was made, so that it can be made anew in other words.

    `tail` is its end, which was added when the first answer could not be used.
    """

    __slots__ = ("name", "tail", "values")

    name: str
    values: Mapping[str, str]
    tail: str

    def __new__(
        cls, text: str, name: str = "", values: Mapping[str, str] | None = None, tail: str = ""
    ) -> Self:
        """Make the text; one without a name is like any other."""
        self = super().__new__(cls, text)
        self.name, self.values, self.tail = name, values or {}, tail
        return self


@cache
def shipped(name: str) -> string.Template:
    """Return the text that comes with the program."""
    return string.Template((TEXTS / f"{name}.md").read_text(encoding="utf-8"))


def render(name: str, /, **values: str) -> Filled:
    """Fill in the prompt `name`; a value is never searched for placeholders itself.

    Raises:
        KeyError: the text has a placeholder that got no value.
    """
    return Filled(filled_in(name, values, {}), name, values)


def filled_in(name: str, values: Mapping[str, str], instead: Mapping[str, string.Template]) -> str:
    """Fill in the prompt `name`, with the texts of `instead` in the place of those of the same name.

    Raises:
        KeyError: the text has a placeholder that got no value.
    """
    rules = {part: (instead.get(part) or shipped(part)).template.strip() for part in SHARED}
    return (instead.get(name) or shipped(name)).substitute({**values, **rules})
