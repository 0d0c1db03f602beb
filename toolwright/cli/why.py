"""`why NAME`: why a tool is trusted, told from the files in git alone, without model and sandbox."""

from toolwright.cli.arguments import Arguments
from toolwright.cli.show_tools import no_such_tool
from toolwright.errors import UsageError
from toolwright.library.bindings import bindings
from toolwright.library.store import Store
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.trust import trust_sentences
from toolwright.screen.words import one_line
from toolwright.settings import load
from toolwright.syntax.chunks import split


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
    if evidence is None:
        way = (
            command("verify", tool.name, library=store.directory)
            if store.tests_of(tool.name)
            else command("tools", "adopt", tool.name, library=store.directory)
        )
        said: tuple[str, ...] = (f"Nothing speaks for it: {standing.why}.", f"This makes evidence: {way}")
    else:
        reached = bindings(split(snapshot.text)).reach([tool.name])
        callees = tuple(sorted(name for name in reached if name in snapshot.kept and name != tool.name))
        where = str(store.place.test_of(tool.name).relative_to(store.directory))
        said = trust_sentences(tool, evidence, where, standing.why, callees)
        if standing.why:
            said += (f"This proves it again: {command('verify', tool.name, library=store.directory)}",)
    if arguments.json:
        write_line(
            json_text(
                {
                    "name": tool.name,
                    "standing": {"kind": standing.kind, "why": standing.why},
                    "why": list(said),
                    "evidence": evidence,
                }
            )
        )
    else:
        write_line("\n".join([f"{tool.name}: {one_line(tool.docstring.summary)}", "", *said]))
    return 0
