"""Settings -> what a library remembers of runs: who keeps one, who tells of them, the plans that ran well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from toolwright.events import Event, Listener, Notice
from toolwright.memory.past import Past
from toolwright.memory.plans import NoPlans, PlanMemory
from toolwright.memory.recorder import Recorder
from toolwright.redaction import Redactor, Secret
from toolwright.settings import Settings
from toolwright.types.metrics import Metrics

STATE = ".toolwright"


@contextmanager
def recording(
    settings: Settings, run: str, goal: str, redactor: Redactor, tell: Listener
) -> Iterator[Listener]:
    """Give what keeps a run in the memory: it listens inside of the context, which tells it the end.

    A run goes to a server of a team when it is over; a file takes it in when somebody asks.
    """
    if not settings.memory:
        yield lambda _event: None
        return
    about = {"goal": goal, "model": settings.model}
    heard: set[str] = set()

    def listen(event: Event) -> None:
        if isinstance(event, Notice):
            heard.add(event.message)
        recorder(event)

    def news(said: str) -> None:
        if not any(map(said.startswith, heard)):
            tell(Notice(said))

    try:
        with Recorder(settings.library / STATE, run, about, redactor.redact, tell) as recorder:
            yield listen
    finally:
        if isinstance(settings.memory, Secret):
            open_past(settings, news).take_in()


def open_past(settings: Settings, tell: Callable[[str], None], *, wait_s: float = 10.0) -> Past:
    """Return what happened, for those who ask; a memory that was switched off is still a file to be read."""
    server = settings.memory if isinstance(settings.memory, Secret) else None
    keeps = bool(settings.memory)
    return Past(settings.library.absolute(), tell, server=server, keeps=keeps, wait_s=wait_s)


def measured(past: Past, since: float = 0.0, library: str = "") -> Metrics:
    """Return the numbers of what is remembered, of one library of a team's memory or of all.

    Raises:
        MemoryFileError: the memory cannot be read, and nothing waits here for it.
    """
    if past.is_empty:
        return Metrics()
    from toolwright.memory.metrics import measure

    return past.told(lambda connection: measure(connection, since, library)) or Metrics()


def plan_memory(settings: Settings) -> PlanMemory | NoPlans:
    """Return where the plans of this library are remembered."""
    return PlanMemory(settings.library / STATE / "plans") if settings.memory else NoPlans()
