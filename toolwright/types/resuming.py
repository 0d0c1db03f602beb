"""Records of a run that is taken up again where it failed."""

from collections.abc import Mapping

from toolwright.records import dataclass, field
from toolwright.types.json_values import Json


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a step answered in an earlier run, called with what, and when (seconds since the epoch).

    `whole` is False where the answer itself was not kept: too long, or with a secret in it.
    """

    tool: str
    arguments: Mapping[str, Json]
    value: Json
    at: float
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Resumption:
    """An earlier run: its id, what it bound (replies by stage and subject), its answers by step.

    Steps that had `begun` when it ended may have changed something; nothing was heard of them.
    """

    run: str
    step: int = 0
    replies: tuple[tuple[str, str, str], ...] = ()
    answers: Mapping[int, KeptAnswer] = field(default_factory=dict)
    begun: frozenset[int] = frozenset()
