"""A wish -> the question that is put to the user; the line that was typed -> the answer."""

from collections.abc import Callable
from typing import Final

from toolwright.permissions.wishes import Wish
from toolwright.records import dataclass
from toolwright.types import Permission

_ONCE: Final = {"o": "", "once": "", "r": "read", "read": "read", "w": "write", "write": "write"}
_ALWAYS: Final = {"a": "", "always": "", "ra": "read", "read always": "read"} | {
    "wa": "write",
    "write always": "write",
}
_NO: Final = frozenset({"", "n", "no"})
_TRIES: Final = 3
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Granted:
    """What the user answered: the permission, and whether to keep it for this version of the tool."""

    permission: Permission
    always: bool


def question(tool: str, wish: Wish) -> str:
    """Return the question, with the answers that it takes."""
    if wish.or_write:
        return (
            f"{tool} asks {wish.purpose}. Allow it? r read it once, w change it once, "
            f"ra or wa always for this version of {tool}, [Enter] no"
        )
    return f"{tool} asks {wish.purpose}. Allow it? o once, a always for this version of {tool}, [Enter] no"


def put(ask: Callable[[str], str | None], words: str, wish: Wish) -> Granted | None:
    """Put a question until the answer is one; None is a no, and so is what is none after some tries."""
    said = ""
    for _ in range(_TRIES):
        line = ask(f"{said}{words}")
        granted = answer(line, wish)
        if granted or line is None or line.strip().lower() in _NO:
            return granted
        said = f"{line.strip()[:_SHOWN]!r} is none of these answers\n"
    return None


def answer(line: str | None, wish: Wish) -> Granted | None:
    """Read an answer; whatever is not clearly a yes is a no."""
    word = " ".join((line or "").lower().split())
    always = word in _ALWAYS
    if not always and word not in _ONCE:
        return None
    named = (_ALWAYS if always else _ONCE)[word]
    if bool(named) != wish.or_write:
        return None
    permission: Permission = "write" if named == "write" else wish.permission
    return Granted(permission, always)
