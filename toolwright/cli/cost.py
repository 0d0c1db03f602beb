"""The parts of some work -> what it has cost, as JSON and as a line on stderr."""

from toolwright.cli.streams import write_stderr
from toolwright.parts import Parts
from toolwright.records import dataclass
from toolwright.screen.receipt import cost_line
from toolwright.screen.result import ledger_json, usage_json
from toolwright.types import Json, Spending, Usage


@dataclass(frozen=True, slots=True)
class Cost:
    """What work has used, and what the whole program has used and may use."""

    usage: Usage
    spending: Spending

    def tell(self, *, quiet: bool = False) -> None:
        """Write a line for people to stderr."""
        if not quiet:
            write_stderr(f"{cost_line(self.usage, self.spending)}\n")

    def as_json(self) -> dict[str, Json]:
        """Return the fields of an answer in JSON."""
        return {"usage": usage_json(self.usage), "ledger": ledger_json(self.spending)}


def cost_of(parts: Parts) -> Cost:
    """Return what the work with these parts has cost so far."""
    return Cost(parts.model.total, parts.model.ledger.spending)
