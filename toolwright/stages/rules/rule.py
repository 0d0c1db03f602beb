"""What a review rule is: a name, a check, and the snippets that show what it accepts and refuses."""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from toolwright.types import Finding


@dataclass(frozen=True, slots=True)
class Subject:
    """A candidate as rules see it.

    `signature` and `docstring` are what its contract promised ("" when it is the contract that is reviewed);
    `taken` are the names the library uses, `callable_tools` those among them a candidate may call; `needs`
    are the permissions of the latter.
    """

    name: str
    source: str
    tree: ast.Module
    signature: str = ""
    taken: frozenset[str] = frozenset()
    callable_tools: frozenset[str] = frozenset()
    docstring: str = ""
    needs: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def function(self) -> ast.FunctionDef | None:
        """The public function the candidate is about, if it is there."""
        found = [n for n in self.tree.body if isinstance(n, ast.FunctionDef) and n.name == self.name]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing review insists on. Every snippet in `bad` is refused by this rule, none in `good`."""

    name: str
    check: Callable[[Subject], Iterator[Finding]]
    good: tuple[str, ...]
    bad: tuple[str, ...]
