"""What a review rule is: a name, what it insists on, a check, and snippets that show what it refuses."""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from toolwright.records import dataclass, field
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.uses import Uses, find_uses
from toolwright.types import Docstring, Finding


@dataclass(frozen=True, slots=True)
class Subject:
    """A candidate as rules see it.

    `signature` and `docstring` are what its contract promised ("" when it is the contract that is reviewed);
    `taken` are the names the library uses, `callable_tools` those among them a candidate may call; `needs`
    are the permissions of the latter; `tests` is its test file, as far as there is one. `uses` is made of
    `tree`: every node with its scope, and what the text mentions of modules and builtins. `said` is the
    docstring of its function.
    """

    name: str
    source: str
    tree: ast.Module
    signature: str = ""
    taken: frozenset[str] = frozenset()
    callable_tools: frozenset[str] = frozenset()
    docstring: str = ""
    needs: Mapping[str, Collection[str]] = field(default_factory=dict)
    tests: str = ""
    uses: Uses = field(init=False, compare=False, repr=False)
    said: Docstring = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        function = self.function
        text = ast.get_docstring(function) if function is not None else ""
        object.__setattr__(self, "uses", find_uses(self.tree))
        object.__setattr__(self, "said", parse_docstring(text))

    @property
    def function(self) -> ast.FunctionDef | None:
        """The public function the candidate is about, if it is there."""
        found = [n for n in self.tree.body if isinstance(n, ast.FunctionDef) and n.name == self.name]
        return found[-1] if found else None


Check: TypeAlias = Callable[[Subject], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing review insists on. Every snippet in `bad` is refused by this rule, none in `good`.

    `about` is one sentence for the documentation. A rule that is `needed` cannot be switched off: what comes
    after review relies on it.
    """

    name: str
    check: Check
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    about: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Dotted names that a rule refuses, with all their parts, split by blanks, and what to do instead."""

    names: str
    remedy: str


def mentions_of(rule: str, rows: Iterable[Row]) -> Check:
    """Make the check of a rule that is only a table: no name of it is mentioned, called or not."""
    remedies = {name: row.remedy for row in rows for name in row.names.split()}

    def check(subject: Subject) -> Iterator[Finding]:
        for use in subject.uses.mentions:
            remedy = _remedy(use.name, remedies)
            if remedy:
                yield Finding(rule, use.line, f"`{use.name}`: {remedy}")

    return check


def _remedy(name: str, remedies: Mapping[str, str]) -> str:
    while name:
        if name in remedies:
            return remedies[name]
        name = name.rpartition(".")[0]
    return ""
