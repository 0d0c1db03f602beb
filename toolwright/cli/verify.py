"""`verify [NAME ...] [--all]`: the tests of kept tools run again in the sandbox, several at once.

Nothing is changed, but that a tool which passes leaves quarantine; with --quarantine one that fails enters.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import check_packages
from toolwright.cli.reverifying import Checked, Verifier
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.store import Store
from toolwright.packages.shelf import open_shelf
from toolwright.sandbox.opening import open_configured
from toolwright.screen.commands import command
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.result import json_text, write_line
from toolwright.screen.verdicts import verdict_line, verdicts_table
from toolwright.screen.words import count
from toolwright.settings import Settings, load, terminal

_MOST_JOBS: Final = 64
_USUAL_JOBS: Final = 4


def run(arguments: Arguments) -> int:
    """Verify the named tools, or all of them; 1 when one fails."""
    settings = load(arguments.overrides)
    jobs = _jobs(arguments.jobs)
    check_packages(["pytest"])
    store = Store(settings.library)
    snapshot = store.read()
    named = tuple(dict.fromkeys(arguments.words[1:]))
    for name in named:
        if name not in snapshot.kept:
            raise no_such_tool(name, snapshot, store)
    # The table is the result of this command; with --json that is the object at the end.
    display = Display(sys.stderr if arguments.json else sys.stdout, terminal())
    if not snapshot.kept:
        display.print(f"{store.place.tools} holds no tools yet")
    verifier = Verifier(store, snapshot, open_shelf(settings), quarantines=arguments.quarantine)
    wanted = snapshot.kept if arguments.every or not named else named
    checked = _checked(settings, verifier, tuple(wanted), jobs)
    problem = _problem(checked, store, named)
    _show(checked, display, quiet=settings.verbosity < 0)
    if arguments.json:
        write_line(json_text(_as_json(checked, problem)))
    if problem:
        show_problem(problem)
    return problem.exit_code if problem else 0


def _checked(settings: Settings, verifier: Verifier, names: Sequence[str], jobs: int) -> tuple[Checked, ...]:
    if not names:
        return ()
    said = Display(sys.stderr, terminal())
    sandbox = open_configured(settings, said.print)
    try:
        return verifier.verify(sandbox, names, jobs)
    finally:
        sandbox.close()


def _jobs(said: str) -> int:
    if not said:
        return min(_USUAL_JOBS, os.cpu_count() or 1)
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= _MOST_JOBS:
        raise UsageError(f"--jobs takes a number from 1 to {_MOST_JOBS}, not {said!r}")
    return int(said)


def _show(checked: Sequence[Checked], display: Display, *, quiet: bool) -> None:
    if checked and not quiet:
        display.print(verdicts_table([each.row for each in checked], display))
    for each in checked:
        if each.verdict is not None and not each.verdict.passed:
            display.print(verdict_line(each.name, each.verdict, display))


def _problem(checked: Sequence[Checked], store: Store, named: tuple[str, ...]) -> ToolwrightError | None:
    failed = [each.name for each in checked if each.verdict is not None and not each.verdict.passed]
    untested = [each.name for each in checked if each.verdict is None]
    if failed:
        return ToolwrightError(
            f"{len(failed)} of {count(len(checked), 'tool')} failed: {', '.join(failed)}",
            hint=command("tools", "show", failed[0], library=store.directory),
        )
    if untested and named:
        return ToolwrightError(
            f"no tests: {', '.join(untested)}",
            hint=f"{command('tools', 'adopt', untested[0], library=store.directory)} has them written, "
            f"or write {store.place.test_of(untested[0])}",
        )
    return None


def _as_json(checked: Sequence[Checked], problem: ToolwrightError | None) -> object:
    said = {
        "status": "failed" if problem else "done",
        "tools": {each.name: each.as_json() for each in checked},
    }
    if problem:
        said["error"] = {"kind": problem.kind, "message": str(problem), "causes": [], "hint": problem.hint}
    return said
