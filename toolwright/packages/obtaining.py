"""What a new tool wants to import -> installed with the user's consent, or why it must do without."""

from collections.abc import Callable, Iterable

from toolwright.packages.installing import Change
from toolwright.packages.shelf import Shelf, State, not_ready
from toolwright.records import dataclass, field
from toolwright.syntax.requirements import Requirement, requirements
from toolwright.types import Policy


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of a run. `confirm` asks yes or no; it is None where there is nobody to ask.

    `agree` installs what is recorded, or on the list of allowed packages, without a question; nothing else.
    """

    shelf: Shelf
    confirm: Callable[[str], bool] | None = None
    tell: Callable[[str], None] = lambda _said: None
    agree: bool = False
    declined: set[str] = field(default_factory=set)

    def grant(self, policy: Policy, entries: Iterable[str]) -> Policy:
        """Return the policy with the packages of `Requires:` entries.

        Raises:
            PackageError: one of them is not allowed, or not installed; names it.
        """
        return self.shelf.grant(policy, entries)

    def versions(self, entries: Iterable[str]) -> dict[str, str]:
        """Return the versions of the packages of `Requires:` entries, and of what they need."""
        return self.shelf.versions(entries)

    def obtain(self, tool: str, entries: Iterable[str]) -> str:
        """See to it that a tool that is being made has its packages; return why not, as its author is told.

        Raises:
            PackageError: there is nobody to ask, or an installation failed; names the package.
        """
        refused = []
        for requirement in requirements(entries):
            state = self.shelf.state(requirement)
            if state == "ready" or self._got(tool, requirement, state):
                continue
            refused.append(requirement.distribution)
        if not refused:
            return ""
        names = ", ".join(f"`{name}`" for name in refused)
        return f"do without {names}, which the user does not want to be installed"

    def _got(self, tool: str, requirement: Requirement, state: State) -> bool:
        if requirement.distribution in self.declined:
            return False
        agreed = self.agree and state != "foreign"
        if not agreed and self.confirm is None:  # no index hears a name that nobody can say yes to
            raise not_ready(requirement, state)
        pins = self.shelf.pins
        change = Change(pins, pins) if state == "absent" else self.shelf.preview([requirement])
        if not agreed and self.confirm and not self.confirm(f"{tool} needs {described(change, requirement)}"):
            self.declined.add(requirement.distribution)
            return False
        if state == "absent":
            self.shelf.restore()
        else:
            self.shelf.apply(change)
        installed = ", ".join(map(str, change.added or pins.pins))
        self.tell(f"installed {installed} into {self.shelf.folder}")
        return True


def described(change: Change, requirement: Requirement) -> str:
    """Say exactly what would be installed: the package, and what comes along; all where it is recorded."""
    name = requirement.distribution
    own = next((pin for pin in change.after.pins if pin.name == name), None)
    coming = change.added or change.after.pins
    along = ", ".join(str(pin) for pin in coming if pin.name != name)
    brought = f", and with it {along}," if along else ""
    recorded = "" if change.added else ", as recorded for this library,"
    return f"{name}: install wheels of {own}{brought}{recorded} into .toolwright/packages?".replace(",,", ",")
