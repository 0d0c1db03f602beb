"""A name nobody knows + the names there are -> the nearest ones, and the error that offers them."""

import difflib
from collections.abc import Iterable

from toolwright.errors import ToolNotFoundError


def nearest_names(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the most similar names, best first."""
    return tuple(difflib.get_close_matches(name, list(known), n=count, cutoff=0.5))


def tool_not_found(name: str, known: Iterable[str]) -> ToolNotFoundError:
    """Return the error for a tool that is not in the library."""
    names = list(known)
    nearest = nearest_names(name, names)
    if len(nearest) == 1:
        offer = f"; did you mean {nearest[0]}?"
    elif nearest:
        offer = f"; the nearest are {', '.join(nearest)}"
    else:
        offer = "" if names else "; the library is empty"
    return ToolNotFoundError(
        f"there is no tool {name!r} in the library{offer}", nearest=nearest, hint="python agent.py tools"
    )
