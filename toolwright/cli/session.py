"""One run at the command line: screen and log listen, the user is asked, result and receipt are printed."""

import sys

from toolwright.cli.key import at_terminal
from toolwright.events import Notice
from toolwright.library.store import Store
from toolwright.log import RunLog
from toolwright.pipeline import run_goal
from toolwright.protocols import Model
from toolwright.redaction import Redactor
from toolwright.screen.live import Screen
from toolwright.screen.receipt import show_receipt
from toolwright.screen.result import report_json, show_result, write_line
from toolwright.settings import Settings, secrets, terminal
from toolwright.types import Match, Plan, Report
from toolwright.wiring import Company, new_run, open_parts, options

_YES = frozenset({"", "y", "yes"})


class Session:
    """Runs goals with one set of settings."""

    def __init__(self, settings: Settings, *, as_json: bool = False) -> None:
        """`as_json` prints reports as JSON instead of results."""
        self._settings = settings
        self._as_json = as_json
        self._screen = Screen(settings.verbosity, terminal=terminal())

    def run(self, goal: str, *, stop_after: str = "", name: str = "", model: Model | None = None) -> int:
        """Run one goal and print what it led to; return the exit code."""
        report = self.report(goal, stop_after=stop_after, name=name, model=model)
        self.show(report)
        return report.failure.exit_code if report.failure else 0

    def report(
        self, goal: str, *, stop_after: str = "", name: str = "", model: Model | None = None
    ) -> Report:
        """Run one goal while the screen tells of it."""
        run = new_run()
        settings = self._settings
        redact = Redactor(secrets(settings)).redact
        with RunLog(settings.library / "agent.log", run, redact) as log, self._screen:
            company = Company((self._screen, log), self._ask, self._approve)
            try:
                parts = open_parts(settings, run, goal, company, model)
                for notice in settings.notices:
                    company.tell(Notice(notice))
                return run_goal(goal, parts, options(settings, stop_after=stop_after, name=name), run)
            except BaseException as error:
                log.failed(error)
                raise

    def show(self, report: Report) -> None:
        """Print the receipt to stderr, and result or report to stdout."""
        if self._settings.verbosity >= 0 or report.failure:
            tools = dict(Store(self._settings.library).read().tools) if not report.failure else {}
            show_receipt(
                report,
                self._screen.display,
                library=self._settings.library,
                tools=tools,
                level=_level(report),
            )
        if self._as_json:
            write_line(report_json(report))
        elif report.status == "done":
            show_result(report.output)

    def _ask(self, question: str) -> str | None:
        if not at_terminal():
            return None
        with self._screen.paused():
            self._screen.display.print(question)
            sys.stderr.write("> ")
            sys.stderr.flush()
            return sys.stdin.readline().strip() or None

    def _approve(self, _plan: Plan, matches: tuple[Match, ...]) -> bool:
        """Ask before anything is written; where nobody can be asked, or nothing is written, go on."""
        writes = any(match.kind != "EXISTS_AND_GENERIC" for match in matches)
        if self._settings.yes or not writes or not at_terminal():
            return True
        answer = self._ask("Write the missing functions and run the plan? [Enter] go, n no")
        return (answer or "").lower() in _YES


def _level(report: Report) -> str:
    return next((step.result.level for step in report.steps if step.result and step.result.level), "")
