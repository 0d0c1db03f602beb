"""A text -> the text as a person changed it line by line, for terminals where no editor is set."""

import re
from collections.abc import Callable
from typing import Final

HELP: Final = (
    "N TEXT puts TEXT in place of line N, +N TEXT below it; -N or -N,M takes lines out; mN,M K moves lines "
    "below line K (0: to the top); [Enter] is done, q leaves everything as it was"
)
_COMMAND: Final = re.compile(
    r"(?P<put>\d+) (?P<new>.*)|\+(?P<below>\d+) (?P<added>.*)"
    r"|-(?P<first>\d+)(?:,(?P<last>\d+))?|m(?P<from>\d+)(?:,(?P<to>\d+))? (?P<place>\d+)"
)


def edit_lines(text: str, say: Callable[[str], None], line: Callable[[str], str | None]) -> str | None:
    """Let a text be changed; None when it is to stay as it was. `line` puts a question."""
    lines = text.rstrip("\n").split("\n")
    while True:
        say("\n".join(f"{number:>3}  {each}" for number, each in enumerate(lines, start=1)))
        typed = line(HELP)
        if typed is None or typed.strip().lower() == "q":
            return None
        if not typed.strip():
            return "\n".join(lines) + "\n"
        changed = changed_lines(lines, typed.rstrip("\n"))
        if isinstance(changed, str):
            say(changed)
        else:
            lines = changed


def changed_lines(lines: list[str], typed: str) -> list[str] | str:
    """Return the lines after one command, or what is wrong with it. A new line keeps the indent it had."""
    found = _COMMAND.fullmatch(typed.strip())
    if not found:
        return f"{typed.strip()!r} is no change of a line"
    said = found.groupdict()
    beyond = [said[n] for n in ("put", "below", "first", "last", "from", "to", "place") if said[n]]
    wrong = next((n for n in beyond if int(n) > len(lines)), None)
    lowest = 0 if said["below"] or said["place"] else 1
    if wrong or int(said["put"] or said["first"] or said["from"] or lowest) < lowest:
        return f"there is no line {wrong or 0}, only 1 to {len(lines)}"
    if said["put"]:
        at = int(said["put"])
        return [*lines[: at - 1], _indented(said["new"], lines[at - 1]), *lines[at:]]
    if said["below"]:
        at = int(said["below"])
        return [*lines[:at], said["added"], *lines[at:]]
    start = int(said["first"] or said["from"])
    end = int(said["last"] or said["to"] or start)
    if end < start:
        return f"{start},{end} names no lines: the first comes first"
    return (
        _moved(lines, start, end, int(said["place"])) if said["from"] else [*lines[: start - 1], *lines[end:]]
    )


def _moved(lines: list[str], start: int, end: int, place: int) -> list[str] | str:
    if start <= place < end:
        return f"lines {start} to {end} cannot be moved below line {place}, which is one of them"
    taken, left = lines[start - 1 : end], [*lines[: start - 1], *lines[end:]]
    at = place if place < start else place - len(taken)
    return [*left[:at], *taken, *left[at:]]


def _indented(text: str, before: str) -> str:
    return text if text[:1].isspace() else before[: len(before) - len(before.lstrip())] + text
