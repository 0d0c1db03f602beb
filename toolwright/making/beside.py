"""A step -> its tool: widened where that can be had, else a new one beside the tool that is too specific."""

from toolwright.errors import ReplyShapeError
from toolwright.events import Notice
from toolwright.making.repair import make_tool
from toolwright.making.wish import Made, Wish
from toolwright.parts import Options, Parts
from toolwright.records import replace
from toolwright.types import Match


def make_or_widen(parts: Parts, options: Options, wish: Wish) -> Made:
    """Make what is wanted. When a tool cannot be widened without breaking what it does, it stays as it is.

    The refusals of what is made then begin with why. A kept tool that was found to be the one to widen only
    when the contract of a new one was there is widened in its place.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: no attempt could be finished.
    """
    made = _make(parts, options, wish)
    if not made.match or made.match.kind != "EXISTS_BUT_SPECIFIC":
        return made
    later = _make(parts, options, replace(wish, match=made.match, looked=True))
    return replace(later, attempts=made.attempts + later.attempts, refusals=(*made.refusals, *later.refusals))


def _make(parts: Parts, options: Options, wish: Wish) -> Made:
    name, attempts = wish.match.tool, 0
    refusals: tuple[str, ...] = ()
    try:
        made = make_tool(parts, options, wish)
    except ReplyShapeError as error:
        if wish.match.kind != "EXISTS_BUT_SPECIFIC":
            raise
        why = str(error)
    else:
        if made.failure is None or wish.match.kind != "EXISTS_BUT_SPECIFIC" or made.tool != name:
            return made
        attempts, refusals, why = made.attempts, made.refusals, made.failure.message
    parts.emit(Notice(f"`{name}` stays as it is, a new tool is written beside it: {why}"))
    match = Match(wish.match.step, "NOT_EXISTS", "", f"`{name}` could not be widened")
    made = make_tool(parts, options, replace(wish, match=match))
    said = f"widen: `{name}` could not be widened, so a new tool was written beside it: {why}"
    return replace(made, attempts=made.attempts + attempts, refusals=(*refusals, said, *made.refusals))
