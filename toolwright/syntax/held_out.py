"""Examples as users write them, alone or inside a goal -> calls with their answers; nothing is evaluated.

`slugify("Hello World") == "hello-world"`, also with `->`, without a name, or as a doctest.
"""

import ast
import re
from collections.abc import Sequence
from typing import Final

from toolwright.errors import UsageError
from toolwright.records import dataclass
from toolwright.syntax.checking import is_json, shown
from toolwright.syntax.parsing import literal, parse_expression
from toolwright.types import HeldOut, Json

_HINT: Final = """--example 'slugify("Hello World") == "hello-world"'"""
_SIGN: Final = re.compile(r"\s*(?:==|->|=>|→|⇒)\s*")
_IN_TICKS: Final = re.compile(r"\)`(\s*(?:==|->|=>|→|⇒)\s*)`?")
"""Between `f(1)` and `2`, each marked as code."""
_PROMPT: Final = re.compile(r"^[ \t]*>>>[ \t]*(.+)\n[ \t]*(?!>>>)(\S.*)$\n?", re.MULTILINE)
_CALL: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*\(")
_WORD: Final = re.compile(r"(?:[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[A-Za-z]+)(?!\w|\.\d)")
_LED_IN: Final = re.compile(
    r"(?:(?:\b(?:e\.g\.|(?:for example|for instance|such as|like|so that|where|with|and)\b)|[,;:`])\s*)+$",
    re.IGNORECASE,
)
_JSON_NAMES: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}


