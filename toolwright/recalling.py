"""A goal -> the plan with which it ran well, if that still holds; a run that went well -> such a plan."""

from collections.abc import Sequence

from toolwright.library.fingerprint import fingerprints
from toolwright.library.store import Snapshot, Store
from toolwright.protocols import Memory
from toolwright.stages.bind import answer_schemas, what_is_wrong
from toolwright.types import Binding, Match, Plan, RememberedRun, Step, Tool, Usage


def recall(goal: str, store: Store, memory: Memory) -> RememberedRun | None:
    """Return a remembered plan that does this goal, as long as the tools it used are what they were.

    Raises:
        LibraryError: the library cannot be read.
    """
    snapshot = store.read()
    return next((kept for kept in memory.recall(goal) if _is_current(kept, snapshot)), None)


def _is_current(kept: RememberedRun, snapshot: Snapshot) -> bool:
    tools = snapshot.tools
    if any(name not in tools for name in kept.tools):
        return False
    if fingerprints(snapshot.text, kept.tools) != kept.tools:
        return False
    return _still_fits(kept.bindings, [(match.step, tools[match.tool]) for match in kept.matches])


def remembered_run(
    plan: Plan, matches: Sequence[Match], bindings: tuple[Binding, ...], snapshot: Snapshot, cost: Usage
) -> RememberedRun:
    """Return what is worth remembering of a run whose bindings worked, and what it cost the first time.

    Raises:
        SyntaxError: the library is not Python.
    """
    served = tuple(
        Match(match.step, "EXISTS_AND_GENERIC", binding.tool, _why_served(match))
        for match, binding in zip(matches, bindings, strict=True)
    )
    used = {binding.tool for binding in bindings}
    return RememberedRun(plan, served, bindings, fingerprints(snapshot.text, used), cost=cost)


def _why_served(match: Match) -> str:
    return match.reason if match.kind == "EXISTS_AND_GENERIC" else "made for this goal"


def _still_fits(bindings: Sequence[Binding], calls: Sequence[tuple[Step, Tool]]) -> bool:
    """Tell whether remembered bindings still fit the tools as they are now."""
    for position, (binding, (_, tool)) in enumerate(zip(bindings, calls, strict=True)):
        if what_is_wrong(binding, tool, answer_schemas(bindings[:position], calls)):
            return False
    return True
