"""The text of a reply -> its fenced blocks: language and content. The rules are those of CommonMark."""

import re
from collections.abc import Iterator
from typing import Final

_OPENING: Final = re.compile(r"([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*\{?\.?([\w+-]*)")
_MOST_INDENT: Final = 3
"""How much further in than its opening a closing fence may stand; deeper ones are content."""


def fenced_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield (language in lower case, content) of every block, in order.

    A block ends at a fence of the same character that is at least as long, so that a longer fence can hold
    shorter ones; a block that is never closed reaches to the end. The indent of a fence is taken off what
    it holds.
    """
    fence = indent = language = ""
    inside: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not fence:
            opening = _OPENING.match(line)
            if opening:
                indent, fence, language = opening.groups()
                inside = []
        elif _closes(line, fence, indent):
            yield language.lower(), "".join(inside)
            fence = ""
        else:
            inside.append(_without(indent, line) + "\n")
    if fence:
        yield language.lower(), "".join(inside)


def _closes(line: str, fence: str, indent: str) -> bool:
    bare = line.strip(" \t")
    deep = len(line) - len(line.lstrip(" \t")) > len(indent) + _MOST_INDENT
    return not deep and len(bare) >= len(fence) and not bare.strip(fence[0])


def _without(indent: str, line: str) -> str:
    if line.startswith(indent):
        return line[len(indent) :]
    return line.lstrip(" \t") if line[: len(indent)].isspace() else line
