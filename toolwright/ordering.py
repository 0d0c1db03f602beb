"""Bound steps -> waves that may run at the same time: no answer and no effect of one matters to another."""

from collections.abc import Callable, Collection, Sequence

from toolwright.lanes import waves
from toolwright.types import Binding, Permission, Reference, ScratchFile, SecretRef, Step, Tool


def run_waves(
    bindings: Sequence[Binding],
    calls: Sequence[tuple[Step, Tool]],
    needs: Callable[[Tool], Collection[Permission]],
) -> list[list[int]]:
    """Return positions of steps in waves. `needs` says what a call of a tool may touch.

    What a step uses comes before it. A step that changes files, starts programs or holds a secret runs alone,
    in its place; one that uses the network runs beside others only where the plan says what it uses.
    """
    alone = [_alone(binding, needs(tool)) for binding, (_, tool) in zip(bindings, calls, strict=True)]
    asks = ["network" in needs(tool) for _, tool in calls]
    needed: dict[int, set[int]] = {}
    for at, (binding, (step, _)) in enumerate(zip(bindings, calls, strict=True)):
        used = {a.step for a in binding.arguments.values() if isinstance(a, Reference)} | set(step.uses or ())
        needed[at] = {
            before
            for before in range(at)
            if bindings[before].step in used
            or alone[at]
            or alone[before]
            or (asks[at] and asks[before] and step.uses is None)
        }
    return waves(needed)


def _alone(binding: Binding, needed: Collection[Permission]) -> bool:
    special = any(isinstance(argument, ScratchFile | SecretRef) for argument in binding.arguments.values())
    return special or bool({"write", "execute"} & set(needed))
