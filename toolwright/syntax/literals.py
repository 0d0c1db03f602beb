"""Text of a goal -> the literals in it (quoted texts, URLs, paths, numbers) and the shape around them."""

import re
from typing import Final

from toolwright.records import dataclass
from toolwright.types.json_values import Json

_FOUND: Final = re.compile(
    r"""
      "(?P<double>[^"\n]*)" | “(?P<curly>[^”\n]*)” | `(?P<back>[^`\n]*)`
    | (?<!\w)'(?P<single>[^'\n]*)'(?!\w)
    | (?P<url>\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'`<>]+)
    | (?<![\w.-])(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w/-]|\.\w)
    | (?P<path>(?:~|\.{1,2})?/[^\s"'`]* | [\w.-]+/[^\s"'`]* | \w[\w-]*(?:\.[\w-]+)*\.[a-zA-Z]\w*)
    """,
    re.VERBOSE,
)
_QUOTED: Final = ("double", "curly", "back", "single")
_CLOSING: Final = ".,;:!?)]}"
_SUFFIX: Final = re.compile(r"[^/\s.][^/]*?(\.[a-zA-Z]\w*)$")


@dataclass(frozen=True, slots=True)
class GoalLiteral:
    """One literal: its value, how the goal writes it, and what sort of value may take its place.

    `sort` is "text", "number", "path" or "url", the last two with all that decides how such a value is
    handled: the suffix of the file, and for a URL the scheme too. `start` and `end` count characters.
    """

    value: Json
    text: str
    sort: str
    start: int
    end: int


def goal_literals(goal: str) -> tuple[GoalLiteral, ...]:
    """Return the literals of a goal, from left to right."""
    return tuple(_read(match) for match in _FOUND.finditer(goal))


def goal_shape(goal: str) -> str:
    """Return the goal with the sort of each literal in its place: one for all goals that differ in values."""
    parts, at = [], 0
    for literal in goal_literals(goal):
        parts += [goal[at : literal.start], "\0", literal.sort, "\0"]
        at = literal.end
    return "".join([*parts, goal[at:]]).strip()


def _read(match: re.Match[str]) -> GoalLiteral:
    kind = match.lastgroup or ""
    text, start, end = match.group(kind), match.start(), match.end()
    if kind in _QUOTED:
        return GoalLiteral(text, text, _sort_of_text(text), start, end)
    if kind == "number":
        whole = text.lstrip("-").isdigit()
        return GoalLiteral(int(text) if whole else float(text), text, "number", start, end)
    kept = text.rstrip(_CLOSING) or text
    return GoalLiteral(kept, kept, _sort_of_text(kept), start, end - (len(text) - len(kept)))


def _sort_of_text(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if separator and scheme.isascii():
        place = rest.partition("?")[0].partition("#")[0]
        file = place.partition("/")[2]
        return f"url {scheme.lower()} {_suffix(file)}"
    suffix = _suffix(text)
    return f"path {suffix}" if "/" in text or suffix else "text"


def _suffix(path: str) -> str:
    found = _SUFFIX.search(path) if " " not in path else None
    return found.group(1).lower() if found else ""
