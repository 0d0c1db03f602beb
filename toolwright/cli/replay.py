"""`replay ID`: a run once more with the replies that were recorded, against the library as it is now.

No model is asked, and the library stays as it is: what would be written goes into a copy. Tools run for real.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.differing import Difference, differences, sources_of
from toolwright.cli.earlier_run import Row, lineage, plan_of, replies_of, resumption
from toolwright.cli.goal import check_settings
from toolwright.cli.history import found_here, past_of
from toolwright.cli.packages import OF_A_GOAL, check_packages
from toolwright.cli.retry import the_id
from toolwright.cli.session import Session
from toolwright.errors import ToolwrightError
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.memory.plans import NoPlans
from toolwright.models.replay import ReplayModel
from toolwright.models.transcripts import Exchange, Transcript
from toolwright.parts import Parts
from toolwright.pipeline import run_goal
from toolwright.records import replace
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings, load
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Report
from toolwright.wiring import options


def run(arguments: Arguments) -> int:
    """Run what an id names again; 1 when it goes otherwise than it went."""
    identity = the_id(arguments)
    loaded = load(arguments.overrides)
    settings = replace(loaded, memory=False, replay=None, fresh=True)
    check_settings(settings, arguments)
    past = past_of(loaded)
    row = found_here(past, identity, settings)
    if row["status"] == "running":
        raise ToolwrightError(
            f"run {row['id']} is still running", hint=command("history", row["id"], library=settings.library)
        )
    check_packages(OF_A_GOAL)
    line = lineage(past, row)
    exchanges = replies_of(line, settings)
    if not exchanges and not row["steps"]:
        raise ToolwrightError(
            f"of run {row['id']} neither a plan nor a reply was recorded",
            hint=command("history", row["id"], library=settings.library),
        )
    report = _again(row, line, exchanges, settings)
    found_other = differences(row, report, sources_of(line), Store(settings.library).read().tools)
    _tell(row, report, found_other, as_json=arguments.json)
    return ToolwrightError.exit_code if found_other else 0


def _again(row: Row, line: Sequence[Row], exchanges: Sequence[Exchange], settings: Settings) -> Report:
    """Run it in a copy of the library."""
    store = Store(settings.library)
    model = ReplayModel(Transcript(f"of run {row['id']}", "", row["goal"], tuple(exchanges)))
    how = options(
        replace(settings, judge=False),
        stop_after="tools" if row["status"] == "made" else "plan" if row["status"] == "planned" else "",
        plan=plan_of(row, store.read()),
        resumed=replace(resumption(line, exchanges), run="", answers={}),
    )
    with fresh_folder("copy") as folder:
        copied = _copy(store, Path(folder))

        def work(parts: Parts, identity: str) -> Report:
            return run_goal(row["goal"], _in_copy(parts, copied), how, identity)

        with Session(settings) as session:
            return session.with_parts(row["goal"], model, work)


def _in_copy(parts: Parts, store: Store) -> Parts:
    return replace(
        parts, store=store, index=Index(store), memory=NoPlans(), approve=lambda _plan, _found: True
    )


def _copy(store: Store, folder: Path) -> Store:
    shutil.copyfile(store.place.tools, folder / store.place.tools.name)
    if store.place.tests.is_dir():
        shutil.copytree(store.place.tests, folder / store.place.tests.name, symlinks=True)
    return Store(folder)


def _tell(row: Row, report: Report, found_other: Sequence[Difference], *, as_json: bool) -> None:
    """Print what is different; that nothing is is a result too."""
    if as_json:
        shown = [{"step": d.step, "what": d.what, "then": d.then, "now": d.now} for d in found_other]
        said = {"run": row["id"], "goal": row["goal"], "same": not found_other, "differences": shown}
        write_line(json_text({**said, "status": report.status, "output": report.output}))
        return
    if not found_other:
        write_line(f"run {row['id']} goes as it went: {report.status}, {count(len(report.steps), 'step')}")
    for difference in found_other:
        write_line(difference.sentence)
