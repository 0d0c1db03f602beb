"""The finder of a tool's packages: folders and top-level names in, modules of declared packages out.

It stands last in the row of finders, so it is asked only for what the standard library does not have.
"""

from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any


class DeclaredPackages:
    """Finds the modules in `names`, and nothing else, in `folders`; what is inside a package finds itself."""

    def __init__(self, folders: Sequence[str], names: Iterable[str]) -> None:
        self._folders = list(folders)
        self._names = frozenset(names)

    def find_spec(self, name: str, path: object = None, target: Any = None) -> ModuleSpec | None:
        """Return where a top-level module is.

        Raises:
            ModuleNotFoundError: it is installed, but the tool does not declare it.
        """
        if path is not None:
            return None
        found = PathFinder.find_spec(name, self._folders, target)
        if found is not None and name not in self._names:
            raise ModuleNotFoundError(f"{name!r} is not declared under Requires", name=name)
        return found

    def find_distributions(self, context: Any) -> Iterable[Any]:
        """Return what `importlib.metadata` asks for: packages look up their own version there."""
        from importlib.metadata import DistributionFinder, MetadataPathFinder

        within = DistributionFinder.Context(name=context.name, path=self._folders)
        return MetadataPathFinder.find_distributions(within)
