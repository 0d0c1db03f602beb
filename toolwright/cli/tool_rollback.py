"""`tools rollback NAME V`: a version that was kept, brought back through the gate."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import OF_A_GOAL, check_packages
from toolwright.cli.session import Session
from toolwright.cli.tool_history import chosen, in_library, versions_of
from toolwright.errors import ModelError, ToolwrightError, UsageError
from toolwright.library.store import Store
from toolwright.making.readmitting import roll_back
from toolwright.models.absent import AbsentModel
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import Settings


def rollback(arguments: Arguments, settings: Settings, name: str, number: str) -> int:
    """Bring a version back.

    Raises:
        UsageError: there is no such version, or it is there already.
        ToolwrightError: it has no tests, or the gate refused it; the library is as it was.
        LibraryError, SandboxError: it could not be tried.
    """
    store = Store(settings.library)
    versions = versions_of(store, name)
    version = chosen(versions, name, number, store)
    log = command("tools", "log", name, library=store.directory)
    now = in_library(store, name, versions)
    if now and now.sha256 == version.sha256:
        raise UsageError(f"version {number} of {name} is what stands in tools.py", hint=log)
    tests = version.tests
    if tests is None:
        raise ToolwrightError(
            f"version {number} of {name} has no tests, so nothing can vouch for it", hint=log
        )
    store.check_writable()
    check_packages(OF_A_GOAL)
    nobody = AbsentModel(version.model, ModelError("setup", "a rollback asks no model"))
    with Session(settings) as session:
        made = session.with_parts(version.goal, nobody, lambda parts, _run: roll_back(parts, version, tests))
    if made.failure:
        raise ToolwrightError(
            f"version {number} was not brought back, and nothing was changed: {made.failure.message}",
            hint=log,
        )
    said = f"{name} is version {number} again; {command('undo', library=store.directory)} takes that back"
    write_line(json_text({"rolled_back": name, "version": version.number}) if arguments.json else said)
    return 0
