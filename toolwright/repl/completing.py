"""What was typed so far -> what may stand there: commands, tools with their parameters, paths, models."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from toolwright.records import dataclass, field
from toolwright.repl.json_completing import json_offers
from toolwright.repl.offers import Offer, beginning_with
from toolwright.repl.path_completing import quoted_path_offers
from toolwright.repl.table import SIGN, Entry
from toolwright.repl.typed_words import Typed, typed_words
from toolwright.types import Tool

__all__ = ["Completion", "Offer"]

MOST: Final = 200
Words: TypeAlias = Callable[[], Sequence[tuple[str, str]]]
"""Returns words with what they are, when they are asked for."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Completes lines; `words` says by kind what may stand where the table of commands names that kind."""

    table: Mapping[str, Entry]
    tools: Callable[[], Mapping[str, Tool]]
    workspace: Path
    words: Mapping[str, Words] = field(default_factory=dict)

    def __call__(self, text: str) -> tuple[Offer, ...]:
        """Return what may stand at the end of `text`, best first."""
        found = self._of_command(text) if text.startswith(SIGN) else self._of_goal(text)
        return tuple(offer for offer, _ in zip(found, range(MOST), strict=False))

    def _of_command(self, text: str) -> Iterator[Offer]:
        name, space, rest = text.removeprefix(SIGN).partition(" ")
        if not space:
            about = [(f"{SIGN}{each}", entry.about) for each, entry in self.table.items()]
            yield from beginning_with(text, about, " ")
        elif name in self.table:
            yield from self._of_operand(self.table[name], rest)

    def _of_operand(self, entry: Entry, rest: str) -> Iterator[Offer]:
        typed = _json_words(rest) if entry.follows[1:2] == ("json",) else typed_words(rest)
        before, word = typed.before, typed.word
        match entry.kind(len(before)):
            case "goal":
                yield from self._of_goal(rest)
            case "json" if before[0] in self.tools():
                yield from self._of_json(before[0], rest.partition(" ")[2])
            case "flags" if before[0] in self.tools():
                yield from self._of_flags(before[0], typed)
            case "tool":
                yield from self._of_tool(word)
            case "path":
                yield from quoted_path_offers(typed, self.workspace)
            case kind if kind in self.words:
                yield from beginning_with(word, self.words[kind]())

    def _of_goal(self, text: str) -> Iterator[Offer]:
        typed = typed_words(text)
        if typed.word and not typed.quote:
            yield from self._of_tool(typed.word)
        yield from quoted_path_offers(typed, self.workspace)

    def _of_tool(self, word: str) -> Iterator[Offer]:
        about = [(name, tool.docstring.summary) for name, tool in self.tools().items()]
        yield from beginning_with(word, about)

    def _of_json(self, name: str, text: str) -> Iterator[Offer]:
        yield from json_offers(text, self.tools()[name].parameters, self.workspace)

    def _of_flags(self, name: str, typed: Typed) -> Iterator[Offer]:
        if not typed.word.startswith("-"):
            yield from quoted_path_offers(typed, self.workspace)
            return
        members = self.tools()[name].parameters.get("properties", {})
        about = [(f"--{each.replace('_', '-')}", _described(schema)) for each, schema in members.items()]
        yield from beginning_with(typed.word, about, " ")


def _json_words(text: str) -> Typed:
    *before, word = text.split(" ")
    return Typed(tuple(before), word)


def _described(schema: object) -> str:
    said = schema.get("description", "") if isinstance(schema, dict) else ""
    return str(said)
