"""A library and the name of a tool -> the part of the library that a call of the tool needs.

Both forms hold the function and all that it reaches: functions, classes, constants and imports. `runs` has
each on the line where it stands in tools.py, so that tracebacks are right, and nothing else; `shown` has the
whole header besides, so that the tool is taken for the same tool as in the whole library.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeAlias

from toolwright.library.bindings import bound_by
from toolwright.records import dataclass
from toolwright.syntax.cutting import newlines
from toolwright.syntax.parsing import BOM, parse_text
from toolwright.syntax.used import used_by

Found: TypeAlias = tuple[str, int]
"""A chunk's text, and the line, counted from the end of the header, on which it begins."""

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# What looks at the module as a whole may see what is left out.
_LOOKING: Final = frozenset(
    {"globals", "eval", "exec", "vars", "dir", "__import__", "importlib", "inspect", "__doc__"}
    | {"__annotations__", "__dict__", "__main__", "modules", "gc", "__all__", "__globals__"}
)
_ITSELF: Final = re.compile(r"\bimport\b.*\btools\b|\bfrom\s+tools\b")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a library that one call needs, to be run and to be looked at."""

    runs: str
    shown: str


def part_of(header: str, find: Callable[[str], Found | None], *names: str) -> Part | None:
    """Return what calls of some functions need; `find` returns the chunk that binds a name.

    None where something looks at the module as a whole. The library must be inert, and bind no name twice.

    Raises:
        SyntaxError: something of it is not Python.
    """
    chunks: dict[int, str] = {}
    reached: set[str] = set()
    waiting = [*names]
    while waiting:
        one = waiting.pop()
        if one in reached:
            continue
        reached.add(one)
        found = find(one)
        if found is not None and found[1] not in chunks:
            text, line = found
            if _looks_around(text):
                return None
            chunks[line] = text
            waiting += used_by(text)
    kept, used = _header(header, reached)
    more = used - reached
    if any(find(one) is not None for one in more):
        return None  # a constant of the header that needs what stands below it
    placed = sorted(chunks.items())
    # a blank line between them, lest a loose comment be taken for that of the next
    shown = "\n".join([_ended(header), *(_ended(text) for _, text in placed)])
    return Part(kept + _placed(placed), shown)


def _looks_around(text: str) -> bool:
    return not _LOOKING.isdisjoint(_WORD.findall(text)) or bool(_ITSELF.search(text))


def _header(header: str, reached: Collection[str]) -> tuple[str, frozenset[str]]:
    """Return the header with the statements alone that bind what is reached, and the names those use."""
    tree = parse_text(header)
    lines = [match.group() for match in _LINE.finditer(header.removeprefix(BOM))]
    kept: set[int] = set()
    used: set[str] = set()
    wanted = set(reached)
    for node in reversed(tree.body):  # what a statement uses stands above it
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if future or not wanted.isdisjoint(bound_by([node])):
            span = range(node.lineno - 1, node.end_lineno or node.lineno)
            kept |= {*span}
            if not isinstance(node, ast.Import | ast.ImportFrom):
                used |= used_by("".join(lines[number] for number in span))
                wanted |= used
    text = "".join(line if number in kept else "\n" for number, line in enumerate(lines))
    return _ended(text) if header.endswith(("\n", "\r")) else text, frozenset(used)


def _placed(chunks: Iterable[tuple[int, str]]) -> str:
    """Put chunks on their lines."""
    written, at = "", 0
    for line, text in chunks:
        written += "\n" * (line - at) + _ended(text)
        at = line + newlines(text, 0, len(text))
    return written


def _ended(text: str) -> str:
    return text if not text or text.endswith(("\n", "\r")) else text + "\n"
