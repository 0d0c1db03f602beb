"""One goal of a batch: nobody is asked, its log and its place in the memory are its own."""

import json
from collections.abc import Sequence

from toolwright.batch.goals import Goal
from toolwright.batch.ledger import Ledger as Outcomes
from toolwright.batch.outcome import WELL, Outcome
from toolwright.cli.history import past_of
from toolwright.cli.key import needs_key, with_key
from toolwright.company import Company
from toolwright.events import Listener, Notice
from toolwright.library.store import Store
from toolwright.log import RunLog
from toolwright.models.ledger import Ledger
from toolwright.pipeline import run_goal
from toolwright.protocols import Sandbox
from toolwright.recalling import recall
from toolwright.records import dataclass
from toolwright.redaction import Redactor
from toolwright.remembering import plan_memory, recording
from toolwright.settings import Settings, secrets
from toolwright.syntax.held_out import read_goal
from toolwright.types import Json, Report
from toolwright.wiring import open_parts, options


@dataclass(frozen=True, slots=True)
class OneGoal:
    """Runs goals of a batch with one set of settings in one sandbox, from any thread.

    `ledger` says what model calls of all of them may cost.
    """

    settings: Settings
    sandbox: Sandbox
    ledger: Ledger
    stop_after: str = ""

    def run(self, text: str, run: str, listener: Listener) -> Report:
        """Run one goal; `listener` hears every event before anybody else does.

        Raises:
            ToolwrightError: it could not be tried.
        """
        settings = self.settings
        goal, examples = read_goal(text)
        redactor = Redactor(secrets(settings))
        with (
            RunLog(settings.library / "agent.log", run, redactor.redact) as log,
            recording(settings, run, goal, redactor, listener) as record,
        ):
            company = Company((listener, log, record), redactor=redactor, ledger=self.ledger)
            try:
                how = options(settings, stop_after=self.stop_after, examples=examples)
                parts = open_parts(settings, run, goal, company, self.sandbox)
                for notice in settings.notices:
                    company.tell(Notice(notice))
                return run_goal(goal, parts, how, run)
            except BaseException as error:  # also Ctrl-C: the log says how the run ended
                log.failed(error)
                redactor.redact_error(error)
                raise


def without_question(settings: Settings, goals: Sequence[str], given: dict[str, object]) -> Settings:
    """See to it that there is a key before the first goal; plans that are all remembered need none.

    Raises:
        ModelError: there is none, and nobody to ask for it.
    """
    variable = needs_key(settings)
    store, memory = Store(settings.library), plan_memory(settings)
    if not variable or (not settings.fresh and all(recall(goal, store, memory) for goal in goals)):
        return settings
    return with_key(settings, variable, given)


def settle_begun(settings: Settings, goals: Sequence[Goal], ledger: Outcomes) -> None:
    """Note the goals of an earlier pass whose run ended well, and that was killed before it could say so."""
    begun = [goal for goal in goals if goal.key in ledger.begun]
    if not begun:
        return
    past = past_of(settings)
    for goal in begun:
        row = past.run(ledger.begun[goal.key])
        if row is not None and row["status"] in WELL:
            output = _output(row)
            used = (row["calls"], row["seconds"] or 0.0)
            ledger.end(goal, Outcome(row["status"], row["id"], output, *used, usd=row["cost"]))


def _output(row: dict[str, Json]) -> Json:
    calls = [call for call in row["executions"] if call["status"] == "returned"]
    if row["status"] != "done" or not calls:
        return None
    return json.loads(calls[-1]["output"])
