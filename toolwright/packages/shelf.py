"""The packages of one library: what is allowed and installed, and the grant of them to a tool's policy."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import Final, Literal, TypeAlias

from toolwright.errors import PackageError
from toolwright.packages.installed import Site
from toolwright.packages.installing import Change, installed_set
from toolwright.packages.pins import Pins, read_pins
from toolwright.packages.uv import Uv
from toolwright.records import dataclass, replace
from toolwright.settings import Settings, installer_environment
from toolwright.syntax.requirements import Requirement, normalized, requirements
from toolwright.types import Policy

State: TypeAlias = Literal["ready", "absent", "unrecorded", "foreign"]
"""Of a package: usable; recorded but not installed here; allowed but installed nowhere; not allowed."""

_SITES: Final = {"site-packages", "dist-packages"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where packages are kept: `folder` holds the installed sets, `record` says which one is meant."""

    folder: Path
    record: Path
    allowed: tuple[str, ...]
    uv: Uv

    @property
    def pins(self) -> Pins:
        """What the library records.

        Raises:
            PackageError: the record cannot be used.
        """
        return read_pins(self.record)

    @property
    def installed(self) -> str:
        """The folder of the recorded set, "" when nothing is recorded, or it is not installed here.

        Raises:
            PackageError: it leads somewhere else: tools would be shown what is there.
        """
        pins = self.pins
        folder = self.folder.absolute() / pins.folder_name
        if not pins.asked or not folder.is_dir():
            return ""
        library = folder.parents[2]
        if folder.resolve() != library.resolve() / folder.relative_to(library):
            raise PackageError(
                f"{folder} leads to {folder.resolve()}; packages are not taken from there",
                hint="remove that link, then: python agent.py packages install",
            )
        return str(folder)

    def state(self, requirement: Requirement) -> State:
        """Say whether a tool may use a package as things are."""
        recorded = requirement.distribution in self.pins
        if recorded:
            return "ready" if self.installed else "absent"
        names = {normalized(name) for name in self.allowed}
        if requirement.distribution not in names and not names & set(map(normalized, requirement.modules)):
            return "foreign"
        return "ready" if self._site().providing(requirement) else "unrecorded"

    def grant(self, policy: Policy, entries: Iterable[str]) -> Policy:
        """Return the policy with the packages that `entries` of `Requires:` lines name, and what they need.

        Raises:
            PackageError: one of them is not allowed, or not installed; names it.
        """
        wanted = requirements(entries)
        if not wanted:
            return policy
        for requirement in wanted:
            state = self.state(requirement)
            if state != "ready":
                raise not_ready(requirement, state)
        site = self._site()
        names = (site.providing(requirement) for requirement in wanted)
        modules = sorted(site.modules_of(names))
        return replace(policy, packages=tuple(modules), package_folder=self.installed)

    def versions(self, entries: Iterable[str]) -> dict[str, str]:
        """Return the versions of the packages that `Requires:` lines name, and of what they need."""
        wanted = requirements(entries)
        if not wanted:
            return {}
        site = self._site()
        return site.versions_of(site.providing(requirement) for requirement in wanted)

    def preview(self, wanted: Sequence[Requirement]) -> Change:
        """Find out what an installation of some packages would change; nothing is installed yet.

        Raises:
            PackageError: as for `Uv.resolve`.
        """
        before = self.pins
        kept = [Requirement(name, f"=={_version(before, name)}") for name in before.asked]
        new = {requirement.distribution for requirement in wanted}
        asked = [*(each for each in kept if each.distribution not in new), *wanted]
        known = [pin for pin in before.pins if pin.name not in new]
        pins = self.uv.resolve(asked, known)
        return Change(before, Pins.of([each.distribution for each in asked], pins))

    def apply(self, change: Change) -> None:
        """Install what a change says, and record it.

        Raises:
            PackageError: it could not be installed, or somebody else changed the record meanwhile.
        """
        installed_set(self.folder, self.record, self.uv, change)

    def restore(self) -> Pins:
        """Install what is recorded, as in a fresh clone; return it.

        Raises:
            PackageError: it could not be installed.
        """
        pins = self.pins
        if pins.asked and not self.installed:
            installed_set(self.folder, self.record, self.uv, Change(pins, pins))
        return pins

    def version(self, name: str) -> str:
        """Return the version of a distribution that is installed, "" when it is not."""
        there = self._site().find(self._site().providing(Requirement(name)) or name)
        return there.version if there else ""

    def _site(self) -> Site:
        own = tuple(path for path in sys.path if PurePath(path).name in _SITES)
        return Site([*filter(None, [self.installed]), *own])


def open_shelf(settings: Settings) -> Shelf:
    """Return the packages of the library that the settings name."""
    directory = settings.library.absolute()
    record = directory / "tool_tests" / "packages.json"
    uv = Uv(installer_environment())
    return Shelf(directory / ".toolwright" / "packages", record, settings.packages, uv)


def not_ready(requirement: Requirement, state: State) -> PackageError:
    """Return the error that says why a package cannot be used, and what would change that."""
    name = requirement.distribution
    if state == "absent":
        return PackageError(
            f"the package {name} is recorded for this library, but not installed here",
            hint="python agent.py packages install",
        )
    if state == "unrecorded":
        return PackageError(
            f"the package {name} is needed, but not installed",
            hint=f"python agent.py packages add {name}  (for goals: --auto-approve packages)",
        )
    return PackageError(
        f"the package {name} is needed, but not on the list of allowed packages",
        hint=f"python agent.py packages add {name}  (or --packages LIST, when it is installed already)",
    )


def _version(pins: Pins, name: str) -> str:
    return next(pin.version for pin in pins.pins if pin.name == name)
