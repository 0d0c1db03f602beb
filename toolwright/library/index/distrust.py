"""Names of a library that stand for something else than before -> the verdicts in the index in doubt."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from toolwright.library.catalogue import Catalogue

if TYPE_CHECKING:
    import sqlite3


def distrust(db: "sqlite3.Connection", catalogue: Catalogue, changed: Iterable[str] | None) -> None:
    """Take back the verdicts on tools that reach what was changed; on all, when that is None or nameless."""
    names = None if changed is None else set(changed)
    if names is None or "" in names:
        db.execute("UPDATE trust SET verdict = '' WHERE verdict != ''")
    elif names:
        reaching = [(name,) for name in _reaching(catalogue, names)]
        db.executemany("UPDATE trust SET verdict = '' WHERE name = ?", reaching)


def _reaching(catalogue: Catalogue, names: set[str]) -> set[str]:
    """Return names with those of all that uses them, or uses what does."""
    known, chunks = catalogue.bindings, catalogue.sections.chunks
    users: dict[str, list[str]] = {}
    for index, chunk in enumerate(chunks):
        for name in known.uses(index):
            users.setdefault(name, []).append(chunk.name)
    found, waiting = set(names), list(names)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found:
                found.add(user)
                waiting.append(user)
    return found
