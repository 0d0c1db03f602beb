"""What the goals and commands of one prompt have in common: cost, keys pressed ahead, ways to say things."""

from collections.abc import Callable

from toolwright.models.ledger import Ledger
from toolwright.records import dataclass, field
from toolwright.repl.ahead import Ahead


@dataclass(frozen=True, slots=True)
class Shared:
    """`words` puts what is shown into the words of the place, where that is no shell."""

    ledger: Ledger
    ahead: Ahead = field(default_factory=Ahead)
    words: Callable[[str], str] = str
