"""Records of a challenge: deliberately broken copies of a tool, and what its tests made of them."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from toolwright.records import dataclass
from toolwright.types.json_values import Json

Fate: TypeAlias = Literal["killed", "survived", "equivalent", "untried"]
"""A test noticed it; none did though an answer differs; no answer was seen to differ; there was no time."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken copy: `source` is a whole module, `line` counts from 1 in the function's own text."""

    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.change}"


@dataclass(frozen=True, slots=True)
class MutantOutcome:
    """What became of a mutant. `test` noticed it; `call` are arguments for which its answer is another."""

    mutant: Mutant
    fate: Fate
    test: str = ""
    call: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class ChallengePlan:
    """What a challenge is made of: the mutants of `source`, further arguments to try, and `seconds` for all.

    `source` is a module that holds the function and what it reaches. `fixed` says which of the recorded
    calls and of the probes must answer the same in another process, at another time: those that nothing is
    declared to vary.
    """

    source: str
    mutants: Sequence[Mutant]
    probes: Sequence[Mapping[str, Json]] = ()
    seconds: float = 20.0
    fixed: Sequence[Mapping[str, Json]] = ()
    shifts_clock: bool = True


@dataclass(frozen=True, slots=True)
class Challenge:
    """How it went: `flips` are sentences on calls or tests that went otherwise, `outcomes` one a mutant.

    `replays` counts calls and tests that were run again under other conditions; `unchallenged` are
    sentences on what could not be tried, and why.
    """

    flips: tuple[str, ...] = ()
    outcomes: tuple[MutantOutcome, ...] = ()
    replays: int = 0
    seconds: float = 0.0
    unchallenged: tuple[str, ...] = ()

    @property
    def score(self) -> "MutationScore":
        """The account of its mutants."""
        fates = [outcome.fate for outcome in self.outcomes]
        return MutationScore(
            fates.count("killed"),
            fates.count("killed") + fates.count("survived"),
            fates.count("equivalent"),
            fates.count("untried"),
            tuple(str(outcome.mutant) for outcome in self.outcomes if outcome.fate == "survived"),
        )


@dataclass(frozen=True, slots=True)
class MutationScore:
    """Mutants that tests noticed, of those that count; `equivalent` ones and `untried` ones do not."""

    killed: int
    of: int
    equivalent: int = 0
    untried: int = 0
    survivors: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there was nothing to notice."""
        return self.killed / self.of if self.of else 1.0
