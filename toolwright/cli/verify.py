"""`verify [NAME ...] [--all]`: the tests of kept tools run again in the sandbox; nothing is changed."""

from toolwright.cli.arguments import Arguments
from toolwright.errors import ToolwrightError
from toolwright.library.store import Snapshot, Store
from toolwright.sandbox.process import ProcessSandbox
from toolwright.screen.display import Display
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load, terminal
from toolwright.syntax.examples import docstring_examples
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import Policy, Tool, Verdict


def run(arguments: Arguments) -> int:
    """Verify the named tools, or all that have tests; 1 when one of them fails."""
    settings = load(arguments.overrides)
    store = Store(settings.library)
    snapshot = store.read()
    names = arguments.words[1:] or tuple(snapshot.tools)
    for name in names:
        if name not in snapshot.tools:
            raise tool_not_found(name, snapshot.tools)
    display = Display(terminal=terminal())
    verdicts = {name: _verified(snapshot.tools[name], snapshot, store, display) for name in names}
    if arguments.json:
        write_line(json_text({name: _as_json(verdict) for name, verdict in verdicts.items()}))
    failed = [name for name, verdict in verdicts.items() if verdict is not None and not verdict.passed]
    untested = [name for name, verdict in verdicts.items() if verdict is None]
    if failed:
        raise ToolwrightError(
            f"{len(failed)} of {len(names)} tools failed: {', '.join(failed)}",
            hint=f"python agent.py tools show {failed[0]}",
        )
    if untested and arguments.words[1:]:
        raise ToolwrightError(
            f"no tests: {', '.join(untested)}", hint=f"write tool_tests/test_{untested[0]}.py"
        )
    return 0


def _verified(tool: Tool, snapshot: Snapshot, store: Store, display: Display) -> Verdict | None:
    """Run one tool's tests and print a line; None when it has none."""
    tests = store.tests_of(tool.name)
    if tests is None:
        display.print(f"- {tool.name}: no tests")
        return None
    verdict = ProcessSandbox().verify(
        snapshot.text, tests, Policy(), function=tool.name, examples=docstring_examples(tool)
    )
    passed = sum(test.outcome == "passed" for test in verdict.tests)
    said = f"{passed} tests, {verdict.seconds:.1f} s" if verdict.passed else verdict.why
    mark = display.tick(good=verdict.passed)
    mark.append(f" {tool.name}: {said}")
    display.print(mark)
    return verdict


def _as_json(verdict: Verdict | None) -> object:
    if verdict is None:
        return None
    return {
        "passed": verdict.passed,
        "why": verdict.why,
        "tests": [{"name": test.name, "outcome": test.outcome} for test in verdict.tests],
        "seconds": verdict.seconds,
        "level": verdict.level,
    }
