"""`check`: a library is proven in CI, without a model and without a change; said in five formats."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolwright import __version__
from toolwright.cli import verify
from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import check_packages
from toolwright.cli.reverifying import Checked, Verifier
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import LibraryError, LibrarySyntaxError, ToolwrightError, UsageError
from toolwright.library.standing import Standing
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import open_shelf
from toolwright.parts import Rigor
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.remarks import Proved, Remark, github, junit, sarif
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, faults_noticed, one_line
from toolwright.settings import Settings, load, terminal
from toolwright.syntax.nearest import nearest_names

FORMATS: Final = ("text", "json", "github", "sarif", "junit")


def run(arguments: Arguments) -> int:
    """Prove every kept tool, or the named ones; 1 when one fails, or the library cannot be read."""
    form = _format(arguments)
    settings = load(arguments.overrides)
    check_packages(["pytest"])
    store = Store(settings.library)
    file = _named(store.place.tools, form)
    try:
        snapshot = _read(store)
    except LibraryError as error:
        if form not in {"text", "json"}:  # those two are served by the one entrance
            line = error.line if isinstance(error, LibrarySyntaxError) else 1
            _write(form, (), (Remark("library", "error", "", str(error), file, line),))
        raise
    checked = _checked(arguments, settings, store, snapshot)
    standings = store.standings([each.name for each in checked])
    remarks = tuple(_remarks(checked, settings, snapshot, standings, file))
    failed = [each.tool for each in remarks if each.level == "error"]
    problem = (
        ToolwrightError(f"{len(failed)} of {count(len(checked), 'tool')} failed: {', '.join(failed)}")
        if failed
        else None
    )
    if form == "json":
        said = verify.as_json(checked, problem, settings.mutation_threshold)
        write_line(json_text(said | {"remarks": [_as_json(each) for each in remarks]}))
    elif form == "text":
        _text(checked, remarks, file)
    else:
        _write(form, checked, remarks)
    if problem:
        show_problem(problem)
    return problem.exit_code if problem else 0


def _read(store: Store) -> Snapshot:
    snapshot = store.read()
    if not snapshot.exists:
        raise LibraryError(
            f"there is no library here: {store.place.tools} does not exist",
            hint="python agent.py check --library DIR",
        )
    return snapshot


def _format(arguments: Arguments) -> str:
    form = arguments.report_format or ("json" if arguments.json else "text")
    if form not in FORMATS:
        nearest = nearest_names(form, FORMATS, 1)
        offer = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UsageError(
            f"--format takes {', '.join(FORMATS)}, not {form!r}{offer}",
            hint=f"python agent.py check --format {nearest[0] if nearest else 'text'}",
        )
    if arguments.json and form != "json":
        raise UsageError(
            f"--json and --format {form} contradict each other", hint=f"python agent.py check --format {form}"
        )
    return form


def _checked(
    arguments: Arguments, settings: Settings, store: Store, snapshot: Snapshot
) -> tuple[Checked, ...]:
    names = tuple(dict.fromkeys(arguments.words[1:])) or tuple(snapshot.kept)
    for name in names:
        if name not in snapshot.kept:
            raise no_such_tool(name, snapshot, store)
    rigor = Rigor(settings.mutation_threshold, settings.mutation_budget, settings.mutation_seconds)
    verifier = Verifier(
        store, snapshot, open_shelf(settings), rigor=None if arguments.quick else rigor, keeps=False
    )
    return verify.checked_tools(settings, verifier, names, verify.jobs_of(arguments.jobs, settings))


def _remarks(
    checked: Sequence[Checked],
    settings: Settings,
    snapshot: Snapshot,
    standings: Mapping[str, Standing],
    file: str,
) -> list[Remark]:
    """Say what is to be known of each tool; what the evidence was seen with elsewhere is no fault of it."""
    found = list[Remark]()
    for each in checked:
        line = snapshot.kept[each.name].line
        verdict = each.verdict
        if verdict is None:
            found.append(Remark("untested", "warning", each.name, "it has no tests", file, line))
        elif not verdict.passed:
            found.append(Remark("failed", "error", each.name, verdict.why, file, line))
        else:
            if standings[each.name].kind in {"edited", "unproven"}:
                said = f"{standings[each.name].why}; it passes now, and `verify {each.name}` writes that down"
                found.append(Remark("stale", "warning", each.name, said, file, line))
            if each.is_weak(settings.mutation_threshold) and verdict.mutants:
                found.append(
                    Remark("weak", "warning", each.name, faults_noticed(verdict.mutants), file, line)
                )
    return found


def _write(form: str, checked: Sequence[Checked], remarks: Sequence[Remark]) -> None:
    proved = [Proved(each.name, each.verdict) for each in checked]
    match form:
        case "github":
            text = github(remarks)
        case "sarif":
            text = sarif(remarks, __version__)
        case _:
            text = junit(proved, remarks)
    if text:
        write_line(text)


def _text(checked: Sequence[Checked], remarks: Sequence[Remark], file: str) -> None:
    lines = [
        f"{each.name}: "
        + ("no tests" if each.verdict is None else "passed" if each.verdict.passed else "FAILED")
        for each in checked
    ]
    lines += [
        f"{each.level}: {each.tool}: {one_line(each.message)} ({each.file}:{each.line})" for each in remarks
    ]
    lines = lines or [f"{file} holds no tools"]
    display = Display(sys.stdout, terminal())
    for line in lines:
        display.print(line)


def _as_json(remark: Remark) -> dict[str, object]:
    return {
        "rule": remark.rule,
        "level": remark.level,
        "tool": remark.tool,
        "message": remark.message,
        "file": remark.file,
        "line": remark.line,
    }


def _named(path: Path, form: str) -> str:
    """Return a path as somebody here would type it; for GitHub, as the repository has it."""
    start = _repository(Path.cwd()) if form in {"github", "sarif"} else Path.cwd()
    return os.path.relpath(path, start).replace(os.sep, "/")


def _repository(folder: Path) -> Path:
    """Return the top folder of the repository that a folder is in, or itself where it is in none."""
    tops = (each for each in (folder, *folder.parents) if (each / ".git").exists())
    return next(tops, folder)
