"""The set in `search_quality/` -> a library on disk and the steps that are looked for in it."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SET = Path(__file__).parent / "search_quality"


@dataclass(frozen=True)
class Entry:
    """A tool of the set."""

    name: str
    parameters: tuple[str, ...]
    summary: str
    keywords: str

    def source(self, *, keywords: bool = True) -> str:
        """Return it as a function without a body of its own; its parameters are text."""
        listed = ", ".join(f"{name}: str" for name in self.parameters)
        said = f"\n\n    Keywords: {self.keywords}\n    " if keywords else ""
        head = f"def {self.name}({listed}) -> str:"
        return f'{head}\n    """{self.summary}{said}"""\n    raise NotImplementedError\n'


@dataclass(frozen=True)
class Query:
    """A step, synonyms as the planner gives them, and the tools that do it: none for a step without one.

    `planned` are synonyms that were written from the step alone.
    """

    text: str
    synonyms: tuple[str, ...]
    right: frozenset[str] = frozenset()
    planned: tuple[str, ...] = ()

    def bare(self) -> "Query":
        """Return it without synonyms that share a beginning with a word of a right tool's name.

        Their author had seen the names; a planner has not. What is left is the cautious estimate.
        """
        names = {word[:4] for name in self.right for word in name.split("_")}
        kept = (
            each
            for each in self.synonyms
            if not {word[:4] for word in re.findall(r"\w+", each.lower())} & names
        )
        return Query(self.text, tuple(kept), self.right)

    def as_planned(self) -> "Query":
        """Return it with the synonyms that were written from the step alone."""
        return Query(self.text, self.planned, self.right)

    def alone(self) -> "Query":
        """Return it without any synonyms."""
        return Query(self.text, (), self.right)


def read_tools() -> list[Entry]:
    """Return the tools of the set."""
    return [_entry(line) for path in sorted((SET / "tools").glob("*.txt")) for line in _lines(path)]


def read_queries() -> list[Query]:
    """Return the steps that some tool does; on one half of them things were tuned."""
    return _read_steps(SET / "queries.txt")


def read_later() -> list[Query]:
    """Return further such steps, written after all tuning; they have no `planned` synonyms."""
    return _read_steps(SET / "queries_later.txt")


def read_absent() -> list[Query]:
    """Return the steps that no tool does."""
    planned = _planned()
    return [
        Query(text, tuple(synonyms.split(", ")), planned=planned[text])
        for text, synonyms in (line.split(" | ") for line in _lines(SET / "not_exists.txt"))
    ]


def _read_steps(path: Path) -> list[Query]:
    planned, found = _planned(), []
    for line in _lines(path):
        right, text, synonyms = line.split(" | ")
        found.append(
            Query(text, tuple(synonyms.split(", ")), frozenset(right.split(",")), planned.get(text, ()))
        )
    return found


def _planned() -> dict[str, tuple[str, ...]]:
    rows = (line.split(" | ") for line in _lines(SET / "blind.txt"))
    return {text: tuple(synonyms.split(", ")) for text, synonyms in rows}


def halves(queries: list[Query]) -> tuple[list[Query], list[Query]]:
    """Split queries by chance into those to tune on and those to report on."""
    mixed = random.Random(5).sample(queries, len(queries))
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def write_library(folder: Path, tools: Iterable[Entry], *, keywords: bool = True) -> Path:
    """Write tools as a library and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(tool.source(keywords=keywords) for tool in tools)
    (folder / "tools.py").write_text(f'"""The set."""\n\n\n{text}', encoding="utf-8")
    return folder


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _entry(line: str) -> Entry:
    head, summary, keywords = line.split(" | ")
    name, _, parameters = head.partition("(")
    listed = tuple(part.strip() for part in parameters.rstrip(")").split(",") if part.strip())
    return Entry(name, listed, summary, keywords)
