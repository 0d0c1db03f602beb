"""The raw text of a reasoning model goes in; its answer and its thoughts come out apart."""

import re
from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"
_FENCE: Final = re.compile(r"^[ \t]*```", re.MULTILINE)


def split_think(content: str, reasoning: str = "") -> tuple[str, str]:
    """Split what a model sent into (answer, reasoning), both stripped.

    Handles `<think>...</think>`, a missing opening tag (a chat template may supply it, so that it
    never arrives), a block that is never closed (then there is no answer) and an empty block.
    `reasoning` is what the server sent in a field of its own; thoughts found in `content` follow it.
    Tags inside fenced code are the answer's own text.
    """
    opened = content.lstrip().startswith(_OPEN)
    if reasoning and not opened:
        return content.strip(), reasoning.strip()
    end = _closing(content, opened=opened)
    if end >= 0:
        thought = content[:end].replace(_OPEN, "", 1) if opened else content[:end]
        return content[end + len(_CLOSE) :].strip(), (reasoning + thought).strip()
    if opened:
        return "", (reasoning + content.replace(_OPEN, "", 1)).strip()
    return content.strip(), reasoning.strip()


def _closing(content: str, *, opened: bool) -> int:
    """Where the thought ends, -1 if nowhere: best a tag alone on its line, never one inside a fence.

    Only an opened block may end inside a fence: thoughts stop where they like, answers do not.
    """
    places = [found.start() for found in re.finditer(re.escape(_CLOSE), content)]
    outside = [place for place in places if len(_FENCE.findall(content, 0, place)) % 2 == 0]
    alone = [place for place in outside if _stands_alone(content, place)]
    best = alone or outside or (places if opened else [])
    return best[0] if best else -1


def _stands_alone(content: str, place: int) -> bool:
    before = content[:place].rpartition("\n")[2]
    after = content[place + len(_CLOSE) :].partition("\n")[0]
    return not before.strip() and not after.strip()
