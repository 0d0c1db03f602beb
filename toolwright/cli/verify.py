"""`verify [NAME ...] [--all]`: kept tools are proven again in the sandbox, several at once.

Their tests run, and are challenged unless --quick is given. No tool is changed; the evidence of one that
passes is renewed, and it leaves quarantine; with --quarantine one that fails enters. That tests notice few
faults is said, and no failure. Without names and --all it is those whose evidence does not speak for them.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import check_packages
from toolwright.cli.reverifying import Checked, Verifier
from toolwright.cli.show_tools import no_such_tool
from toolwright.cli.stale_tools import stale_tools
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import open_shelf
from toolwright.parts import Rigor
from toolwright.records import replace
from toolwright.sandbox.opening import open_configured
from toolwright.screen.commands import command
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.result import json_text, write_line
from toolwright.screen.verdicts import verdict_line, verdicts_table, weakness_lines
from toolwright.screen.words import count
from toolwright.settings import Settings, load, terminal

_MOST_JOBS: Final = 64
_USUAL_JOBS: Final = 4


def run(arguments: Arguments) -> int:
    """Verify the named tools, those that want it, or all of them; 1 when one fails."""
    settings = load(arguments.overrides)
    jobs = jobs_of(arguments.jobs, settings)
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
    rigor = Rigor(settings.mutation_threshold, settings.mutation_budget, settings.mutation_seconds)
    verifier = Verifier(
        store,
        snapshot,
        open_shelf(settings),
        rigor=None if arguments.quick else rigor,
        quarantines=arguments.quarantine,
    )
    checked = checked_tools(settings, verifier, _wanted(arguments, snapshot), jobs)
    problem = _problem(checked, store, named)
    if settings.verbosity >= 0:
        _show(checked, display, store, rigor.threshold, why=not named and not arguments.every)
        if snapshot.kept and not checked:
            every = command("verify", "--all", library=store.directory)
            display.print(f"{_all_of(len(snapshot.kept))} as it is; {every} proves everything again")
    _show_failures(checked, display)
    if arguments.json:
        fresh = [name for name in snapshot.kept if name not in {each.name for each in checked}]
        write_line(json_text(as_json(checked, problem, rigor.threshold) | {"not_run": fresh}))
    if problem:
        show_problem(problem)
    return problem.exit_code if problem else 0


def _wanted(arguments: Arguments, snapshot: Snapshot) -> tuple[str, ...] | None:
    """Return which tools are wanted; None for those whose evidence does not speak for them."""
    if arguments.every:
        return tuple(snapshot.kept)
    return tuple(dict.fromkeys(arguments.words[1:])) or None


def checked_tools(
    settings: Settings, verifier: Verifier, names: Sequence[str] | None, jobs: int
) -> tuple[Checked, ...]:
    """Verify tools in one sandbox, by default those whose evidence does not speak for them."""
    if not verifier.snapshot.kept:
        return ()
    said = Display(sys.stderr, terminal())
    sandbox = open_configured(settings, said.print)
    try:
        stale = stale_tools(verifier.store, verifier.snapshot, verifier.shelf, sandbox.level)
        checked = verifier.verify(sandbox, tuple(stale) if names is None else names, jobs)
        return tuple(replace(each, stale=stale.get(each.name, "")) for each in checked)
    finally:
        sandbox.close()


def _all_of(number: int) -> str:
    return "the one tool is verified" if number == 1 else f"each of the {number} tools is verified"


def jobs_of(said: str, settings: Settings) -> int:
    """Read how many tools are verified, or goals of a batch run, at the same time.

    What was `said` counts, then the setting where somebody set it; else as many as there are processors.

    Raises:
        UsageError: it is no such number.
    """
    if not said:
        return settings.jobs if "jobs" in settings.origins else min(_USUAL_JOBS, os.cpu_count() or 1)
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= _MOST_JOBS:
        message = f"--jobs takes a number from 1 to {_MOST_JOBS}, not {said!r}"
        raise UsageError(message, hint=f"--jobs {_USUAL_JOBS}")
    return int(said)


def _show(checked: Sequence[Checked], display: Display, store: Store, threshold: float, *, why: bool) -> None:
    """Print why tools were chosen, if that is to be said, the table, and what tests do not notice."""
    for each in checked if why else ():
        display.print(f"{each.name}: {each.stale}")
    if checked:
        display.print(verdicts_table([each.row for each in checked], display))
    for each in checked:
        if each.is_weak(threshold) and each.verdict and each.verdict.mutants:
            where = str(store.place.test_of(each.name))
            for line in weakness_lines(each.name, each.verdict.mutants, where):
                display.print(line, "yellow")


def _show_failures(checked: Sequence[Checked], display: Display) -> None:
    for each in checked:
        if each.verdict is not None and not each.verdict.passed:
            display.print(verdict_line(each.name, each.verdict, display))


def _problem(checked: Sequence[Checked], store: Store, named: tuple[str, ...]) -> ToolwrightError | None:
    failed = [each.name for each in checked if each.verdict is not None and not each.verdict.passed]
    untested = [each.name for each in checked if each.verdict is None]
    if failed:
        missed = [each.name for each in checked if each.misses_example]
        return ToolwrightError(
            f"{len(failed)} of {count(len(checked), 'tool')} failed: {', '.join(failed)}",
            hint=f"{command('tools', 'fix', missed[0], library=store.directory)} repairs {missed[0]}"
            if missed
            else command("tools", "show", failed[0], library=store.directory),
        )
    if untested and named:
        return ToolwrightError(
            f"no tests: {', '.join(untested)}",
            hint=f"{command('tools', 'adopt', untested[0], library=store.directory)} has them written, "
            f"or write {store.place.test_of(untested[0])}",
        )
    return None


def as_json(
    checked: Sequence[Checked], problem: ToolwrightError | None, threshold: float
) -> dict[str, object]:
    """Return what was verified as one object."""
    said: dict[str, object] = {
        "status": "failed" if problem else "done",
        "tools": {each.name: each.as_json() for each in checked},
        "weak": [each.name for each in checked if each.is_weak(threshold)],
    }
    if problem:
        said["error"] = {"kind": problem.kind, "message": str(problem), "causes": [], "hint": problem.hint}
    return said
