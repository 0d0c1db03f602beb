"""`tools adopt NAME`: a function somebody wrote in tools.py gets its contract and tests, through the gate."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.cost import Cost, cost_of
from toolwright.cli.key import needs_key, with_key
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.session import Session
from toolwright.library.store import Store
from toolwright.making.handwritten import read_handwritten
from toolwright.making.wish import Made
from toolwright.mending import adopted, is_verified, not_adopted
from toolwright.parts import Parts
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, faults_noticed, joined
from toolwright.settings import Settings
from toolwright.stages.rules import RULES
from toolwright.syntax.held_out import read_example
from toolwright.wiring import options


def adopt(arguments: Arguments, settings: Settings, name: str) -> int:
    """Make a tool of a function; its code stays as it is.

    Raises:
        ToolwrightError: it cannot be one as it stands, or its tests and it disagree; nothing was changed.
        ModelError, LibraryError, SandboxError: it could not be tried.
    """
    store = Store(settings.library)
    if is_verified(store, name):
        said = f"nothing to adopt: {name} is verified as it is"
        write_line(json_text({"adopted": None, "name": name}) if arguments.json else said)
        return 0
    given = tuple(read_example(text) for text in arguments.examples)
    read_handwritten(store, name, RULES)  # what is wrong with it is said before anybody looks for a key
    store.check_writable()
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    variable = needs_key(settings)
    if variable:
        settings = with_key(settings, variable, arguments.given)

    def work(parts: Parts, _run: str) -> tuple[Made, Cost]:
        return adopted(parts, options(settings), name, given), cost_of(parts)

    with Session(settings, shared=arguments.shared) as session:
        made, cost = session.with_parts(f"tools adopt {name}", None, work)
    cost.tell(quiet=settings.verbosity < 0)
    if made.failure:
        raise not_adopted(made.failure, name, command("tools", "adopt", name, library=store.directory))
    _say(arguments, store, made, cost)
    return 0


def _say(arguments: Arguments, store: Store, made: Made, cost: Cost) -> None:
    name, verdict = made.tool, made.verdict
    number = store.versions(name)[-1].number
    passed = sum(test.outcome == "passed" for test in verdict.tests) if verdict else 0
    if arguments.json:
        row = {"adopted": name, "version": number, "tests_passed": passed, "attempts": made.attempts}
        write_line(json_text(row | {"refusals": list(made.refusals), **cost.as_json()}))
        return
    noticed = faults_noticed(verdict.mutants) if verdict and verdict.mutants else ""
    undo = command("undo", library=store.directory)
    told = joined(f"{count(passed, 'test')} passed", noticed)
    write_line(f"{name} is adopted, version {number}: {told}; {undo} takes that back")
