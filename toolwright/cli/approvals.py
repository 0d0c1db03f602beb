"""`approvals`, `approvals revoke ID|TOOL|--all` and `approvals trust`: what was allowed for good."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolwright.cli.arguments import Arguments
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import NotPermittedError, ToolwrightError, UsageError
from toolwright.library.spool import note_change
from toolwright.library.store import Store
from toolwright.memory.approvals import Approval, Approvals
from toolwright.permissions.allowed import read_allowed
from toolwright.permissions.rules import TRUST
from toolwright.screen.commands import command
from toolwright.screen.permissions import grant_words
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import one_line
from toolwright.settings import load
from toolwright.settings.approval_rules import approval_rules
from toolwright.syntax.nearest import nearest_names
from toolwright.types import Json

_HOW: Final = 'toolwright.toml: [approvals] fetch_page = ["network: example.org"]'
_INSTEAD: Final = "--allow and AUTO_APPROVE say it for one run"


def run(arguments: Arguments) -> int:
    """List the approvals of the library, or revoke some."""
    settings = load(arguments.overrides)
    store = Store(settings.library.absolute())
    approvals = Approvals(store.directory, lambda said: write_stderr(f"! {said}\n"))
    match arguments.words[1:]:
        case () | ("list",) if not arguments.every:
            _list(approvals, store, as_json=arguments.json)
        case ("revoke",) if arguments.every:
            _revoke(approvals, store, approvals.all(), as_json=arguments.json)
        case ("revoke", which) if not arguments.every:
            _revoke(approvals, store, _meant(which, approvals.all(), store), as_json=arguments.json)
        case ("trust",) if not arguments.every:
            _trust(approvals, settings.workspace)
        case _:
            raise UsageError(
                "approvals takes nothing, trust, or revoke with ID, TOOL or --all",
                hint=f"{command('approvals', library=store.directory)}, or -- before it when it is a goal",
            )
    return 0


def _trust(approvals: Approvals, workspace: Path) -> None:
    """Show the rules of approval in this folder, and let them count when the user says so.

    Raises:
        UsageError: there are none, or one of them grants nothing.
        NotPermittedError: nobody is there to say so.
    """
    given = [rules for rules in approval_rules(Path()) if rules.rules]
    if not given:
        raise UsageError("no file of this folder has rules of approval", hint=_HOW)
    for rules in given:
        write_stderr(f"{rules.path}\n")
        for tool, values in rules.rules:
            read_allowed(values, workspace)
            write_stderr(f"  {one_line(tool)} may use {one_line(', '.join(values))}, unasked\n")
    if not at_terminal():
        raise NotPermittedError("trusting rules of approval takes somebody at a terminal", hint=_INSTEAD)
    write_stderr("Let these rules count, for you, on this machine and in this folder? [y/N] ")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NotPermittedError("the rules do not count")
    for rules in given:
        approvals.add(rules.file, rules.trust, TRUST, rules.path)
    write_line("the rules count until they are changed; approvals revoke takes that back")


def _list(approvals: Approvals, store: Store, *, as_json: bool) -> None:
    kept = approvals.all()
    current = _current(kept, store)
    if as_json:
        write_line(json_text({"approvals": [_as_json(each, current) for each in kept]}))
    elif not kept:
        write_line(f"nothing is approved for the tools of {store.place.tools}")
    else:
        rows = [("ID", "TOOL", "PERMISSION", "GIVEN", "")]
        rows += [
            (
                str(each.id),
                each.tool,
                one_line(grant_words(each.permission, each.detail), 60),
                each.given,
                "" if each.id in current else "for another version: does not count",
            )
            for each in kept
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            write_line(
                "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            )


def _revoke(approvals: Approvals, store: Store, meant: Sequence[Approval], *, as_json: bool) -> None:
    approvals.revoke([each.id for each in meant])
    for each in meant:
        words = grant_words(each.permission, each.detail)
        note_change(store.place.private, f"revoke the approval of `{each.tool}` for {words}")
    if as_json:
        write_line(json_text({"revoked": [each.id for each in meant]}))
        return
    for each in meant:
        write_line(f"{each.tool} may no longer use {grant_words(each.permission, each.detail)} unasked")
    if not meant:
        write_line("nothing was approved, so nothing is revoked")


def _meant(which: str, kept: Sequence[Approval], store: Store) -> list[Approval]:
    """Return the approvals with an id, or all of a tool.

    Raises:
        ToolwrightError: there is none; names the nearest tool that has some.
    """
    meant = [each for each in kept if which in {str(each.id), each.tool}]
    if not meant:
        nearest = nearest_names(which, {each.tool for each in kept}, 1)
        offer = f"; did you mean {nearest[0]}?" if nearest else ""
        raise ToolwrightError(
            f"there is no approval {which!r}{offer}", hint=command("approvals", library=store.directory)
        )
    return meant


def _current(kept: Sequence[Approval], store: Store) -> frozenset[int]:
    """Return the ids of those that are for the tools as they are now."""
    from toolwright.library.fingerprint import fingerprints

    snapshot = store.read()
    versions = fingerprints(snapshot.text, {each.tool for each in kept} & snapshot.tools.keys())
    versions |= {rules.file: rules.trust for rules in approval_rules(Path())}
    return frozenset(each.id for each in kept if versions.get(each.tool) == each.fingerprint)


def _as_json(approval: Approval, current: frozenset[int]) -> Json:
    return {
        "id": approval.id,
        "tool": approval.tool,
        "permission": approval.permission,
        "detail": approval.detail,
        "given": approval.given,
        "counts": approval.id in current,
    }
