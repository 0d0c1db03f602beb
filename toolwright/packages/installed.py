"""Folders with packages -> which distributions are there, and which modules a tool must be offered."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from toolwright.syntax.requirements import Requirement, normalized

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_NEEDS: Final = re.compile(r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?P<extras>[^\]]*)\])?")
_EXTRA: Final = re.compile(r"""extra\s*==\s*["']([\w.-]+)["']""")
_CODE: Final = (".py", ".so", ".pyd")
_MODULE_FILE: Final = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\.[\w-]+)*\.(?:py|so|pyd)")


class Installed:
    """One distribution that is there."""

    def __init__(self, source: "Distribution") -> None:
        self._source = source

    @property
    def version(self) -> str:
        """Its version, as its metadata says it."""
        return self._source.version

    @cached_property
    def modules(self) -> frozenset[str]:
        """Its top-level modules, as its list of files shows them; some are quite unlike its name."""
        import csv

        listed = (self._source.read_text("top_level.txt") or "").split()
        record = self._source.read_text("RECORD") or ""
        names = {_top_level(row[0]) for row in csv.reader(record.splitlines()) if row}
        return frozenset({name for name in names if name} | set(listed))

    def needs(self, extras: frozenset[str]) -> Iterable[tuple[str, frozenset[str]]]:
        """Say what it requires, each with the extras it wants of that."""
        for text in self._source.requires or ():
            head, _, marker = text.partition(";")
            only_for = set(map(normalized, _EXTRA.findall(marker)))
            match = _NEEDS.match(head)
            if match and (not only_for or only_for & extras):
                wanted = frozenset(normalized(e) for e in (match["extras"] or "").split(",") if e.strip())
                yield normalized(match["name"]), wanted


class Site:
    """What is installed in some folders; the first one that has a distribution wins."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = list(folders)
        self._found: dict[str, Installed | None] = {}

    def find(self, name: str) -> Installed | None:
        """Return a distribution by its normalized name."""
        if name not in self._found:
            first = next(self._distributions(name), None)
            self._found[name] = Installed(first) if first else None
        return self._found[name]

    def providing(self, requirement: Requirement) -> str:
        """Return the name of the distribution that a requirement means, "" when it is not there."""
        if self.find(requirement.distribution):
            return requirement.distribution
        for module in requirement.modules:
            for each in self._distributions():
                if module in Installed(each).modules:
                    return normalized(each.name)
        return ""

    def modules_of(self, names: Iterable[str]) -> frozenset[str]:
        """Return the top-level modules of distributions and of all that they need."""
        return frozenset().union(*(there.modules for _, there in self._with_needs(names)))

    def versions_of(self, names: Iterable[str]) -> dict[str, str]:
        """Return the versions of distributions and of all that they need, sorted by name."""
        return {name: there.version for name, there in sorted(self._with_needs(names), key=itemgetter(0))}

    def _distributions(self, name: str | None = None) -> "Iterator[Distribution]":
        from importlib.metadata import distributions

        return iter(distributions(path=self._folders, name=name))

    def _with_needs(self, names: Iterable[str]) -> Iterator[tuple[str, Installed]]:
        """Yield distributions, and what they need, as far as they are there; some more than once."""
        seen: set[tuple[str, frozenset[str]]] = set()
        waiting = [(name, frozenset[str]()) for name in names]
        while waiting:
            each = waiting.pop()
            there = None if each in seen else self.find(each[0])
            seen.add(each)
            if there:
                yield each[0], there
                waiting += there.needs(each[1])


def _top_level(path: str) -> str:
    first, slash, _ = path.partition("/")
    if slash:  # a folder of programs or data is no module
        return first if first.isidentifier() and path.endswith(_CODE) else ""
    match = _MODULE_FILE.fullmatch(first)
    return match["name"] if match else ""
