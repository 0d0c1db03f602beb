"""Who is with a run: those who are told of it, and those who are asked."""

from collections.abc import Callable, Sequence

from toolwright.events import Event, Listener, Notice
from toolwright.lanes import Lanes
from toolwright.models.ledger import Ledger
from toolwright.parts import Approve, Ask
from toolwright.records import dataclass, field, replace
from toolwright.redaction import Redactor, Secret
from toolwright.settings import secrets
from toolwright.stages.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Company:
    """Who is with the run: those who are told, and those who are asked."""

    listeners: Sequence[Listener] = ()
    ask: Ask = lambda _question: None
    approve: Approve = lambda _plan, _matches: True
    present: bool = False
    """Whether somebody is there to be asked for permissions."""
    ask_secret: Callable[[str], Secret | None] = lambda _name: None
    confirm: Callable[[str], bool] | None = None
    redactor: Redactor = field(default_factory=lambda: Redactor(secrets()))
    rules: Sequence[Rule] = ()
    """Rules of review besides ours."""
    ledger: Ledger | None = None
    """What the runs of one program share; one of its own where there is none."""

    def tell(self, event: Event) -> None:
        """Pass an event on to every listener."""
        for listener in self.listeners:
            listener(event)

    def note(self, said: str) -> None:
        """Tell every listener a sentence for the user."""
        self.tell(Notice(said))

    def in_turn(self, lanes: Lanes) -> "Company":
        """Return the same for pieces of work that go side by side: they tell and ask one after the other."""
        confirm = self.confirm

        def ask(question: str) -> str | None:
            with lanes.turn():
                return self.ask(question)

        def ask_secret(name: str) -> Secret | None:
            with lanes.turn():
                return self.ask_secret(name)

        def confirmed(question: str) -> bool:
            with lanes.turn():
                return confirm is not None and confirm(question)

        return replace(
            self,
            listeners=(lanes.tell,),
            ask=ask,
            ask_secret=ask_secret,
            confirm=confirmed if confirm else None,
        )
