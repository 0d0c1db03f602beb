"""The run of a plan, as what is composed from it needs it; runs that cannot be composed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright.errors import NotLearnedError
from toolwright.records import dataclass
from toolwright.types import Binding, Json, Permission, SecretRef, Step, Tool, Unknown

_NO_WITNESS: Final = {
    "network": "reaches the network, which no test made from a run can stand in for",
    "execute": "starts programs, which no test made from a run can stand in for",
}
_CHANGING: Final = frozenset({"clock", "random", "network", "machine"})
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class GoodRun:
    """A goal that reached its result.

    `answers` and `arguments` are by number of the step; relative paths start in `workspace`; `began` is when
    the first step started, in seconds since the epoch; `needs` holds the permissions of every tool by name.
    """

    goal: str
    calls: Sequence[tuple[Step, Tool]]
    bindings: Sequence[Binding]
    answers: Mapping[int, Json]
    workspace: Path
    began: float
    needs: Mapping[str, frozenset[Permission]]

    @property
    def result(self) -> Json:
        """What the last step answered."""
        return self.answers[self.bindings[-1].step]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What all of it needs."""
        return frozenset[Permission]().union(*self.needs.values())


def check_composable(run: GoodRun) -> None:
    """Look for what keeps a run from becoming one function with a test.

    Raises:
        NotLearnedError: there is something.
    """
    if len(run.bindings) < _FEWEST:
        raise NotLearnedError("the goal was reached in one step, which is a function already")
    for _, tool in run.calls:
        for permission, why in _NO_WITNESS.items():
            if permission in run.needs[tool.name]:
                raise NotLearnedError(f"`{tool.name}` {why}")
        changing = sorted(_CHANGING & {word.lower() for word in tool.docstring.varies})
        if changing:
            raise NotLearnedError(
                f"what `{tool.name}` answers depends on the {changing[0]}, so the run proves nothing"
            )
    for binding in run.bindings:
        for name, argument in binding.arguments.items():
            if isinstance(argument, SecretRef | Unknown):
                raise NotLearnedError(f"argument `{name}` of `{binding.tool}` is a secret or was asked for")
