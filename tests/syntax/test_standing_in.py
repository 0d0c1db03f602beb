"""Which kept functions can be called like a wanted one, and how its calls are passed on."""

import pytest

from toolwright.syntax.reading import read_library
from toolwright.syntax.standing_in import stand_in
from toolwright.types import Tool


def tool(signature: str) -> Tool:
    """Return a function with this signature, as a library offers it."""
    [found] = read_library(f'def {signature}:\n    """Do it."""\n    ...\n').tools
    return found


@pytest.mark.parametrize(
    ("wanted", "kept", "call"),
    [
        ("new(text: str) -> str", "old(text: str) -> str", "old(text=text)"),
        ("new(text: str) -> str", "old(words: str) -> str", "old(words=text)"),
        ("new(a: str, b: int) -> str", "old(b: int, a: str) -> str", "old(a=a, b=b)"),
        ("new(a: str, b: int) -> str", "old(x: str, y: int) -> str", "old(x=a, y=b)"),
        ("new(a: str) -> str", "old(x: str, y: int = 1) -> str", "old(x=a)"),
        ("new(a: str, b: int) -> str", "old(x: str, y: int = 1) -> str", "old(x=a, y=b)"),
        ("new(a: int) -> float", "old(x: float) -> int", "old(x=a)"),
        ("new(a: list[int]) -> int", "old(x: list[float]) -> int | None", "old(x=a)"),
        ("new(a: str, *, b: int = 2) -> str", "old(x: str, y: int) -> str", ""),
        ("new(a: str, b: int = 2) -> str", "old(a: str, b: int = 3) -> str", "old(a=a, b=b)"),
        ("new(a: str) -> str", "old(x: int) -> str", ""),
        ("new(a: str) -> str", "old(x: str) -> list[str]", ""),
        ("new(a: str) -> str", "old(x: str, y: int) -> str", ""),
        ("new(a: str, b: int = 1) -> str", "old(x: str) -> str", ""),
        ("new(old: str) -> str", "old(old: str) -> str", ""),
    ],
)
def test_who_can_stand_in(wanted: str, kept: str, call: str) -> None:
    """By name where all names are there, else by place; the types of each pair, and what is required, fit."""
    said = stand_in(tool(wanted), tool(kept))
    assert said.endswith(f"    return {call}\n") if call else not said


def test_what_is_left_out_of_a_call_is_what_the_wanted_function_promises() -> None:
    """The kept function is given the default of the wanted one, not its own."""
    kept = "def old(text: str, times: int = 3) -> str:\n    return text * times\n"
    [old] = read_library(kept).tools
    known: dict[str, object] = {}
    exec(kept + stand_in(tool("new(words: str, *, again: int = 2) -> str"), old), known)
    assert known["new"]("a") == "aa"
    assert known["new"](words="a", again=4) == "aaaa"
