"""`tools fix NAME --example ...`: a kept tool that answers a call wrongly, repaired through the gate."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.cost import Cost, cost_of
from toolwright.cli.key import missing_key, needs_key, with_key
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.session import Session
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.store import Store
from toolwright.making.fixing import Tried, check_consistent, examples_of, try_examples
from toolwright.making.wish import Made
from toolwright.mending import examples_for, fixed, not_fixed
from toolwright.models.absent import AbsentModel
from toolwright.parts import Parts
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings
from toolwright.syntax.held_out import read_example
from toolwright.types import HeldOut
from toolwright.wiring import options


def fix(arguments: Arguments, settings: Settings, name: str) -> int:
    """Repair a tool; where no example is given, those that are kept with it count.

    Raises:
        UsageError: there is no example at all, or one cannot be read or is no call of the tool.
        ToolwrightError: there is no such tool, it has no tests, or it could not be repaired; then the library
            is as it was.
        ModelError, LibraryError, SandboxError: it could not be tried.
    """
    store = Store(settings.library)
    _check_tool(name, store)
    given = examples_for(store, name, [read_example(text) for text in arguments.examples])
    if not given:
        raise UsageError(
            f"tools fix {name} needs a call with its right answer",
            hint=command("tools", "fix", name, "--example", f"{name}(...) == ...", library=store.directory),
        )
    examples_of(store.read().kept[name], given)
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    variable = needs_key(settings)
    if variable:
        tried = _tried(settings, name, given, variable)
        if not tried.wrong:
            return _nothing_to_fix(arguments, tried)
        store.check_writable()
        settings = with_key(settings, variable, arguments.given)

    def repair(parts: Parts, _run: str) -> tuple[Tried, Made | None, Cost]:
        return (*fixed(parts, options(settings), name, given), cost_of(parts))

    with Session(settings, shared=arguments.shared) as session:
        tried, made, cost = session.with_parts(f"tools fix {name}", None, repair)
    if made:
        cost.tell(quiet=settings.verbosity < 0)
    return _ended(arguments, store, tried, made, cost) if made else _nothing_to_fix(arguments, tried)


def _check_tool(name: str, store: Store) -> None:
    snapshot = store.read()
    if name not in snapshot.kept:
        raise no_such_tool(name, snapshot, store)
    if store.tests_of(name) is None:
        raise ToolwrightError(
            f"{name} has no tests that could guard a repair",
            hint=command("tools", "adopt", name, library=store.directory),
        )


def _tried(settings: Settings, name: str, given: tuple[HeldOut, ...], variable: str) -> Tried:
    """Try the examples without a model: perhaps none is needed."""
    nobody = AbsentModel(settings.model, missing_key(variable))

    def look(parts: Parts, _run: str) -> Tried:
        tried = try_examples(parts, name, given)
        check_consistent(parts, tried)
        return tried

    with Session(settings) as session:
        return session.with_parts(f"tools fix {name}", nobody, look)


def _nothing_to_fix(arguments: Arguments, tried: Tried) -> int:
    name, held = tried.tool.name, len(tried.held)
    all_of_them = "the example" if held == 1 else f"all {held} examples"
    said = f"nothing to fix: {name} answers {all_of_them} as it should"
    write_line(json_text({"fixed": None, "name": name, "examples": held}) if arguments.json else said)
    return 0


def _ended(arguments: Arguments, store: Store, tried: Tried, made: Made, cost: Cost) -> int:
    name, failure = tried.tool.name, made.failure
    if failure:
        raise not_fixed(failure, name)
    number = store.versions(name)[-1].number
    passed = sum(test.outcome == "passed" for test in made.verdict.tests) if made.verdict else 0
    if arguments.json:
        row = {"fixed": name, "version": number, "attempts": made.attempts, "examples": made.examples}
        row |= {"tests_passed": passed, "refusals": list(made.refusals), **cost.as_json()}
        write_line(json_text(row))
        return 0
    undo = command("undo", library=store.directory)
    write_line(
        f"{name} is fixed, version {number}: {count(made.examples, 'example')} held, "
        f"{count(passed, 'test')} passed; {undo} takes that back"
    )
    return 0
