"""A judge, other conditions and a verified tool with its mutants in, the `Challenge` out."""

from collections.abc import Iterator, Sequence
from typing import Final

from toolwright.records import replace
from toolwright.sandbox.challenged import Case, MakeCaller, Variation
from toolwright.sandbox.judging import Judge
from toolwright.types import Challenge

HASH_SEEDS: Final = (1, 2)
"""Texts have other hashes with each of them, and by chance others again in a verification."""

_CLOCK_S: Final = 411 * 86_400.0 + 5 * 3600
"""Another year, month, day of the week and hour."""


def challenge(judge: Judge, make: MakeCaller, case: Case) -> Challenge:
    """Challenge a tool that passed.

    Raises:
        SandboxError: no process could be started.
    """
    variations = _variations(make, case)
    if case.is_pure:
        from toolwright.sandbox.challenging import PureChallenge

        told = PureChallenge(judge, variations, case).run()
    else:
        from toolwright.sandbox.challenging_effects import challenge_effects

        told = challenge_effects(judge, variations, case)
    return replace(told, unchallenged=tuple(_unchallenged(case)))


def _unchallenged(case: Case) -> Iterator[str]:
    """Say what is not tried with such a tool, and why."""
    if case.policy.network:
        yield "another hash seed: the network of its tests belongs to one process, which has one seed"
    if not case.plan.shifts_clock:
        yield "another clock: it tells the time, as its docstring says"
    if not case.is_pure:
        yield "arguments that no test has: what it answers depends on files or servers that its tests make"


def _variations(make: MakeCaller, case: Case) -> Sequence[Variation]:
    # a shared network belongs to one zygote
    first, second = (0, 0) if case.policy.network else HASH_SEEDS
    clock = _CLOCK_S if case.plan.shifts_clock else 0.0
    return Variation(make, first), Variation(make, second, clock)
