"""The tools of a library -> the skills of a memory.json: which of them work, since when."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from toolwright.library.store import Store
from toolwright.library.versions import read_versions
from toolwright.memory.memory_json import Skill


def own_skills(library: Path) -> Sequence[Skill]:
    """Return every kept tool: `working` is what was verified as it is, `failed` what is in quarantine.

    Raises:
        LibraryError: the library cannot be read.
    """
    store = Store(library)
    snapshot = store.read()
    if not snapshot.exists:
        return ()
    standings = store.standings(snapshot.kept)
    found = []
    for name, tool in snapshot.kept.items():
        status = "working" if standings[name].kind == "verified" else "untested"
        status = "failed" if name in snapshot.quarantined else status
        created, updated = _times(store, name)
        found.append(Skill(name, status, tool.docstring.summary, created, updated))
    return found


def _times(store: Store, name: str) -> tuple[float | None, float | None]:
    """Return when the first and the last version of a tool was kept, as far as that is known."""
    times = [seconds for version in read_versions(store.place, name) for seconds in _seconds(version.time)]
    if not times:
        origin = (store.evidence_of(name) or {}).get("origin")
        times = list(_seconds(str(origin.get("time")))) if isinstance(origin, dict) else []
    return (min(times), max(times)) if times else (None, None)


def _seconds(text: str) -> Sequence[float]:
    try:
        return (datetime.fromisoformat(text).timestamp(),)
    except ValueError:
        return ()
