"""`--demo`: three goals against a scratch library, with written replies in place of a model."""

import shutil
import tempfile
from io import StringIO
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import OF_A_GOAL, check_packages
from toolwright.cli.session import Session
from toolwright.errors import ToolwrightError
from toolwright.models.replay import ReplayModel
from toolwright.models.transcripts import Transcript
from toolwright.records import replace
from toolwright.screen.display import Display
from toolwright.screen.result import report_json, write_line
from toolwright.screen.table import steps_table
from toolwright.screen.words import count
from toolwright.settings import Settings, level_cache, load, terminal
from toolwright.types import Report

FIRST = (
    "Read examples/sales.csv, add up the revenue by region "
    "and write the totals, highest first, to totals.json"
)
SIBLING = "Read examples/sales.csv, add up the units by product and write them, lowest first, to units.csv"
_ACTS = (
    (FIRST, "Three functions are missing, one is too specific: they are written, proven, merged and run."),
    (FIRST, "The same goal again: nothing is generated, no model is asked."),
    (SIBLING, "A sibling goal: only the part that is missing is written."),
)
_FILES = ("totals.json", "totals.json", "units.csv")


def run_demo(arguments: Arguments) -> int:
    """Run the three goals; 0 when all of them reach their result."""
    check_packages(OF_A_GOAL)
    source = _examples()
    folder = Path(tempfile.mkdtemp(prefix="toolwright-demo-"))
    shutil.copytree(source / "library", folder, dirs_exist_ok=True)
    place = _workspace(folder)
    shutil.copytree(source, place / "examples", ignore=shutil.ignore_patterns("library", "demo*", "build*"))
    here = {"library": str(folder), "workspace": str(place), "yes": "yes"}
    settings = load({**arguments.overrides, **here, "judge": arguments.overrides["judge"] or "yes"})
    transcript = Transcript.read(source / "demo.jsonl")
    model = ReplayModel(transcript, name="demo:written-replies")
    session = Session(replace(settings, replay=source / "demo.jsonl", fresh=False), as_json=arguments.json)
    display = _display(settings)
    display.print(f"{transcript.note} Everything else is real.")
    display.print(f"The scratch library is {folder}")
    reports: list[Report] = []
    for goal, about in _ACTS:
        display.print()
        display.print(f"{len(reports) + 1}. {about}", "bold")
        reports.append(session.report(goal, model=model))
        if reports[-1].failure:
            session.show(reports[-1])
            return reports[-1].failure.exit_code
    _show_ending(reports, folder, place, display, as_json=arguments.json)
    return 0


def _workspace(folder: Path) -> Path:
    """Return where the tools work: beside the library, or in a folder of it where it cannot be covered."""
    from toolwright.sandbox.grants import INNER_WORKSPACE
    from toolwright.sandbox.levels import find_level

    return folder / INNER_WORKSPACE if find_level(level_cache()).level == "landlock" else folder


def _display(settings: Settings) -> Display:
    """Return where the demo explains itself; with --quiet, nowhere."""
    stream = StringIO() if settings.verbosity < 0 else None
    return Display(stream, terminal())


def _show_ending(
    reports: list[Report], folder: Path, place: Path, display: Display, *, as_json: bool
) -> None:
    for number, (report, file) in enumerate(zip(reports, _FILES, strict=True), start=1):
        made = sum(step.action in {"written", "widened"} for step in report.steps)
        before = f" (the first time {report.first.calls})" if report.first.calls else ""
        display.print()
        display.print(
            f"{number}. {count(made, 'function')} made, {count(report.usage.calls, 'model call')}{before}, "
            f"{report.seconds:.1f} s -> {file}",
            "bold",
        )
        display.print(steps_table(report, display))
    display.print()
    files = " ".join(str((place / name).relative_to(folder)) for name in ("totals.json", "units.csv"))
    display.print(f"Look around:  cd {folder} && cat tools.py {files}")
    if as_json:
        write_line(f'{{"status": "done", "runs": [{", ".join(map(report_json, reports))}]}}')
    else:
        write_line((place / "totals.json").read_text(encoding="utf-8"))


def _examples() -> Path:
    """Find the examples: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "examples", package.parent / "examples"):
        if (folder / "demo.jsonl").is_file():
            return folder
    raise ToolwrightError(
        "the demo's files are not installed", hint="reinstall toolwright, or run the demo from a checkout"
    )
