"""Kept tools -> those that want to be verified again, and why: edited, never challenged, upgraded beneath."""

from collections.abc import Mapping
from functools import cache

from toolwright.library.evidence import score_in
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import Shelf
from toolwright.sandbox.levels import NONE
from toolwright.types import Json


def stale_tools(store: Store, snapshot: Snapshot, shelf: Shelf, level: str) -> dict[str, str]:
    """Say in a clause why the evidence of a tool does not speak for it any more; the others are left out.

    `level` is how tools are confined here.

    Raises:
        LibraryError: a file of the library cannot be read.
    """
    standings = store.standings(snapshot.kept, cache(shelf.version))
    quarantined = {
        other.name: f"it {other.reason}"
        for other in snapshot.not_offered
        if other.name in snapshot.quarantined
    }
    reasons = {
        name: quarantined.get(name)
        or standings[name].why
        or _weaker_evidence(store.evidence_of(name) or {}, level)
        for name in snapshot.kept
    }
    return {name: why for name, why in reasons.items() if why}


def _weaker_evidence(evidence: Mapping[str, Json], level: str) -> str:
    """Say what a verification here would add to evidence that speaks of this very text."""
    verdict = evidence.get("verdict")
    seen = verdict.get("level") if isinstance(verdict, dict) else None
    if level == NONE:  # what is verified here is no evidence
        return ""
    if isinstance(seen, str) and seen and seen != level:
        return f"it was verified at level {seen}, and tools run at level {level} here"
    return "" if score_in(evidence) else "its tests were not challenged yet"
