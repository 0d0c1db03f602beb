"""Kept tools -> those that want to be verified again, and why: edited, never challenged, upgraded beneath."""

from functools import cache

from toolwright.library.papers import Quality
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import Shelf
from toolwright.sandbox.levels import NONE


def stale_tools(store: Store, snapshot: Snapshot, shelf: Shelf, level: str) -> dict[str, str]:
    """Say in a clause why the evidence of a tool does not speak for it any more; the others are left out.

    `level` is how tools are confined here.

    Raises:
        LibraryError: a file of the library cannot be read.
    """
    trust = store.trust(snapshot.kept, cache(shelf.version))
    quarantined = {
        other.name: f"it {other.reason}"
        for other in snapshot.not_offered
        if other.name in snapshot.quarantined
    }
    reasons = {
        name: quarantined.get(name)
        or trust[name].standing.why
        or _weaker_evidence(trust[name].quality, level)
        for name in snapshot.kept
    }
    return {name: why for name, why in reasons.items() if why}


def _weaker_evidence(seen: Quality, level: str) -> str:
    """Say what a verification here would add to evidence that speaks of this very text."""
    if level == NONE:  # what is verified here is no evidence
        return ""
    if seen.level and seen.level != level:
        return f"it was verified at level {seen.level}, and tools run at level {level} here"
    return "" if seen.mutants is not None else "its tests were not challenged yet"
