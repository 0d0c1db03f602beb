"""`verify [NAME ...] [--all]`: the tests of kept tools run again in the sandbox; nothing is changed."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import check_packages
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import PackageError, ToolwrightError
from toolwright.library.needs import required_packages
from toolwright.library.store import Snapshot, Store
from toolwright.packages.shelf import Shelf, open_shelf
from toolwright.permissions.verifying import verification_policy
from toolwright.sandbox.process import ProcessSandbox
from toolwright.screen.commands import command
from toolwright.screen.display import Display
from toolwright.screen.problem import show_problem
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, one_line
from toolwright.settings import load, terminal
from toolwright.syntax.examples import docstring_examples
from toolwright.types import Tool, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_Verdicts = Mapping[str, Verdict | None]


def run(arguments: Arguments) -> int:
    """Verify the named tools, or all that have tests; 1 when one of them fails."""
    settings = load(arguments.overrides)
    check_packages(["pytest"])
    store = Store(settings.library)
    snapshot = store.read()
    named = tuple(dict.fromkeys(arguments.words[1:]))
    for name in named:
        if name not in snapshot.tools:
            raise no_such_tool(name, snapshot, store)
    # One line a tool is the result of this command; with --json that is the object at the end.
    display = Display(sys.stderr if arguments.json else sys.stdout, terminal())
    if not snapshot.tools:
        display.print(f"{store.place.tools} holds no tools yet")
    verdicts: dict[str, Verdict | None] = {}
    for name in named or snapshot.tools:
        verdict = verdicts[name] = _verified(snapshot.tools[name], snapshot, store, open_shelf(settings))
        if settings.verbosity >= 0 or (verdict is not None and not verdict.passed):
            display.print(_line(name, verdict, display))
    problem = _problem(verdicts, store, named)
    if arguments.json:
        write_line(json_text(_as_json(verdicts, problem)))
    if problem:
        show_problem(problem)
    return problem.exit_code if problem else 0


def _verified(tool: Tool, snapshot: Snapshot, store: Store, shelf: Shelf) -> Verdict | None:
    """Run one tool's tests; None when it has none."""
    tests = store.tests_of(tool.name)
    if tests is None:
        return None
    try:
        policy = shelf.grant(
            verification_policy(snapshot.text, tool),
            required_packages(snapshot.text, snapshot.tools, tool.name),
        )
    except PackageError as missing:
        return Verdict(passed=False, why=f"{missing} ({missing.hint})")
    return ProcessSandbox().verify(
        snapshot.text, tests, policy, function=tool.name, examples=docstring_examples(tool)
    )


def _line(name: str, verdict: Verdict | None, display: Display) -> "RenderableType":
    if verdict is None:
        return f"- {name}: no tests"
    passed = sum(test.outcome == "passed" for test in verdict.tests)
    said = f"{count(passed, 'test')}, {verdict.seconds:.1f} s" if verdict.passed else verdict.why
    mark = display.tick(good=verdict.passed)
    mark.append(f" {name}: {one_line(said)}")
    return mark


def _problem(verdicts: _Verdicts, store: Store, named: tuple[str, ...]) -> ToolwrightError | None:
    failed = [name for name, verdict in verdicts.items() if verdict is not None and not verdict.passed]
    untested = [name for name, verdict in verdicts.items() if verdict is None]
    if failed:
        return ToolwrightError(
            f"{len(failed)} of {count(len(verdicts), 'tool')} failed: {', '.join(failed)}",
            hint=command("tools", "show", failed[0], library=store.directory),
        )
    if untested and named:
        return ToolwrightError(
            f"no tests: {', '.join(untested)}", hint=f"write {store.place.test_of(untested[0])}"
        )
    return None


def _as_json(verdicts: _Verdicts, problem: ToolwrightError | None) -> object:
    said = {
        "status": "failed" if problem else "done",
        "tools": {name: _verdict_as_json(verdict) for name, verdict in verdicts.items()},
    }
    if problem:
        said["error"] = {"kind": problem.kind, "message": str(problem), "causes": [], "hint": problem.hint}
    return said


def _verdict_as_json(verdict: Verdict | None) -> object:
    if verdict is None:
        return None
    return {
        "passed": verdict.passed,
        "why": verdict.why,
        "tests": [{"name": test.name, "outcome": test.outcome} for test in verdict.tests],
        "seconds": verdict.seconds,
        "level": verdict.level,
    }
