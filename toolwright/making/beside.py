"""A step -> its tool: widened where that can be had, else a new one beside the tool that is too specific."""

from contextlib import nullcontext
from typing import Final

from toolwright.errors import ReplyShapeError
from toolwright.events import Notice
from toolwright.making.repair import make_tool
from toolwright.making.wish import Made, Wish
from toolwright.models.caps import calls_left, capped
from toolwright.parts import Options, Parts
from toolwright.records import replace
from toolwright.types import Match

_FEW: Final = 2
_FOR_ANOTHER: Final = 4
"""Of the calls for one function, what is left for a new one when an old one cannot be widened."""


def make_or_widen(parts: Parts, options: Options, wish: Wish) -> Made:
    """Make what is wanted. When a tool cannot be widened without breaking what it does, it stays as it is.

    The refusals of what is made then begin with why. A kept tool that was found to be the one to widen only
    when the contract of a new one was there is widened in its place.

    Raises:
        ModelError, ReplyShapeError, LibraryError, SandboxError: no attempt could be finished.
    """
    with capped(options.function_calls):
        made = _make(parts, options, wish)
        if not made.match or made.match.kind != "EXISTS_BUT_SPECIFIC":
            return made
        later = _make(parts, options, replace(wish, match=made.match, looked=True))
    return replace(later, attempts=made.attempts + later.attempts, refusals=(*made.refusals, *later.refusals))


def _make(parts: Parts, options: Options, wish: Wish) -> Made:
    name, attempts, widens = wish.match.tool, 0, wish.match.kind == "EXISTS_BUT_SPECIFIC"
    refusals: tuple[str, ...] = ()
    left = calls_left(options.function_calls)
    try:
        with capped(max(_FEW, left - _FOR_ANOTHER), "widening") if widens else nullcontext():
            made = make_tool(parts, options, wish)
    except ReplyShapeError as error:
        if not widens:
            raise
        why = str(error)
    else:
        if made.failure is None or not widens or made.tool != name:
            return made
        attempts, refusals, why = made.attempts, made.refusals, made.failure.message
    parts.emit(Notice(f"`{name}` stays as it is, a new tool is written beside it: {why}"))
    match = Match(wish.match.step, "NOT_EXISTS", "", f"`{name}` could not be widened")
    made = make_tool(parts, options, replace(wish, match=match))
    said = f"widen: `{name}` could not be widened, so a new tool was written beside it: {why}"
    return replace(made, attempts=made.attempts + attempts, refusals=(*refusals, said, *made.refusals))
