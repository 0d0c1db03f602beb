"""A tool of a parcel and the library it is to go to -> whether it is there already, or its name is taken."""

from toolwright.library.excerpt import excerpt_of
from toolwright.library.parcel import Enclosed
from toolwright.library.store import Store
from toolwright.library.versions import version_hash
from toolwright.records import dataclass
from toolwright.syntax.reading import unix_lines


@dataclass(frozen=True, slots=True)
class Arrival:
    """A tool that came, and the `name` it is to have; `clash` is a sentence, "" when the name is free."""

    enclosed: Enclosed
    name: str
    is_there: bool = False
    clash: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to try."""
        return self.is_there or bool(self.clash)


def arrival_of(store: Store, enclosed: Enclosed, new_name: str = "") -> Arrival:
    """Hold a tool against the library.

    Raises:
        LibraryError: the library cannot be read.
    """
    name = new_name or enclosed.tool.name
    snapshot = store.read()
    if name not in snapshot.names:
        return Arrival(enclosed, name)
    if snapshot.known.definition(name) is not None and not new_name:
        here = "\n".join(unix_lines(excerpt_of(snapshot.known, name)))
        if version_hash(here, store.tests_of(name)) == version_hash(enclosed.source, enclosed.tests):
            return Arrival(enclosed, name, is_there=True)
    way = f"tools install FILE {enclosed.tool.name} --as NEW gives it another name"
    clash = f"the library has another {name}, which stays as it is; {way}"
    return Arrival(enclosed, name, clash=clash)
