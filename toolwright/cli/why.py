"""`why NAME`: why a tool is trusted, told from the files in git alone, without model and sandbox."""

from collections.abc import Mapping

from toolwright.cli.arguments import Arguments
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import UsageError
from toolwright.library.bindings import bindings
from toolwright.library.standing import Standing
from toolwright.library.store import Store
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.trust import trust_sentences
from toolwright.screen.words import one_line
from toolwright.settings import load
from toolwright.syntax.chunks import split
from toolwright.types import Json, Tool


def run(arguments: Arguments) -> int:
    """Say why one tool is trusted, or why it is not."""
    settings = load(arguments.overrides)
    names = arguments.words[1:]
    if len(names) != 1:
        raise UsageError(
            f"it is 'why NAME', not {' '.join(arguments.words)!r}", hint="put -- before it when it is a goal"
        )
    store = Store(settings.library)
    snapshot = store.read()
    tool = snapshot.kept.get(names[0])
    if tool is None:
        raise no_such_tool(names[0], snapshot, store)
    standing = store.standings([tool.name])[tool.name]
    evidence = store.evidence_of(tool.name)
    said = _said(store, tool, standing, evidence)
    if arguments.json:
        kind = {"kind": standing.kind, "why": standing.why}
        row = {"name": tool.name, "standing": kind, "why": list(said), "evidence": evidence}
        write_line(json_text(row))
    else:
        write_line("\n".join([f"{tool.name}: {one_line(tool.docstring.summary)}", "", *said]))
    return 0


def _said(
    store: Store, tool: Tool, standing: Standing, evidence: Mapping[str, Json] | None
) -> tuple[str, ...]:
    """Return sentences on what speaks for a tool, and what would make it proven where it is not."""
    name, library = tool.name, store.directory
    if evidence is None:
        way = ("verify", name) if store.tests_of(name) else ("tools", "adopt", name)
        return (
            f"Nothing speaks for it: {standing.why}.",
            f"This makes evidence: {command(*way, library=library)}",
        )
    snapshot = store.read()
    reached = bindings(split(snapshot.text)).reach([name])
    callees = tuple(sorted(other for other in reached if other in snapshot.kept and other != name))
    where = str(store.place.test_of(name).relative_to(library))
    said = trust_sentences(tool, evidence, where, standing.why, callees)
    if standing.why:
        said += (f"This proves it again: {command('verify', name, library=library)}",)
    return said
