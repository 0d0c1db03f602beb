"""A test file as the rules see it: where each name comes from, and which calls are the tool's."""

import ast
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from toolwright.records import dataclass
from toolwright.types import Finding


@dataclass(frozen=True, slots=True)
class TestFile:
    """`origins` says what names stand for: "p" for "pytest", "shout" for "tools.shout"."""

    __test__ = False  # pytest: not a test class

    tree: ast.Module
    function: str
    offered: AbstractSet[str] | None
    origins: Mapping[str, str]

    def dotted(self, node: ast.AST) -> str:
        """Write a name or attribute with its module: `p.mark.skip` is "pytest.mark.skip"; "" for others."""
        if isinstance(node, ast.Name):
            return self.origins.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value)
            return f"{before}.{node.attr}" if before else ""
        return ""

    def is_tools(self, node: ast.AST) -> bool:
        """Tell whether it is the module `tools` or something of it."""
        return f"{self.dotted(node)}.".startswith("tools.")

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Yield every call of a name or attribute with what it calls."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and (name := self.dotted(node.func)):
                yield name, node


Check: TypeAlias = Callable[[TestFile], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that tests may not do; `good` and `bad` are test files of a tool called `tool`."""

    name: str
    check: Check
    good: tuple[str, ...]
    bad: tuple[str, ...]


def read_test_file(tree: ast.Module, function: str, offered: AbstractSet[str] | None = None) -> TestFile:
    """Find out where the names of a test file come from."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins |= {a.asname or a.name.partition(".")[0]: _module(a) for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            origins |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    file = TestFile(tree, function, offered, origins)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute()) if (
                name not in origins and _is_imported(file.dotted(node.value), origins)
            ):
                origins[name] = file.dotted(node.value)
    return file


def _module(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _is_imported(dotted: str, origins: Mapping[str, str]) -> bool:
    """Only what is sure: a variable that is given a module or something of it, not any other value."""
    return any(f"{dotted}.".startswith(f"{origin}.") for origin in origins.values())
