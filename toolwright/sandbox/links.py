"""Links of the user's by which an argument reaches what is granted: arguments in, those links out.

A cell's root holds granted paths as they are; a link that lies outside of all grants must be made there anew.
It opens nothing: it leads where it leads on the host, and only what is granted is there.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from toolwright.sandbox.masks import lies_in
from toolwright.types import Json

_MOST_LOOKED_AT: Final = 1000


def find_links(arguments: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the first link on the way of each absolute path among the arguments, or in lists there."""
    found = {link for text in _texts(arguments.values()) if (link := _first_link(text))}
    return tuple(sorted(found))


def lead_into(links: Sequence[str], granted: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return links with where they lead, those that lead into or around what is granted."""
    pairs = ((link, os.path.realpath(link)) for link in links if not lies_in(link, granted))
    return tuple(
        (link, aim)
        for link, aim in pairs
        if lies_in(aim, granted) or (aim != "/" and any(lies_in(path, [aim]) for path in granted))
    )


def _texts(values: Iterable[Json]) -> Iterator[str]:
    for value in islice(values, _MOST_LOOKED_AT):  # a list may hold millions of numbers
        if isinstance(value, str) and value.startswith("/") and "\0" not in value:
            yield value
        elif isinstance(value, list):
            yield from _texts(value)


def _first_link(path: str) -> str:
    """Return the first part of a path that is a link, "" when none is."""
    here = ""
    for name in os.path.normpath(path).split("/")[1:]:
        here += f"/{name}"
        if os.path.islink(here):  # noqa: PTH114 - texts
            return here
    return ""