class _BadTextError(ValueError):
    """What is wrong with an example, and at which character, counted from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def read_goal(goal: str, texts: Sequence[str] = ()) -> tuple[str, tuple[HeldOut, ...]]:
    """Return the words of a goal, and its examples: those of `texts` and those that are written in it.

    Raises:
        UsageError: an example of `texts` cannot be read, or the goal holds nothing but examples.
    """
    given = tuple(read_example(text) for text in texts)
    rest, found = cut_examples(goal)
    if not any(char.isalnum() for char in rest):
        what = "nothing but examples" if found else "no words"
        raise UsageError(f"the goal holds {what}", hint="say in words what you want done")
    return rest, (*given, *found)


def read_example(text: str) -> HeldOut:
    """Read one example: a call with plain values, `==` or `->`, and a plain value.

    Raises:
        UsageError: it is not that; the message holds the text and where it stops making sense.
    """
    try:
        return _example(text)
    except _BadTextError as wrong:
        raise UsageError(
            f"the example {shown(text, 200)} cannot be read: {wrong}, at character {wrong.at + 1}",
            hint=_HINT,
        ) from None


def cut_examples(goal: str) -> tuple[str, tuple[HeldOut, ...]]:
    """Return a goal without the examples in it, and these; what only looks like one stays where it is."""
    found: list[HeldOut] = []

    def cut(match: re.Match[str]) -> str:
        try:
            found.append(_example(f"{match[1].rstrip()} == {match[2].rstrip()}"))
        except _BadTextError:
            return match[0]
        return "\n"

    whole = _PROMPT.sub(cut, goal)
    goal = _IN_TICKS.sub(r")\1", whole)
    kept, at = "", 0
    for match in _CALL.finditer(goal):
        if match.start() < at:
            continue
        end = _end_of_example(goal, match)
        example = _try(goal[match.start() : end])
        if example:
            found.append(example)
            before = goal[at : match.start()]
            after = goal[end : end + 1]
            inside = before.endswith("(") and after == ")"
            kept += _LED_IN.sub("", before.removesuffix("(") if inside else before)
            at = end + (inside or after == "`")
    if not found:
        return whole, ()
    return _tidy(kept + goal[at:]), tuple(found)


def _try(text: str) -> HeldOut | None:
    try:
        return _example(text)
    except _BadTextError:
        return None


def _tidy(goal: str) -> str:
    goal = _LED_IN.sub("", goal.strip())
    goal = re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"[ \t]{2,}", " ", goal))
    goal = re.sub(r"(\w)[,;:]+\.", r"\1.", re.sub(r"[,;:]+(?=[,;:])", "", goal))
    return re.sub(r"\n{2,}", "\n", goal).strip(" \t\n,;")


def _example(text: str) -> HeldOut:
    start = len(text) - len(text.lstrip().removeprefix(">>>").lstrip())
    if not text[start:].strip():
        raise _BadTextError("there is nothing in it", 0)
    opening = re.compile(r"(?:[A-Za-z_]\w*)?\s*\(").match(text, start)
    if not opening:
        raise _BadTextError("a call such as f(1) must begin", start)
    end = _closed(text, opening.end() - 1)
    if end < 0:
        raise _BadTextError("a bracket or a quote is not closed", opening.end() - 1)
    sign = _SIGN.match(text, end)
    if not sign:
        raise _BadTextError("`==` and the answer are missing", end)
    function, positional, named = _call(text, start, end)
    answer = _Part(text[sign.end() :], sign.end())
    return HeldOut(function, positional, named, answer.value(answer.parsed()))


def _call(text: str, start: int, end: int) -> tuple[str, tuple[Json, ...], dict[str, Json]]:
    written = text[start:end]
    part = _Part(f"_{written}", start - 1) if written.startswith("(") else _Part(written, start)
    call = part.parsed()
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise _BadTextError("this is not one call of a function", start)
    positional = tuple(part.value(node) for node in call.args)
    named: dict[str, Json] = {}
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in named:
            raise part.wrong("each argument is given once, by its name", keyword)
        named[keyword.arg] = part.value(keyword.value)
    return "" if call.func.id == "_" else call.func.id, positional, named


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of an example, which begins at character `shift` of it."""

    text: str
    shift: int

    def parsed(self) -> ast.expr:
        if not self.text.strip():
            raise _BadTextError("the answer is missing", self.shift)
        try:
            return parse_expression(self.text)
        except SyntaxError as error:
            at = self.shift + max(0, (error.offset or 1) - 1)
            raise _BadTextError(f"this is not a plain value ({error.msg})", at) from None

    def value(self, node: ast.expr) -> Json:
        """Return the JSON value that a literal writes down."""
        match node:
            case ast.Name(id=name) if name in _JSON_NAMES:
                return _JSON_NAMES[name]
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.Dict(keys=keys, values=values):
                return {self._key(key, node): self.value(v) for key, v in zip(keys, values, strict=True)}
        try:
            value = literal(node)
        except ValueError:
            raise self.wrong("this is not a plain JSON value", node) from None
        if not is_json(value):
            raise self.wrong("this is not a plain JSON value", node)
        return value

    def _key(self, key: ast.expr | None, whole: ast.expr) -> str:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
        raise self.wrong("the keys of an object are texts", key or whole)

    def wrong(self, message: str, node: ast.expr | ast.keyword) -> _BadTextError:
        """Say where; the parser counts bytes."""
        line = self.text.lstrip().encode()[: node.col_offset].decode(errors="ignore")
        indent = len(self.text) - len(self.text.lstrip())
        return _BadTextError(message, self.shift + indent + len(line))


def _closed(text: str, at: int) -> int:
    """Return the end of what opens at `at`, a bracket or a quote; -1 when it is never closed."""
    waiting: list[str] = []
    while at < len(text):
        char = text[at]
        if char in "\"'":
            at = _end_of_quote(text, at)
            if at < 0:
                return -1
        else:
            at += 1
            if char in _OPENING:
                waiting.append(_OPENING[char])
            elif char in ")]}" and (not waiting or waiting.pop() != char):
                return -1
        if not waiting:
            return at
    return -1


def _end_of_quote(text: str, at: int) -> int:
    found = re.compile(r"""("|')(?:\\.|(?!\1)[^\\\n])*\1""").match(text, at)
    return found.end() if found else -1


def _end_of_example(goal: str, match: re.Match[str]) -> int:
    """Return where an example that begins with this call would end, the call's own start when it cannot."""
    call = _closed(goal, match.end() - 1)
    sign = _SIGN.match(goal, call) if call > 0 else None
    if not sign or sign.end() >= len(goal):
        return match.start()
    at = sign.end()
    if goal[at] in "\"'([{":
        return max(_closed(goal, at), match.start())
    word = _WORD.match(goal, at)
    return word.end() if word else match.start()
