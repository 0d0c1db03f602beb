"""`tools install FILE_OR_DIR`: tools of another library, each through the gate, or a reason why not."""

import sys
from collections.abc import Sequence
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.packages import OF_A_GOAL, check_packages
from toolwright.cli.session import Session
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import LibraryError, ModelError, ToolwrightError, UsageError
from toolwright.library.arriving import Arrival, arrival_of
from toolwright.library.parcel import Parcel
from toolwright.library.store import Store
from toolwright.library.unpacking import open_parcel
from toolwright.making.installing import install as install_tool
from toolwright.making.wish import Made
from toolwright.models.absent import AbsentModel
from toolwright.parts import Parts
from toolwright.permissions.needs import needs_in
from toolwright.records import dataclass, field
from toolwright.sandbox.levels import NONE
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count, visible
from toolwright.settings import Settings
from toolwright.stages.rules.naming import why_not_a_name
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import Json

_DECLINED = 1


@dataclass(slots=True)
class _Outcome:
    """What became of each tool: installed under a name, there already, or not, and why."""

    installed: dict[str, Made] = field(default_factory=dict)
    there: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def install(arguments: Arguments, settings: Settings, operands: list[str]) -> int:
    """Install the tools named, or all, and those that they call; 1 when one was not, or it was declined.

    Raises:
        UsageError: no file was named, or --as does not go with what was.
        ToolNotFoundError: there is no such tool in it.
        LibraryError: it cannot be read, or is made to harm; nothing was installed.
        SandboxError: nothing could be tried.
    """
    if not operands:
        raise UsageError(
            "tools install lacks the file or folder", hint="python agent.py tools install FILE.zip"
        )
    path, names = Path(operands[0]), operands[1:]
    new_name = arguments.flags.new_name
    _check_new_name(new_name, names)
    store = Store(settings.library)
    parcel = open_parcel(path)
    if path.is_dir() and path.resolve() == store.directory.resolve():
        raise UsageError(f"{path} is the library itself", hint="name another one with --library DIR")
    for name in names:
        if name not in parcel.catalogue.offered:
            raise tool_not_found(name, parcel.catalogue.offered)
    wanted = parcel.order(names or parcel.catalogue.offered)
    arrivals = [
        arrival_of(store, parcel.enclosed(name), new_name if name in names else "") for name in wanted
    ]
    if not arrivals:
        raise ToolwrightError(f"{path} holds no tools, so there is nothing to install")
    store.check_writable()
    _show(parcel, arrivals)
    outcome = _Outcome()
    if any(not arrival.is_settled for arrival in arrivals):
        if at_terminal() and not settings.yes and not _agreed():
            write_stderr("Nothing was installed.\n")
            return _DECLINED
        check_packages(OF_A_GOAL)
    _install_all(settings, arrivals, outcome)
    write_line(json_text(_as_json(outcome)) if arguments.json else _said(outcome, store))
    return 1 if outcome.refused else 0


def _check_new_name(new_name: str, names: Sequence[str]) -> None:
    if not new_name:
        return
    if len(names) != 1:
        raise UsageError("--as gives one tool another name: tools install FILE NAME --as NEW")
    why = why_not_a_name(new_name, frozenset())
    if why:
        raise UsageError(f"--as {new_name!r}: {why}")


def _install_all(settings: Settings, arrivals: Sequence[Arrival], outcome: _Outcome) -> None:
    waiting = []
    for arrival in arrivals:
        if arrival.is_there:
            outcome.there.append(arrival.name)
        elif arrival.clash:
            outcome.refused[arrival.name] = arrival.clash
        else:
            waiting.append(arrival)
    if waiting:
        nobody = AbsentModel("", ModelError("setup", "to install tools asks no model"))
        with Session(settings) as session:
            session.with_parts("tools install", nobody, lambda parts, _: _admit(parts, waiting, outcome))


def _admit(parts: Parts, arrivals: Sequence[Arrival], outcome: _Outcome) -> None:
    if parts.sandbox.level == NONE:
        raise LibraryError(
            "nothing can be installed with --unsafe: what runs unconfined proves nothing",
            hint="python agent.py doctor says what keeps tools from being confined here",
        )
    for arrival in arrivals:
        missing = next((name for name in arrival.enclosed.calls if name in outcome.refused), "")
        if missing:
            outcome.refused[arrival.name] = f"it calls {missing}, which was not installed"
            continue
        made = install_tool(parts, arrival.enclosed, arrival.name)
        if made.failure:
            outcome.refused[arrival.name] = made.failure.message.removeprefix(f"{arrival.name}: ")
        else:
            outcome.installed[arrival.name] = made


def _show(parcel: Parcel, arrivals: Sequence[Arrival]) -> None:
    """Say what came, what it may touch, and what its former library says of it, before anything is tried."""
    for arrival in arrivals:
        if arrival.is_settled:
            continue
        tool, said = arrival.enclosed.tool, arrival.enclosed.tool.docstring
        parts = [f"permissions: {', '.join(sorted(needs_in(parcel.catalogue.bindings, tool))) or 'none'}"]
        parts += [f"requires: {', '.join(said.requires)}"] if said.requires else []
        parts += [f"secrets: {', '.join(said.secrets)}"] if said.secrets else []
        parts += [f"calls: {', '.join(arrival.enclosed.calls)}"] if arrival.enclosed.calls else []
        verdict = arrival.enclosed.verdict
        parts += [f"says of itself: {verdict}"] if verdict else []
        write_stderr(visible(f"{arrival.name}: {said.summary}\n  {'; '.join(parts)}\n"))


def _agreed() -> bool:
    write_stderr("Verify these here, and install what passes? [y/N]\n> ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _as_json(outcome: _Outcome) -> dict[str, Json]:
    return {
        "installed": {name: _found(made) for name, made in outcome.installed.items()},
        "there": outcome.there,
        "refused": outcome.refused,
    }


def _found(made: Made) -> dict[str, Json]:
    verdict = made.verdict
    score = verdict.mutants if verdict else None
    return {
        "tests_passed": sum(test.outcome == "passed" for test in verdict.tests) if verdict else 0,
        "mutants": score,
    }


def _said(outcome: _Outcome, store: Store) -> str:
    lines = [f"{name} was there already, word for word" for name in outcome.there]
    for name, made in outcome.installed.items():
        found = _found(made)
        lines.append(f"{name} was installed: {count(int(found['tests_passed']), 'test')} passed here")
    lines += [f"{name} was not installed: {visible(why)}" for name, why in outcome.refused.items()]
    if outcome.installed:
        lines.append(f"{command('undo', library=store.directory)} takes the last one back")
    return "\n".join(lines)
