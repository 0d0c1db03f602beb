"""`replay ID`: a run once more with the replies that were recorded, against the library as it is now.

No model is asked, and the library stays as it is: what would be written goes into a copy. Tools run for real.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.differing import Difference, differences, sources_of
from toolwright.cli.goal import check_settings
from toolwright.cli.history import found_here, past_of
from toolwright.cli.packages import OF_A_GOAL, check_packages
from toolwright.cli.replayed import ReplayedRun
from toolwright.cli.retry import the_id
from toolwright.cli.session import Session
from toolwright.cli.streams import write_stderr
from toolwright.earlier_run import Row, lineage, plan_of, replies_of, resumption
from toolwright.errors import ToolwrightError
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.memory.plans import NoPlans
from toolwright.parts import Parts
from toolwright.pipeline import run_goal
from toolwright.records import replace
from toolwright.redaction import Redactor
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings, load, secrets
from toolwright.temporary.folders import fresh_folder
from toolwright.types import Report, Resumption, WrittenPlan
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
    model = ReplayedRun(row["id"], row["goal"], exchanges, Redactor(secrets(settings)).redact)
    plan = plan_of(row, Store(settings.library).read())
    resumed = replace(resumption(line, exchanges), run="", answers={})
    if settings.verbosity >= 0 and not arguments.json:
        write_stderr(f"{_what_goes_again(row, plan, model, resumed)}\n")
    report = _again(row, model, settings, plan, resumed)
    found_other = differences(row, report, sources_of(line), Store(settings.library).read().tools)
    _tell(row, report, found_other, model, as_json=arguments.json)
    return ToolwrightError.exit_code if found_other else 0


def _what_goes_again(row: Row, plan: WrittenPlan | None, model: ReplayedRun, resumed: Resumption) -> str:
    """Say before it begins what is as it was then, and what is as it is now."""
    kept = []
    if plan is not None:
        kept.append(f"the plan of {count(len(plan.plan.steps), 'step')} with its verdicts")
    if resumed.replies:
        kept.append("what its steps were called with")
    replies = count(model.recorded, "recorded reply", "recorded replies")
    kept.append(f"{replies} for the rest" if model.recorded else "no reply, for none was recorded")
    return (
        f"Replaying run {row['id']}: {', '.join(kept)}; tools, files, network and time are those of now, and "
        "nobody judges the result"
    )


def _again(
    row: Row, model: ReplayedRun, settings: Settings, plan: WrittenPlan | None, resumed: Resumption
) -> Report:
    """Run it in a copy of the library."""
    store = Store(settings.library)
    how = options(
        replace(settings, judge=False),
        stop_after="tools" if row["status"] == "made" else "plan" if row["status"] == "planned" else "",
        plan=plan,
        resumed=resumed,
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


def _tell(
    row: Row, report: Report, found_other: Sequence[Difference], model: ReplayedRun, *, as_json: bool
) -> None:
    """Print what is different; that nothing is is a result too."""
    why = report.failure.message if report.failure else None
    if as_json:
        shown = [{"step": d.step, "what": d.what, "then": d.then, "now": d.now} for d in found_other]
        said = {"run": row["id"], "goal": row["goal"], "same": not found_other, "differences": shown}
        used = {"recorded": model.recorded, "used": model.used, "reworded": model.reworded}
        about = {"status": report.status, "output": report.output, "failure": why, "replies": used}
        write_line(json_text({**said, **about}))
        return
    if not found_other:
        write_line(f"run {row['id']} goes as it went: {report.status}, {count(len(report.steps), 'step')}")
    for difference in found_other:
        write_line(difference.sentence)
    if why and any(not difference.step and difference.what == "the goal" for difference in found_other):
        write_line(f"why it failed now: {why}")
    if model.reworded:
        prompts = count(len(model.reworded), "prompt")
        stages = ", ".join(dict.fromkeys(model.reworded))
        write_stderr(
            f"note: {prompts} would be worded otherwise now ({stages}), so a model might answer otherwise\n"
        )
